"""Refuse paths and methods that no view serves."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class PathMiddleware:
    """Respond with 404 to a NUL in the path, which PostgreSQL cannot store.

    405 for methods that no page has: Django's forms would treat PUT as POST.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            raise Http404
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self._get_response(request)
