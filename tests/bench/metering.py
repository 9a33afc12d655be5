"""What counting costs: a statement, a request, and a scrape with many projects."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from tests.bench import site
from tests.bench.figures import Figure, duration, run

COMPARED = """A statement (SELECT 1) within a request with the timing of statements and without it;
what a request adds to its counters, in the files that several processes share; and what /metrics
asks of the database, with the real 別紙10 in so many projects whose findings are known, or ten of
which have changed."""
STATEMENTS, ROUNDS, PROJECTS = 2_000, 15, 100


def measure() -> Iterator[Figure]:
    folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="raci-bench-")
    try:
        with site.opened():
            yield _statement()
            yield _request()
            yield from _scrapes()
    finally:
        shutil.rmtree(folder)


def _timed(work: Callable[[], object], times: int = 1) -> float:
    began = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - began) / times


def _statement() -> Figure:
    from django.db import connection
    from django.http import HttpRequest

    from raci import current_request

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def bare() -> float:
        wrappers, connection.execute_wrappers = connection.execute_wrappers, []
        try:
            return _timed(work, STATEMENTS)
        finally:
            connection.execute_wrappers = wrappers

    with current_request.answering(current_request.Current("bench", HttpRequest())):
        pairs = [(_timed(work, STATEMENTS), bare()) for _ in range(ROUNDS)]
    ours, peer = (median(times) for times in zip(*pairs, strict=True))
    added = median(one - other for one, other in pairs) * 1e6
    return Figure("timing / a statement", duration(ours), duration(peer), added, unit="µs")


def _request() -> Figure:
    from raci.current_request import Spent
    from raci.metrics import meters

    def work() -> None:
        with meters.in_progress.track_inprogress():
            pass
        meters.count_response("POST", "/projects/<slug:slug>/cells/", 200, 0.01)
        meters.count_queries("/projects/<slug:slug>/cells/", Spent(9, 0.005))

    took = median(_timed(work, 1_000) for _ in range(ROUNDS))
    return Figure("counting a request", duration(took), "", took * 1e6, unit="µs")


def _scrapes() -> Iterator[Figure]:
    from projects.findings import metrics
    from projects.imports import proposal
    from projects.models import Project
    from tests.support import besshi10

    for number in range(PROJECTS):
        proposal.create_from(besshi10.whole(), slug=f"p{number}", by=None)
    site.analyse()
    first = _timed(lambda: metrics.counted(metrics.MOST_AT_ONCE))
    metrics.counted(PROJECTS)
    known = median(_timed(lambda: metrics.counted(0)) for _ in range(ROUNDS))
    yield Figure(f"a scrape of {PROJECTS} projects", duration(known), "", known * 1e3, unit="ms")
    name = f"the same with {metrics.MOST_AT_ONCE} to find"
    yield Figure(name, duration(first), "", first * 1e3, unit="ms")
    assert Project.objects.count() == PROJECTS


if __name__ == "__main__":
    run(measure, COMPARED)
