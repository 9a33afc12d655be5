"""Determine a page's origin for streams: its own, or the neighbouring port.

Behind a proxy that joins both servers it is the page's own origin. Where people reach the page
server itself, the stream is at another port of the same host, which the page's policy must allow
and the stream must accept.
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
    """Allow the page to connect to its streams, also in a 304, whose policy replaces the page's."""
    if origin := stream_origin(request):
        about: Any = response
        about._csp_update = {"connect-src": origin}
    return response


def is_neighbour(origin: str, host: str) -> bool:
    """Return whether that origin is a page of this site, for a stream at `host`."""
    page = urlsplit(origin)
    ports = (settings.PAGE_PORT, None if settings.PAGE_PORT in (80, 443) else settings.PAGE_PORT)
    return bool(page.scheme) and _host(page.netloc) == _host(host) and page.port in ports


def _host(netloc: str) -> str:
    """Return host without port; brackets stay around an IPv6 address."""
    host, colon, port = netloc.rpartition(":")
    return host if colon and port.isdecimal() else netloc
