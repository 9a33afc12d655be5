"""Define the counters. A route is the pattern of an address, never the address itself."""

from __future__ import annotations

from functools import cache

from prometheus_client import Counter, Gauge, Histogram, Summary

from raci.current_request import Spent

_OF_ANSWERS = ("method", "route", "status")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

requests = Counter("raci_requests", "Answered requests", _OF_ANSWERS)
seconds = Histogram(
    "raci_request_seconds", "From a request to its answer", _OF_ANSWERS, buckets=_SECONDS
)
in_progress = Gauge(
    "raci_requests_in_progress", "Requests being answered", multiprocess_mode="livesum"
)
database = Histogram(
    "raci_request_database_seconds",
    "Time of a request that went to the database",
    ("route",),
    buckets=(0.001, *_SECONDS[:-1]),
)
statements = Summary("raci_request_statements", "Statements of a request", ("route",))
slow = Counter("raci_slow_statements", "Statements of requests that took longer than RACI_SLOW_MS")
streams = Gauge("raci_event_streams", "Open streams of changes", multiprocess_mode="livesum")
events = Counter("raci_events_sent", "Changes put into streams, once for each stream")


def count_response(method: str, route: str, status: int, took: float) -> None:
    """Count a response that took so many seconds."""
    count, time = _of_answers(method if method in _METHODS else "other", route, status // 100)
    count.inc()
    time.observe(took)


def count_queries(route: str, spent: Spent) -> None:
    """Count the queries of one request."""
    time, count = _of_route(route)
    time.observe(spent.seconds)
    count.observe(spent.statements)
    if spent.slow:
        slow.inc(spent.slow)


@cache
def _of_answers(method: str, route: str, hundreds: int) -> tuple[Counter, Histogram]:
    labels = (method, route, f"{hundreds}xx")
    return requests.labels(*labels), seconds.labels(*labels)


@cache
def _of_route(route: str) -> tuple[Histogram, Summary]:
    return database.labels(route), statements.labels(route)
