"""Serve the streams of changes as an ASGI application; 404 for every other address."""

from __future__ import annotations

from django.urls import Resolver404, resolve

from projects.live import event_hub
from raci.http import security_headers
from raci.live.authorization import Application, Handler, Headers, Receive, Scope, Send
from raci.live.stream_address import is_neighbour


def stream_application(handler: Handler) -> Application:
    """Return the application; `handler` answers requests for pages, as Django's handlers do."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET" and _is_stream(scope["path"]):
            cors = _cors(dict(scope["headers"]))
            await event_hub.stream(scope, receive, send, handler=handler, headers=cors)
            return
        head = {"status": 404 if scope["method"] == "GET" else 405, "headers": _PLAIN}
        await send({"type": "http.response.start", **head})
        await send({"type": "http.response.body", "body": b""})

    return application


_PLAIN: Headers = [
    (name.lower().encode(), value.encode())
    for name, value in security_headers.missing(set(), secure=False).items()
]


def _is_stream(path: str) -> bool:
    try:
        return resolve(path).view_name == "projects:events"
    except Resolver404:
        return False


def _cors(headers: dict[bytes, bytes]) -> Headers:
    """Let a page of the neighbouring port read the stream with its cookies."""
    origin, host = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    if not is_neighbour(origin, host):
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
    ]
