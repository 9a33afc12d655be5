"""The ASGI application: pages in threads, static files and streams of changes in the event loop."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from raci.live import stream_relay
from raci.server.response_head import completed, with_id
from raci.server.static_files import Files
from raci.server.wsgi_bridge import Pages, Receive, Scope, Send
from raci.wsgi import application as pages_by_wsgi

THREADS = 4
_wsgi: Any = pages_by_wsgi
pages = Pages(_wsgi, threads=THREADS)
_files = Files()
_events = import_module("projects.live.event_hub")  # models can be imported only after raci.wsgi


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Streams and static files here, all else in Django, which says who may have a stream."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["method"] == "GET" and _is_stream(scope["path"]):
        await stream_relay.stream(scope, receive, send, own=_stream)
    elif scope["type"] == "http" and _files.has(scope):
        scope = with_id(scope)
        await _files(scope, completed(scope, send, logged=True))
    elif scope["type"] == "http":
        await pages(scope, receive, send)


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    scope = with_id(scope)
    await _events.stream(scope, receive, completed(scope, send, logged=False), pages=pages)


def _is_stream(path: str) -> bool:
    return path.startswith("/projects/") and path.endswith("/events/") and path.count("/") == 4


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
