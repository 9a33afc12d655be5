"""Streams pass from a web worker to the process of the same machine that holds them all.

A worker that finds nobody at the socket holds the stream itself. One that loses the other end
ends its own: the browser comes back by itself, with the number of the last change it knows.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import httptools

from raci.live.authorization import Application
from raci.server.wsgi_bridge import Message, Receive, Scope, Send, disconnected

READ = 1 << 16
_FOLDER = "events"
_LONGEST = 96  # bytes of a path that every system takes for a socket
_OF_ONE_HOP = frozenset(
    (b"connection", b"keep-alive", b"upgrade", b"te", b"transfer-encoding", b"date", b"server")
)

_holder: Path | None = None


def path_in(data_dir: Path, port: int) -> Path:
    """Where the holder of the server at that port accepts: in a folder that only we may enter."""
    path = data_dir.resolve() / _FOLDER / f"{port}.sock"
    if len(os.fsencode(path)) <= _LONGEST:
        return path
    digest = hashlib.sha256(os.fsencode(path.parent)).hexdigest()[:16]
    return Path(f"/tmp/raci-events-{digest}", path.name)  # noqa: S108 — as raci.database.address


def is_ours(folder: Path) -> bool:
    """Whether the folder is there and nobody else can put anything into it."""
    try:
        info = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid() and not info.st_mode & 0o077


def pass_on_to(path: Path) -> None:
    """From now on this process passes its streams on."""
    global _holder
    _holder = path


async def stream(scope: Scope, receive: Receive, send: Send, *, own: Application) -> None:
    """The stream of the holder, or `own` where there is no other."""
    ends = await _connected()
    if ends is None:
        await own(scope, receive, send)
        return
    reader, writer = ends
    gone = asyncio.ensure_future(disconnected(receive))
    try:
        writer.write(_head(scope))
        await _relay(reader, send, gone)
    finally:
        gone.cancel()
        writer.close()


async def _connected() -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    try:
        if _holder and is_ours(_holder.parent):
            return await asyncio.open_unix_connection(_holder)
    except OSError:
        pass
    return None


def _head(scope: Scope) -> bytes:
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    pairs = [pair for pair in scope["headers"] if pair[0] not in _OF_ONE_HOP]
    lines = [b"GET %s%s HTTP/1.1" % (scope["raw_path"], query)]
    lines += [b"%s: %s" % pair for pair in pairs]
    return b"\r\n".join([*lines, b"connection: close", b"", b""])


async def _relay(reader: asyncio.StreamReader, send: Send, gone: asyncio.Future[None]) -> None:
    answer = _Answer()
    while not answer.over and not gone.done():
        part = asyncio.ensure_future(reader.read(READ))
        waiting: set[asyncio.Future[Any]] = {part, gone}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not part.done():
            part.cancel()
            return
        data = _read(part)
        if not data:
            break
        for message in answer.taken(data):
            await send(message)
    await _end(answer, send)


def _read(part: asyncio.Future[bytes]) -> bytes:
    try:
        return part.result()
    except OSError:
        return b""


async def _end(answer: _Answer, send: Send) -> None:
    if not answer.began:  # the other end went before it said anything
        await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class _Answer:
    """What the parser tells of an answer, as messages of ASGI."""

    def __init__(self) -> None:
        self.began = self.over = False
        self.parser: Any = httptools.HttpResponseParser(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._messages: list[Message] = []

    def taken(self, data: bytes) -> list[Message]:
        """What the data says."""
        self.parser.feed_data(data)
        messages, self._messages = self._messages, []
        return messages

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() not in _OF_ONE_HOP:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.began = True
        status = self.parser.get_status_code()
        self._messages.append(
            {"type": "http.response.start", "status": status, "headers": self._headers}
        )

    def on_body(self, body: bytes) -> None:
        self._messages.append({"type": "http.response.body", "body": body, "more_body": True})

    def on_message_complete(self) -> None:
        self.over = True
