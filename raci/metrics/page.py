"""Serve /metrics to whoever has the token; to others it does not exist.

Served, like /healthz, before host names, TLS and sessions are checked.
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
    """Return the metrics. Raises Http404 without the token."""
    if not _knows_token(request):
        raise Http404
    return _exposition(request)


class MetricsMiddleware:
    """Serve /metrics before anything else reads a request that has the token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == PATH and _knows_token(request):
            return _exposition(request)
        return self._get_response(request)


class FromDatabase(Collector):
    """Collect the gauges that come from the database; during an outage only that it is down."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Return nothing, so that no query runs before the first scrape."""
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
def _exposition(_: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _knows_token(request: HttpRequest) -> bool:
    wanted, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    return bool(wanted) and constant_time_compare(given, f"Bearer {wanted}")


@cache
def _registry() -> CollectorRegistry:
    """Return the counters of this process or of the machine, with the database's gauges."""
    if FOLDER in os.environ:
        made = CollectorRegistry()
        MultiProcessCollector(made)
    else:
        made = REGISTRY
    made.register(FromDatabase())
    return made
