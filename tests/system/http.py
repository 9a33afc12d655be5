"""One request over one connection, in an event loop; and streams of server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httptools

from tests.system.processes import HOST

READ = 1 << 16


class AnswerError(Exception):
    """No whole answer came; what was asked may have been done or not."""


@dataclass(slots=True)
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cookies: dict[str, str] = field(default_factory=dict)


async def ask(
    port: int,
    method: str,
    path: str,
    *,
    headers: dict[str, str],
    body: bytes = b"",
    seconds: float = 30,
) -> Answer:
    """The whole answer. AnswerError without one, also after so many seconds."""
    try:
        async with asyncio.timeout(seconds), _connected(port) as (reader, writer):
            sent = {"Content-Length": str(len(body)), "Connection": "close", **headers}
            writer.write(_request(method, path, sent) + body)
            parsed = Parser()
            while not parsed.over:
                data = await reader.read(READ)
                if not data:
                    raise AnswerError(f"{method} {path}: cut off")
                parsed.feed(data)
            return parsed.answer
    except TimeoutError as error:
        raise AnswerError(f"{method} {path}: no answer within {seconds:.0f} s") from error
    except OSError as error:
        raise AnswerError(f"{method} {path}: {type(error).__name__}") from error


async def events(port: int, path: str, *, headers: dict[str, str]) -> AsyncIterator[bytes]:
    """The events of a stream until it ends. AnswerError when it is not one."""
    try:
        async with _connected(port) as (reader, writer):
            writer.write(_request("GET", path, headers))
            parsed, rest = Parser(), b""
            while data := await reader.read(READ):
                parsed.feed(data)
                if parsed.answer.status not in (0, 200):
                    raise AnswerError(f"{path}: {parsed.answer.status}")
                rest += parsed.taken()
                *whole, rest = rest.split(b"\n\n")
                for event in whole:
                    yield event
                if parsed.over:
                    return
    except OSError as error:
        raise AnswerError(f"{path}: {type(error).__name__}") from error


class Parser:
    """An answer as its bytes come."""

    def __init__(self) -> None:
        self.answer, self.over = Answer(), False
        self._parser: Any = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def taken(self) -> bytes:
        """What has come of the body since the last time."""
        body, self.answer.body = self.answer.body, b""
        return body

    def on_header(self, name: bytes, value: bytes) -> None:
        header, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self.answer.headers[header] = text
        if header == "set-cookie":
            cookie, _, told = text.partition(";")[0].partition("=")
            self.answer.cookies[cookie] = told

    def on_headers_complete(self) -> None:
        self.answer.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self.answer.body += body

    def on_message_complete(self) -> None:
        self.over = True


@asynccontextmanager
async def _connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _request(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()
