"""Requests that no view is asked about: paths that lead nowhere, methods that nobody uses."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class PathMiddleware:
    """404 for a path with a NUL: PostgreSQL cannot even be asked for such a name.

    405 for methods that no page has: to forms of Django PUT is another POST.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            raise Http404
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self._get_response(request)
