"""Django's pages under an event loop: every request takes one hop into a thread and one back.

The loop waits for a small body and sends a whole answer, so that no slow browser holds a thread.
Large bodies are read by the thread as Django asks for them, up to Django's own limits; answers
that come in pieces are sent piece by piece.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BufferedReader, BytesIO, RawIOBase
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Tell = Callable[[Message], None]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
T = TypeVar("T")

READ_AHEAD = 1 << 16
BLOCK = 1 << 18
PATIENCE_SECONDS = 60
_SAME_FOR_ALL = {
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.file_wrapper": lambda file, _: FileWrapper(file, BLOCK),
}


class Pages:
    """A WSGI application as an ASGI application for HTTP, in that many threads."""

    def __init__(self, application: Wsgi, *, threads: int) -> None:
        self._application = application
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        environ = environ_of(scope)
        length = _length(environ.get("CONTENT_LENGTH", ""))
        if length > READ_AHEAD:
            environ["wsgi.input"] = BufferedReader(_Incoming(loop, receive), READ_AHEAD)
        elif (body := await _whole(receive, length)) is not None:
            environ["wsgi.input"] = BytesIO(body)
        else:
            return

        def tell(message: Message) -> None:
            _done(loop, send(message))

        for message in await loop.run_in_executor(self.executor, self._serve, environ, tell):
            await send(message)

    def _serve(self, environ: Environ, tell: Tell) -> tuple[Message, ...]:
        """In the thread, to the very end: Django looks after its connections there.

        Gives what the loop has to send; what comes in pieces was told before.
        """
        head: list[Message] = []

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            head[:] = [_start(status, headers)]

        answer = self._application(environ, start)
        try:
            if not getattr(answer, "streaming", True):
                return head[0], {"type": "http.response.body", "body": b"".join(answer)}
            tell(head[0])
            for piece in answer:
                tell({"type": "http.response.body", "body": piece, "more_body": True})
            return ({"type": "http.response.body", "body": b""},)
        finally:
            getattr(answer, "close", lambda: None)()


class _Incoming(RawIOBase):
    """The body of a request, for a thread; it comes from the loop as it is read."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive) -> None:
        self._loop, self._receive = loop, receive
        self._held = memoryview(b"")
        self._more = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._more and not self._held:
            message = _done(self._loop, self._receive())
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("The browser went away before it had sent everything.")
            self._held = memoryview(message.get("body", b""))
            self._more = message.get("more_body", False)
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count


def _done(loop: asyncio.AbstractEventLoop, work: Awaitable[T]) -> T:
    """From a thread: what the loop's work gives. TimeoutError when the browser does not go on."""

    async def wait() -> T:
        return await work

    return asyncio.run_coroutine_threadsafe(wait(), loop).result(PATIENCE_SECONDS)


def _length(said: str) -> int:
    """As Django reads it: what is no number means that there is no body."""
    return int(said) if said.isascii() and said.isdecimal() else 0


async def _whole(receive: Receive, length: int) -> bytes | None:
    """The whole body; None when the browser went away. Nothing is read where nothing is said."""
    parts: list[bytes] = []
    more = length > 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def disconnected(receive: Receive) -> None:
    """Ends when the browser is gone; what it still sends is nothing to us."""
    while (await receive())["type"] != "http.disconnect":
        pass


def environ_of(scope: Scope) -> Environ:
    """The WSGI environment of a request, without its body.

    Names with an underscore are left out: as variables they would pass for others, such as those
    that a reverse proxy sets.
    """
    root = scope.get("root_path", "")
    path = unquote_to_bytes(scope["raw_path"]).decode("latin-1")
    server, port = scope.get("server") or ("localhost", 80)
    environ = {
        **_SAME_FOR_ALL,
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": path.removeprefix(root.encode().decode("latin-1")),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.url_scheme": scope.get("scheme", "http"),
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:
            continue
        key = _VARIABLES.get(name) or f"HTTP_{name}".upper().replace("-", "_")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    return environ


_VARIABLES = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}


def _start(status: str, headers: list[tuple[str, str]]) -> Message:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": int(status[:3]), "headers": pairs}
