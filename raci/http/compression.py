"""Compress pages with brotli where the browser accepts it; Django's gzip does the rest.

django-http-compression is fixed to brotli's level 4, a fifth larger (docs/dependencies.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

QUALITY = 5
LEAST = 500
_TAKES_BROTLI = re.compile(r"\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class BrotliMiddleware:
    """Compress whole responses; inside GZipMiddleware, which then leaves them alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if isinstance(response, HttpResponse) and _worth_it(request, response):
            response.content = brotli.compress(response.content, quality=QUALITY)
            response.headers["Content-Length"] = str(len(response.content))
            response.headers["Content-Encoding"] = "br"
            patch_vary_headers(response, ["Accept-Encoding"])
            tag = response.headers.get("ETag", "")
            if tag.startswith('"'):
                response.headers["ETag"] = f"W/{tag}"
        return response


def _worth_it(request: HttpRequest, response: HttpResponse) -> bool:
    accepted = request.headers.get("Accept-Encoding", "")
    return (
        len(response.content) >= LEAST
        and not response.has_header("Content-Encoding")
        and _TAKES_BROTLI.search(accepted) is not None
    )
