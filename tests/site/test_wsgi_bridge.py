"""Requests on their way from the event loop into a thread and back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse
from django.test import Client

from raci.server.response_head import completed, with_id
from raci.server.static_files import Files
from raci.server.wsgi_bridge import BLOCK, READ_AHEAD, Environ, Message, Pages, Scope, environ_of

Start = Callable[..., object]
PATIENCE = 20


def scope(path: bytes = b"/", method: str = "GET", **headers: Any) -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path.decode(errors="replace"),
        "raw_path": path,
        "query_string": b"a=1",
        "root_path": "",
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
        "client": ("127.0.0.9", 1),
        "server": ("testserver", 80),
    }


def posted(length: int) -> Scope:
    return scope(b"/", "POST", **{"content-length": str(length)})


def served(application: Any, asked: Scope, *parts: bytes, gone: bool = False) -> list[Message]:
    """What is sent back when the body comes in those parts; `gone` ends it in the middle."""
    sent: list[Message] = []
    coming: list[Message] = [
        {"type": "http.request", "body": part, "more_body": gone or at < len(parts)}
        for at, part in enumerate(parts, 1)
    ]

    async def receive() -> Message:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    pages = Pages(application, threads=1)
    asyncio.run(asyncio.wait_for(pages(asked, receive, send), PATIENCE))
    pages.executor.shutdown()
    return sent


def body_of(sent: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


def echo(environ: Environ, start: Start) -> Iterable[bytes]:
    start("200 OK", [("X-Length", environ.get("CONTENT_LENGTH", "none"))])
    length = int(environ.get("CONTENT_LENGTH", 0))
    return HttpResponse(environ["wsgi.input"].read(length))


def test_a_small_body_and_a_whole_answer_travel_at_once() -> None:
    start, body = served(echo, posted(4), b"ab", b"cd")
    assert (start["status"], start["headers"]) == (200, [(b"x-length", b"4")])
    assert body == {"type": "http.response.body", "body": b"abcd"}


def test_a_large_body_is_read_by_the_thread() -> None:
    part = b"x" * READ_AHEAD
    assert body_of(served(echo, posted(2 * READ_AHEAD), part, part)) == 2 * part


def test_a_large_body_is_not_read_unless_somebody_asks() -> None:
    def refuse(_: Environ, start: Start) -> Iterable[bytes]:
        start("400 Bad Request", [])
        return HttpResponse(b"no")

    assert served(refuse, posted(10**12))[0]["status"] == 400


def test_a_browser_that_goes_away_while_it_sends_is_not_answered() -> None:
    asked: list[Environ] = []

    def application(environ: Environ, _: Start) -> Iterable[bytes]:
        asked.append(environ)
        return []

    assert served(application, posted(4), b"ab", gone=True) == []
    assert not asked


def test_a_large_body_that_breaks_off_is_an_error_of_reading() -> None:
    with pytest.raises(ConnectionResetError):
        served(echo, posted(2 * READ_AHEAD), b"x", gone=True)


def test_without_a_length_there_is_no_body() -> None:
    def read(environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return HttpResponse(environ["wsgi.input"].read())

    for said in ({}, {"content-length": "4,4"}):
        assert body_of(served(read, scope(b"/", "POST", **said), b"chunked")) == b""


def test_an_answer_in_pieces_is_sent_piece_by_piece() -> None:
    def application(_: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return iter([b"a", b"b"])

    start, *pieces = served(application, scope())
    assert start["status"] == 200
    assert [(piece["body"], piece.get("more_body", False)) for piece in pieces] == [
        (b"a", True),
        (b"b", True),
        (b"", False),
    ]


def test_a_file_is_sent_in_large_blocks(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * (BLOCK + 1))

    def application(environ: Environ, start: Start) -> Iterable[bytes]:
        answer = FileResponse(path.open("rb"))
        start("200 OK", list(answer.items()))
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](answer.file_to_stream, 4096)
        return wrapped

    _, *pieces = served(application, scope())
    assert [len(piece["body"]) for piece in pieces] == [BLOCK, 1, 0]


def test_the_answer_is_closed_in_the_thread_that_made_it() -> None:
    threads: list[str] = []

    class Answer:
        def __iter__(self) -> Iterator[bytes]:
            threads.append(threading.current_thread().name)
            return iter([b""])

        def close(self) -> None:
            threads.append(threading.current_thread().name)

    def application(_: Environ, start: Start) -> Iterable[bytes]:
        threads.append(threading.current_thread().name)
        start("200 OK", [])
        return Answer()

    served(application, scope())
    assert len(threads) == 3
    assert set(threads) == {"pages_0"}


def test_the_environment_says_what_was_asked() -> None:
    asked = scope(b"/a%20b/%ff", host="example.jp", cookie="a=1", **{"content-type": "text/plain"})
    asked["headers"].append((b"cookie", b"b=2"))
    environ = environ_of(asked)
    assert environ["PATH_INFO"] == "/a b/\xff"
    assert environ["QUERY_STRING"] == "a=1"
    assert environ["HTTP_HOST"] == "example.jp"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["REMOTE_ADDR"] == "127.0.0.9"


def test_a_name_with_an_underscore_does_not_pass_for_a_header_of_the_proxy() -> None:
    environ = environ_of(scope(x_forwarded_proto="https"))
    assert "HTTP_X_FORWARDED_PROTO" not in environ


@pytest.fixture
def collected(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "a.js").write_text("export {};")


def headers_by_django() -> dict[str, str]:
    answer: Any = Client().get("/static/a.js")
    assert answer.getvalue() == b"export {};"  # read to its end, the file is closed
    return {name.lower(): value for name, value in answer.items()}


def test_a_static_file_is_answered_as_django_answers_it(collected: None) -> None:
    expected = headers_by_django()
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    number = expected["x-request-id"]
    files, asked = Files(), with_id(scope(b"/static/a.js", **{"x-request-id": number}))
    assert files.has(asked)
    asyncio.run(files(asked, completed(asked, send, logged=True)))
    assert {k.decode(): v.decode() for k, v in sent[0]["headers"]} == expected
    assert expected["x-content-type-options"] == "nosniff"
    assert sent[1]["body"] == b"export {};"


def test_an_unchanged_static_file_is_not_sent_again(collected: None) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    tag = headers_by_django()["etag"]
    asyncio.run(Files()(scope(b"/static/a.js", **{"if-none-match": tag}), send))
    assert (sent[0]["status"], sent[1]["body"]) == (304, b"")


def test_what_is_no_static_file_is_left_to_django(collected: None, settings: Any) -> None:
    files = Files()
    assert not files.has(scope(b"/static/b.js"))
    assert not files.has(scope(b"/static/../a.js"))
    assert not files.has(scope(b"/static/a.js", method="POST"))
    settings.SECURE_SSL_REDIRECT = True
    assert not Files().has(scope(b"/static/a.js"))
