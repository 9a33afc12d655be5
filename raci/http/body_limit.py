"""Limit request bodies to a megabyte, except for files and pasted cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from raci.http.error_pages import too_large
from raci.http.upload_limit import MAX_BYTES

SMALL = 1 << 20
LARGEST = MAX_BYTES + (1 << 20)  # a file, and what a form has around it
View = TypeVar("View", bound=Callable[..., HttpResponse])


def content_length(request: HttpRequest) -> int:
    """Return the announced size of the body in bytes, 0 for none and for what is no number."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isascii() and text.isdecimal() else 0


def accepts_large(content_type: str) -> Callable[[View], View]:
    """Allow a view bodies of that type up to LARGEST bytes."""

    def decorate(view: View) -> View:
        about: Any = view
        about.large_body = content_type
        return view

    return decorate


def largest_body(path: str, content_type: str) -> int:
    """Return the limit in bytes for bodies of that type at the path."""
    try:
        wanted = getattr(resolve(path).func, "large_body", None)
    except Resolver404:
        return SMALL
    return LARGEST if wanted == content_type.partition(";")[0].strip().lower() else SMALL


class BodyLimitMiddleware:
    """Respond with 413 before anything reads a body that is too large."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        size = content_length(request)
        if size > SMALL and size > largest_body(request.path_info, request.content_type or ""):
            return too_large(request)
        return self._get_response(request)
