"""Imports in several connections, threads and processes: two at once, cancelled, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client

from projects import store
from projects.imports import jobs, lifecycle
from projects.models import ChangeSet, Import, Project
from raci import jobs as queue
from raci.jobs import runner as running
from tests.support.small_project import (
    CHANGED,
    GRID,
    applied,
    exported,
    marked,
    now,
    ready,
    sent,
    shown,
)

pytestmark = pytest.mark.django_db
for_real = pytest.mark.django_db(transaction=True)


@pytest.fixture
def runner(settings: Any) -> Iterator[None]:
    """Jobs are done beside the requests, in threads of this process."""
    settings.JOBS_INLINE = False
    beside = running.Runner(dedicated=True)
    thread = threading.Thread(target=beside.run)
    thread.start()
    yield
    beside.stop()
    thread.join()


def when_over(row: Import) -> Import:
    """The import after its jobs."""
    while queue.waiting(lifecycle._JOBS, [row.pk]):
        pass
    row.refresh_from_db()
    return row


def together(*works: Callable[[], None]) -> list[BaseException | None]:
    """Does the works in threads that begin at the same time; what each raised."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        gate.wait()
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        futures = [threads.submit(run, work) for work in works]
        return [future.exception() for future in futures]


def apply_of(row: Import, project: Project) -> Callable[[], None]:
    by = User.objects.get(username="editor")
    mark = lifecycle.fingerprint(row, project.revision)
    return lambda: lifecycle.apply(row, seen=mark, by=by)


@for_real
def test_two_people_who_press_at_once_apply_it_once(client: Client, project: Project) -> None:
    row = ready(client, project)
    work = apply_of(row, project)
    errors = together(work, work)
    assert sorted(type(error).__name__ for error in errors) == ["ImportStateError", "NoneType"]
    assert now(project) == CHANGED
    assert Project.objects.get(pk=project.pk).revision == project.revision + 1


@for_real
def test_of_two_imports_at_once_one_is_applied_and_one_compared_again(
    client: Client, project: Project
) -> None:
    rows = [ready(client, project), ready(client, project, marked(GRID, "試験", "◎", ""))]
    errors = together(*(apply_of(row, project) for row in rows))
    for row in rows:
        row.refresh_from_db()
    first, second = sorted(rows, key=lambda row: row.state)
    assert (first.state, second.state) == ("applied", "ready")
    assert Project.objects.get(pk=project.pk).revision == project.revision + 1
    # The later one is told when it presses, or, if it was let in before, by the job.
    late = any(isinstance(error, lifecycle.StaleImportError) for error in errors)
    assert late or jobs.STALE in shown(client, second)


@for_real
def test_a_thread_reads_and_applies_beside_the_requests(
    client: Client, project: Project, runner: None
) -> None:
    row = when_over(sent(client, exported(project, CHANGED)))
    assert row.state == "ready"
    assert applied(client, row).status_code == 302
    assert when_over(row).state == "applied"
    assert now(project) == CHANGED


@for_real
def test_an_apply_is_cancelled_in_the_middle_of_a_statement(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*args: Any, **kwargs: Any) -> None:
        inner(*args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    def cancel() -> None:
        while not is_sleeping():
            pass
        lifecycle.cancel(row)

    row = ready(client, project)
    inner = store.apply
    monkeypatch.setattr(store, "apply", slow)
    assert together(apply_of(row, project), cancel) == [None, None]
    assert jobs.STOPPED in shown(client, row)
    assert now(project) == GRID


@for_real
def test_a_full_disk_is_said_and_nothing_is_changed(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        inner(*args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$")

    row = ready(client, project)
    inner = store.apply
    monkeypatch.setattr(store, "apply", full)
    assert applied(client, row).status_code == 302
    assert "空き容量が足りない" in shown(client, row)
    assert now(project) == GRID


def is_sleeping() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE state = 'active' AND query = 'SELECT pg_sleep(60)'"
        )
        return bool(cursor.fetchone()[0])


KILLED = """
import sys
from dataclasses import replace
from functools import wraps
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from projects import store
from projects.imports import jobs
from raci.jobs.runner import Runner

def stop():
    print("here", flush=True)
    sys.stdin.read()

def behind(inner):
    @wraps(inner)
    def wrapped(*args, **kwargs):
        inner(*args, **kwargs)
        stop()
    return wrapped

def before(inner):
    @wraps(inner)
    def wrapped(*args, **kwargs):
        stop()
        inner(*args, **kwargs)
    return wrapped

exec(sys.argv[2])
Runner(dedicated=True).run()
"""
POINTS = {
    "claimed": "jobs._plan = before(jobs._plan)",
    "before writing": "store.apply = before(store.apply)",
    "written": "store.apply = behind(store.apply)",
    "before the commit": "jobs._write = behind(jobs._write)",
    "after the commit": "jobs.apply = replace(\n    jobs.apply, func=behind(jobs.apply.func))",
}


def killed_at(point: str) -> None:
    """A worker that takes up what waits, and is killed there."""
    command = [sys.executable, "-c", KILLED, connection.settings_dict["NAME"], POINTS[point]]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.send_signal(signal.SIGKILL)


@for_real
@pytest.mark.parametrize("point", POINTS)
def test_what_a_killed_worker_began_is_done_once_by_the_next(
    point: str, client: Client, project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready(client, project)
    settings.JOBS_INLINE = False
    monkeypatch.setattr(queue, "WAIT_SECONDS", 0)
    assert applied(client, row).status_code == 302
    killed_at(point)
    row.refresh_from_db()
    if point == "after the commit":
        assert (row.state, now(project)) == ("applied", CHANGED)
    else:
        assert (row.state, now(project)) == ("applying", GRID)
        assert ChangeSet.objects.filter(project=project).count() == project.revision
        assert "反映しています" in shown(client, row)
    while running.take_up() == 0:  # the server notices that the worker's connection ended
        pass
    running._drain(queue.LONG, "test/0", threading.Event())
    row.refresh_from_db()
    assert (row.state, now(project)) == ("applied", CHANGED)
    assert ChangeSet.objects.filter(project=project).count() == project.revision + 1
