"""Set the security headers of every response."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_OF_ALL = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What is no page needs nothing; pages come with the policy of the settings.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}


def missing(present: set[str], *, secure: bool) -> dict[str, str]:
    """Return the headers to add to a response with those of `present` (in lower case).

    `secure`: it is sent by TLS.
    """
    wanted = {**_OF_ALL, **(_hsts() if secure else {})}
    return {name: value for name, value in wanted.items() if name.lower() not in present}


def _hsts() -> dict[str, str]:
    if not settings.SECURE_HSTS_SECONDS:
        return {}
    value = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return {"Strict-Transport-Security": value}


class HeadersMiddleware:
    """Add security headers outside all other middleware, so that refusals have them too.

    A page with an ETag sets its own caching; any other response is not cached.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        present = {name.lower() for name in response.headers}
        for name, value in missing(present, secure=request.is_secure()).items():
            response.headers[name] = value
        return response
