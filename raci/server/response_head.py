"""What the event loop adds to answers that it makes itself: headers, an id, a line in the log."""

from __future__ import annotations

from io import BytesIO
from time import perf_counter

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

from raci.http import request_log, security_headers
from raci.metrics import meters
from raci.server.wsgi_bridge import Message, Scope, Send, environ_of

_ID = request_log.HEADER.lower().encode()


def with_id(scope: Scope) -> Scope:
    """The request with an id of safe form, which Django takes over when it is asked."""
    given = dict(scope["headers"]).get(_ID, b"").decode("latin-1")
    others = [(name, value) for name, value in scope["headers"] if name != _ID]
    return {**scope, "headers": [*others, (_ID, request_log.id_from(given).encode())]}


def completed(scope: Scope, send: Send, *, logged: bool) -> Send:
    """`send` that completes the head of the answer to a request `with_id`.

    `logged` is False where Django has written the request's line.
    """
    began = perf_counter()
    number = dict(scope["headers"])[_ID]
    secure = WSGIRequest({**environ_of(scope), "wsgi.input": BytesIO()}).is_secure()

    async def complete(message: Message) -> None:
        if message["type"] == "http.response.start":
            pairs = list(message["headers"])
            present = {name.decode("latin-1").lower() for name, _ in pairs}
            added = security_headers.missing(present, secure=secure)
            pairs += [(name.lower().encode(), value.encode()) for name, value in added.items()]
            if _ID.decode() not in present:
                pairs.append((_ID, number))
            message = {**message, "headers": pairs}
            if logged:
                request_log.log(
                    scope["method"], scope["path"], message["status"], began, number.decode()
                )
                took = perf_counter() - began
                meters.answered(scope["method"], settings.STATIC_URL, message["status"], took)
        await send(message)

    return complete
