"""/metrics: what Prometheus is told, and to whom."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families

from projects import store
from projects.domain.plan import diff
from projects.findings import metrics as findings
from projects.findings import review
from projects.models import Project
from projects.store import lifecycle
from raci import metrics
from tests.support.small_project import CHANGED

TOKEN = "a-token-of-thirty-two-characters"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(autouse=True)
def token() -> Iterator[None]:
    with override_settings(METRICS_TOKEN=TOKEN):
        yield


@pytest.fixture(autouse=True)
def nothing_is_known() -> None:
    findings._known.clear()


def samples(text: str) -> Samples:
    families = text_string_to_metric_families(text)
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in families
        for one in family.samples
    }


def scraped() -> Samples:
    answer = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return samples(answer.content.decode())


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


@pytest.mark.parametrize("given", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_without_the_token_there_is_no_such_page(given: str | None, db: None) -> None:
    headers = {} if given is None else {"authorization": given}
    found, absent = (Client().get(path, headers=headers) for path in ("/metrics", "/nothing"))
    assert (found.status_code, found.content) == (absent.status_code, absent.content)
    assert found.status_code == 404


def test_without_the_setting_no_token_is_right(db: None) -> None:
    with override_settings(METRICS_TOKEN=""):
        for given in ("Bearer ", "Bearer", f"Bearer {TOKEN}"):
            assert Client().get("/metrics", headers={"authorization": given}).status_code == 404


@override_settings(SECURE_SSL_REDIRECT=True)
def test_the_asker_needs_neither_tls_nor_the_sites_name(db: None) -> None:
    asked = Client(headers={"host": "10.0.0.7:8000", "authorization": f"Bearer {TOKEN}"})
    answer = asked.get("/metrics")
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, "text/plain")
    assert not asked.cookies
    assert asked.post("/metrics").status_code == 405


def test_requests_are_counted_by_the_pattern_of_their_address(
    client: Client, project: Project
) -> None:
    labels = {"method": "GET", "route": "/projects/<slug:slug>/", "status": "2xx"}
    before = scraped()
    client.get(f"/projects/{project.slug}/")
    after = scraped()
    for name in ("raci_requests_total", "raci_request_seconds_count"):
        assert value(after, name, **labels) == value(before, name, **labels) + 1
    assert value(after, "raci_requests_in_progress") == 1  # that of /metrics itself
    assert not any(project.slug in text for _, pairs in after for _, text in pairs)


def test_what_leads_nowhere_and_unknown_methods_make_no_labels(db: None) -> None:
    before = scraped()
    Client().get("/himitsu/yamada/")
    Client().generic("BREW", "/himitsu/")
    after = scraped()
    assert not any("himitsu" in text or text == "BREW" for _, pairs in after for _, text in pairs)
    labels = {"method": "other", "route": "-", "status": "4xx"}
    assert (
        value(after, "raci_requests_total", **labels)
        == value(before, "raci_requests_total", **labels) + 1
    )


def test_a_request_says_what_it_asked_of_the_database(client: Client, project: Project) -> None:
    def asked(found: Samples) -> tuple[float, ...]:
        return tuple(
            value(found, name, route="/projects/<slug:slug>/history/")
            for name in ("raci_request_statements_sum", "raci_request_database_seconds_sum")
        )

    before = asked(scraped())
    with CaptureStatements() as statements:
        client.get(f"/projects/{project.slug}/history/")
    after = asked(scraped())
    assert after[0] - before[0] == statements.count
    assert 0 < after[1] - before[1] < 10


class CaptureStatements:
    """Counts statements without Django's log of them."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> CaptureStatements:
        connection.execute_wrappers.append(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        connection.execute_wrappers.remove(self._count)

    def _count(self, execute: Callable[..., object], *given: object) -> object:
        self.count += 1
        return execute(*given)


def test_open_findings_are_found_a_few_at_a_time_and_again_after_a_change(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = User.objects.get(username="manager")
    for number in range(2):
        lifecycle.copy(project, slug=f"copy{number}", title="x", marks=True, by=manager)
    monkeypatch.setattr(findings, "MOST_AT_ONCE", 2)
    uncounted = [value(scraped(), "raci_findings_uncounted_projects") for _ in range(3)]
    assert uncounted == [1, 0, 0]
    each = len(review.review(project).open)
    assert value(scraped(), "raci_findings_open") == 3 * each > 0
    with CaptureStatements() as statements:
        scraped()
    assert statements.count == 2

    store.apply(diff(store.load(project), CHANGED), project=project, by=None, kind=store.Kind.EDIT)
    monkeypatch.setattr(findings, "MOST_AT_ONCE", 0)
    assert value(scraped(), "raci_findings_uncounted_projects") == 1
    assert value(scraped(), "raci_findings_open") == 2 * each


def test_archived_projects_are_left_out(project: Project) -> None:
    lifecycle.archive(project, by=User.objects.get(username="manager"))
    assert (value(scraped(), "raci_projects"), value(scraped(), "raci_findings_open")) == (0, 0)


def test_the_queue_tells_what_waits_runs_and_failed(db: None) -> None:
    def task(state: str, minutes: int, **when: object) -> None:
        made = DBTaskResult.objects.create(
            status=state, args_kwargs={"args": [], "kwargs": {}}, task_path="x", **when
        )
        enqueued = timezone.now() - timedelta(minutes=minutes)
        DBTaskResult.objects.filter(pk=made.pk).update(enqueued_at=enqueued)

    task("READY", 5)
    task("READY", 2)
    task("READY", 90, run_after=timezone.now() + timedelta(hours=1))  # not due
    task("READY", 90, run_after=timezone.now() - timedelta(minutes=1))  # tried again
    task("FAILED", 60)
    task("SUCCESSFUL", 60)
    found = scraped()
    counts = [value(found, "raci_queue_tasks", state=one) for one in ("ready", "running", "failed")]
    assert counts == [3, 0, 1]
    assert 300 <= value(found, "raci_queue_oldest_seconds") < 400


def test_while_the_database_is_away_the_counters_are_told(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", away)
    found = scraped()
    assert value(found, "raci_database_up") == 0
    assert ("raci_findings_open", frozenset()) not in found
    assert ("raci_requests_in_progress", frozenset()) in found


CHILD = """
import os, sys, time
from raci import metrics
folder = metrics.begin()
pids = []
for number in range(2):
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        import django; django.setup()
        from raci.metrics import meters
        meters.count_response("GET", "/x/", 200, 0.1)
        meters.streams.inc()
        os.write(tell, b"x")
        time.sleep(60)
        os._exit(0)
    os.read(ready, 1)
    pids.append(pid)
os.kill(pids[0], 9); os.waitpid(pids[0], 0); metrics.worker_gone(pids[0])
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry(); MultiProcessCollector(registry)
print(generate_latest(registry).decode())
os.kill(pids[1], 9); os.waitpid(pids[1], 0)
metrics.end()
assert not folder.exists()
"""


def test_the_processes_of_a_machine_are_added_up_also_one_that_was_killed() -> None:
    run = subprocess.run(
        [sys.executable, "-c", CHILD],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found = samples(run.stdout)
    assert value(found, "raci_requests_total", method="GET", route="/x/", status="2xx") == 2
    assert value(found, "raci_event_streams") == 1


def test_what_a_killed_master_left_behind_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_IN_MEMORY", tmp_path)
    monkeypatch.setenv(metrics.FOLDER, "")
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    left = tmp_path / f"raci-metrics-{gone.pid}-x"
    left.mkdir()
    other = tmp_path / f"raci-metrics-{os.getppid()}-x"
    other.mkdir()
    made = metrics.begin()
    assert (left.exists(), other.exists()) == (False, True)
    assert list(made.iterdir()) == []
    metrics.end()
    assert not made.exists()
