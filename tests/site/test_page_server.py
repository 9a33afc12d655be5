"""Pages are served whatever slow, large or false requests come beside them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from email.message import Message
from http.client import HTTPConnection
from typing import Any, NamedTuple

import pytest
from django.core.wsgi import get_wsgi_application

from raci.http.body_limit import LARGEST, SMALL
from raci.server import page_server
from raci.server.page_server import PageServer

PATIENCE = 20
IMPORTS = "/projects/besshi10/imports/"
FORM = "application/x-www-form-urlencoded"
Environ = dict[str, Any]
Application = Callable[[Environ, Any], list[bytes]]


@contextmanager
def served(
    application: Any, *, threads: int = 4, keep: list[PageServer] | None = None
) -> Iterator[int]:
    """The port of a page server in a thread of this process; `keep` gets the server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = PageServer(application, listener, threads=threads)
        ended = threading.Event()
        if keep is not None:
            keep.append(server)

        def work() -> None:
            while not ended.is_set():
                server.turn()
            server.stop(1)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            server.pull_trigger()
            thread.join(PATIENCE)


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


def ask(port: int, method: str, path: str, **headers: str) -> Answer:
    """The answer to a request whose body, if any is announced, does not come."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        with connection.getresponse() as answer:
            return Answer(answer.status, answer.headers, answer.read())


def send(connection: HTTPConnection, path: str, body: bytes, content_type: str = FORM) -> bytes:
    connection.request("POST", path, body, {"Content-Type": content_type})
    with connection.getresponse() as answer:
        return answer.read()


def opened(port: int, text: str) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    made.sendall(text.replace("\n", "\r\n").encode())
    return made


def telling(answer: Callable[[Environ], str]) -> Application:
    """An application that reads the body and answers with a text."""

    def application(environ: Environ, start_response: Any) -> list[bytes]:
        body = answer(environ).encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    return application


length = telling(lambda environ: str(len(environ["wsgi.input"].read())))


def test_slow_posts_hold_no_page() -> None:
    head = f"POST /login/ HTTP/1.1\nHost: localhost\nContent-Type: {FORM}\nContent-Length: 90000"
    with served(get_wsgi_application()) as port, ExitStack() as stack:
        for _ in range(24):
            stack.enter_context(opened(port, f"{head}\n\na=1"))
        for _ in range(24):
            stack.enter_context(opened(port, "GET /healthz HTTP/1.1\nHost: loc"))
        answer = ask(port, "GET", "/healthz")
        assert (answer.status, answer.body) == (200, b"ok\n")


@pytest.mark.parametrize(
    ("path", "content_type", "size", "status"),
    [
        ("/login/", FORM, SMALL + 1, 413),
        ("/no/such/page/", "application/json", SMALL + 1, 413),
        (IMPORTS, FORM, SMALL + 1, 413),
        (IMPORTS, "multipart/form-data; boundary=x", LARGEST + 1, 413),
        ("/projects/besshi10/cells/", FORM, SMALL + 1, 413),
        ("/projects/besshi10/outline/", "application/json", SMALL + 1, 413),
    ],
)
def test_a_body_that_is_too_large_is_refused_at_its_head(
    path: str, content_type: str, size: int, status: int
) -> None:
    with served(get_wsgi_application()) as port:
        answer = ask(port, "POST", path, Content_Type=content_type, Content_Length=str(size))
        text = answer.body.decode()
        words = json.loads(text)["error"] if content_type == "application/json" else text
        assert (answer.status, "1MBまで" in words) == (status, True)
        assert answer.headers["Content-Security-Policy"]


def test_a_script_is_refused_in_json() -> None:
    with served(get_wsgi_application()) as port:
        head = {"Content_Type": "application/json", "Content_Length": str(SMALL + 1)}
        answer = ask(port, "POST", "/projects/besshi10/outline/", **head)
        assert answer.headers["Content-Type"] == "application/json"


def test_a_refusal_arrives_although_the_body_is_still_being_sent() -> None:
    with served(get_wsgi_application()) as port:
        head = f"POST /login/ HTTP/1.1\nHost: localhost\nContent-Length: {4 * SMALL}\n\n"
        with opened(port, head) as sender:
            sender.sendall(b"x" * (4 * SMALL))
            assert sender.recv(12) == b"HTTP/1.1 413"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [(IMPORTS, "multipart/form-data; boundary=x"), ("/projects/x/cells/", "application/json")],
)
def test_files_and_pasted_cells_may_be_large(path: str, content_type: str) -> None:
    with served(length) as port:
        body = b"x" * (SMALL + 1)
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            assert send(connection, path, body, content_type) == str(len(body)).encode()


def test_a_body_without_a_length_is_refused_as_soon_as_it_is_too_large() -> None:
    with served(length) as port:
        head = "POST /login/ HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n"
        with opened(port, head) as sender:
            sender.sendall(b"100001\r\n" + b"x" * (SMALL + 1) + b"\r\n")
            assert sender.recv(12) == b"HTTP/1.1 413"


@pytest.mark.parametrize(
    "text", ["POST / HTTP/1.1\nHost: x\nContent-Length: 9\n\na", "GET / HTTP/1.1\nHost: x\nA:"]
)
def test_a_request_that_is_not_complete_in_time_is_given_up(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_server, "RECEIVE_SECONDS", 0.2)
    with served(length) as port, opened(port, text) as sender:
        assert sender.recv(10) == b""


def test_an_answer_that_nobody_takes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "SEND_SECONDS", 0.2)
    large = telling(lambda _: "x" * (12 << 20))
    servers: list[PageServer] = []
    with served(large, threads=1, keep=servers) as port:
        with opened(port, "GET / HTTP/1.1\nHost: x\n\n") as reader:
            reader.recv(1)
            other = ask(port, "GET", "/").body
            while servers[0].active_channels:
                pass
            taken = 0
            while part := _part(reader):
                taken += len(part)
        assert len(other) == 12 << 20
        assert taken < 12 << 20


def _part(reader: socket.socket) -> bytes:
    """What came; nothing once the other end has gone."""
    try:
        return reader.recv(1 << 16)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("is_behind", [False, True])
def test_a_forwarded_address_counts_only_behind_a_proxy(is_behind: bool, settings: Any) -> None:
    settings.BEHIND_PROXY = is_behind
    forwarded = telling(lambda environ: environ.get("HTTP_X_FORWARDED_FOR", "none"))
    with served(forwarded) as port:
        answer = ask(port, "GET", "/", X_Forwarded_For="192.0.2.7").body
    assert answer == (b"192.0.2.7" if is_behind else b"none")


def test_answers_follow_each_other_on_one_connection() -> None:
    with served(length) as port, closing(HTTPConnection("127.0.0.1", port)) as connection:
        for size in (0, 10, 1_000):
            assert send(connection, "/", b"x" * size) == str(size).encode()
