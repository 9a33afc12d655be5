"""/metrics: for whoever knows the token; to everybody else there is no such page.

Answered like /healthz before host names, TLS and sessions are looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from raci.metrics import FOLDER

PATH = "/metrics"


@login_not_required
@csrf_exempt
def metrics(request: HttpRequest) -> HttpResponse:
    """Raises Http404 without the token."""
    if not _knows_token(request):
        raise Http404
    return _told(request)


class MetricsMiddleware:
    """Answers before anything else looks at the request; without the token it goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == PATH and _knows_token(request):
            return _told(request)
        return self._get_response(request)


class FromDatabase(Collector):
    """What the database knows; only that it is away while it is away."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is asked before the first scrape."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("raci_database_up", "Whether the database answers")
        try:
            collectors = [import_string(path)() for path in settings.METRICS_COLLECTORS]
            found = [one for collector in collectors for one in collector.collect()]
        except Error:
            connection.close()
            found = []
        up.add_metric((), float(bool(found)))
        yield from (up, *found)


@require_safe
def _told(_: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _knows_token(request: HttpRequest) -> bool:
    wanted, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    return bool(wanted) and constant_time_compare(given, f"Bearer {wanted}")


@cache
def _registry() -> CollectorRegistry:
    """What this process counted, or all of the machine, and what the database knows."""
    if FOLDER in os.environ:
        made = CollectorRegistry()
        MultiProcessCollector(made)
    else:
        made = REGISTRY
    made.register(FromDatabase())
    return made
