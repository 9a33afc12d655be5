"""Where a page finds its stream of changes: at its own origin, or at the neighbouring port.

Behind a proxy that joins both servers it is the page's own origin. Where people reach the page
server itself, the stream is at another port of the same host, which the page's policy must allow
and the stream must answer to.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def stream_origin(request: HttpRequest) -> str:
    """Return the origin of the streams as this browser reaches it, "" for the page's own."""
    if settings.BEHIND_PROXY or not settings.STREAM_PORT:
        return ""
    return f"{request.scheme}://{_host(request.get_host())}:{settings.STREAM_PORT}"


def allow_stream(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the page connect to its streams; also a 304, whose policy replaces that of the page."""
    if origin := stream_origin(request):
        about: Any = response
        about._csp_update = {"connect-src": origin}
    return response


def is_neighbour(origin: str, host: str) -> bool:
    """Tell whether a page of that origin is one of ours, for a stream asked for at `host`."""
    page = urlsplit(origin)
    ports = (settings.PAGE_PORT, None if settings.PAGE_PORT in (80, 443) else settings.PAGE_PORT)
    return bool(page.scheme) and _host(page.netloc) == _host(host) and page.port in ports


def _host(netloc: str) -> str:
    """Return host without port; brackets stay around an IPv6 address."""
    host, colon, port = netloc.rpartition(":")
    return host if colon and port.isdecimal() else netloc
