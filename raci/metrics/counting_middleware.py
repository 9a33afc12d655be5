"""Count responses and their database queries."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from raci import current_request
from raci.metrics import meters


class CountingMiddleware:
    """Count within `RequestMiddleware`; later queries of streamed responses are not counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        with meters.in_progress.track_inprogress():
            response = self._get_response(request)
        route = current_request.route_of(request)
        meters.count_response(
            request.method or "", route, response.status_code, perf_counter() - began
        )
        if (answered := current_request.now()) is not None:
            meters.count_queries(route, answered.spent)
        return response
