"""Static files straight from the event loop; no thread that serves pages is asked.

WhiteNoise knows the files and answers for them, SecurityMiddleware adds its headers: the same two
that stand first in the settings, and answer where the site is served as plain WSGI.
"""

from __future__ import annotations

from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

from raci.server.wsgi_bridge import Scope, Send, environ_of


class Files:
    """The collected static files as an ASGI application for those requests that it `has`."""

    def __init__(self) -> None:
        self._files = WhiteNoiseMiddleware(_nothing)
        self._security = SecurityMiddleware(_nothing)

    def has(self, scope: Scope) -> bool:
        """Whether this is a file to be sent. A redirect to https is left to Django."""
        return (
            scope["path"] in self._files.files
            and scope["method"] in ("GET", "HEAD")
            and not (self._security.redirect and not _request(scope).is_secure())
        )

    async def __call__(self, scope: Scope, send: Send) -> None:
        request = _request(scope)
        answer = self._files.serve(self._files.files[scope["path"]], request)
        self._security.process_response(request, answer)
        headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in answer.items()]
        await send(
            {"type": "http.response.start", "status": answer.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": _body(answer)})


def _request(scope: Scope) -> HttpRequest:
    return WSGIRequest({**environ_of(scope), "wsgi.input": BytesIO()})


def _body(answer: HttpResponseBase) -> bytes:
    """The file's bytes. The response is not closed: that would end a request of Django's."""
    file = getattr(answer, "file_to_stream", None)
    if file is None:
        return b""
    with file:
        content: bytes = file.read()
    return content


def _nothing(_: HttpRequest) -> HttpResponse:
    raise NotImplementedError
