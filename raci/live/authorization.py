"""Authorise an event stream by calling the page's view, at its start and periodically."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, NamedTuple

from django.core.handlers.asgi import ASGIRequest
from django.core.signals import request_started
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Handler = Callable[[HttpRequest], HttpResponseBase]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
_OF_VIEW = (b"content-type", b"content-length", b"x-raci-project", b"x-raci-person")

THREADS = 2
executor = ThreadPoolExecutor(THREADS, thread_name_prefix="authorization")


class Admission(NamedTuple):
    """The ids of a project and of the person who may have its stream, and the view's headers."""

    project: int
    person: int
    headers: Headers


async def ask(scope: Scope, handler: Handler) -> Admission | HttpResponseBase:
    """Return the admission when the view responds with 204, else its response."""
    response = await asyncio.get_running_loop().run_in_executor(executor, _call, scope, handler)
    if response.status_code != 204:
        return response
    named = response.headers
    project, person = int(named["X-Raci-Project"]), int(named["X-Raci-Person"])
    headers = [pair for pair in _headers_of(response) if pair[0] not in _OF_VIEW]
    return Admission(project, person, headers)


async def refuse(response: HttpResponseBase, send: Send, *, headers: Headers | None = None) -> None:
    """Send an answer instead of a stream, with more headers where it is not the view's."""
    pairs = [*_headers_of(response), *(headers or [])]
    body = getattr(response, "content", b"")
    head = {"status": response.status_code, "headers": pairs}
    await send({"type": "http.response.start", **head})
    await send({"type": "http.response.body", "body": body})


def _headers_of(response: HttpResponseBase) -> Headers:
    pairs = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in response.items()]
    cookies = [c.OutputString().encode("latin-1") for c in response.cookies.values()]
    return [*pairs, *((b"set-cookie", cookie) for cookie in cookies)]


def _call(scope: Scope, handler: Handler) -> HttpResponseBase:
    """Run the whole request in a thread."""
    request_started.send(sender=_call, scope=scope)
    response = handler(ASGIRequest(scope, BytesIO()))
    response.close()
    return response
