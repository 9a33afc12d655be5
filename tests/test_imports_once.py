"""An import is applied once or not at all: pressed twice, overtaken, cancelled, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client

from projects import imports, jobs, store
from projects.models import ChangeSet, Import, Project
from projects.plan import diff
from tests.small_project import (
    CHANGED,
    GRID,
    LIST,
    address,
    applied,
    client,
    client_of,
    exported,
    marked,
    now,
    project,
    ready,
    seen,
    sent,
    shown,
)

__all__ = ["client", "project"]
pytestmark = pytest.mark.django_db
for_real = pytest.mark.django_db(transaction=True)


# ---- applied once, and only what was shown


def test_pressed_twice_it_is_applied_once(client: Client, project: Project) -> None:
    row = ready(client, project)
    form = {"seen": seen(client, row)}
    assert client.post(address(row, "apply/"), form).status_code == 302
    revision = Project.objects.get(pk=project.pk).revision
    again = client.post(address(row, "apply/"), form)
    assert (again.status_code, "反映済みです" in again.content.decode()) == (409, True)
    assert Project.objects.get(pk=project.pk).revision == revision


def test_a_matrix_that_changed_since_is_compared_again(client: Client, project: Project) -> None:
    row = ready(client, project)
    old = seen(client, row)
    wanted = marked(GRID, "試験", "○", "◎")
    store.apply(diff(GRID, wanted), project=project, by=None, kind=store.Kind.EDIT)
    answer = client.post(address(row, "apply/"), {"seen": old})
    page = answer.content.decode()
    assert (answer.status_code, imports.STALE in page, "比較し直す" in page) == (409, True, True)
    assert now(project) == wanted
    assert "○→空" in shown(client, row)
    assert applied(client, row).status_code == 302
    assert now(project) == CHANGED


def test_wishes_changed_in_another_window_are_not_applied_unseen(
    client: Client, project: Project
) -> None:
    row = ready(client, project)
    old = seen(client, row)
    client_of("manager").post(address(row, "wishes/"), {"about": "policy", "blank": "ignore"})
    answer = client.post(address(row, "apply/"), {"seen": old})
    assert (answer.status_code, imports.UNLIKE in answer.content.decode()) == (409, True)
    assert now(project) == GRID


def test_a_reason_is_asked_where_the_project_wants_one(client: Client, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(requires_reason=True)
    row = ready(client, project)
    assert applied(client, row).status_code == 400
    assert applied(client, row, reason="第2版の受領").status_code == 302
    assert "第2版の受領" in client.get("/projects/small/history/").content.decode()


def test_a_wanted_grid_that_breaks_a_rule_changes_nothing(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise store.Broken(["規則に反します。"])

    row = ready(client, project)
    monkeypatch.setattr(store, "apply", broken)
    assert applied(client, row).status_code == 302
    assert "規則に反します。" in shown(client, row)
    assert now(project) == GRID


# ---- given up, refused, interrupted


def test_a_refused_file_says_why_and_changes_nothing(client: Client, project: Project) -> None:
    row = sent(client, b"PK\x03\x04 broken", "壊れた.xlsx")
    page = shown(client, row)
    assert row.state == "refused"
    assert "ファイルが壊れています" in page
    assert "反映する" not in page
    assert client.post(address(row, "apply/"), {"seen": "x"}).status_code == 409
    assert now(project) == GRID


def test_a_cancelled_import_is_not_applied_and_can_be_taken_up(
    client: Client, project: Project
) -> None:
    row = ready(client, project)
    old = seen(client, row)
    assert client.post(address(row, "cancel/")).status_code == 302
    assert client.post(address(row, "apply/"), {"seen": old}).status_code == 409
    assert "再開する" in shown(client, row)
    assert client.post(address(row, "choices/")).status_code == 302
    assert applied(client, row).status_code == 302


def test_an_applied_import_cannot_be_cancelled(client: Client, project: Project) -> None:
    row = ready(client, project)
    applied(client, row)
    assert client.post(address(row, "cancel/")).status_code == 409


def test_a_running_job_is_shown_and_asked_to_end(client: Client, project: Project) -> None:
    row = ready(client, project)
    Import.objects.filter(pk=row.pk).update(state="reading", progress=0.4)
    held = jobs.hold(row.pk)
    assert held is not None
    try:
        assert "読み取っています" in shown(client, row)
        told = client.get(address(row, "status/")).json()
        assert told == {"state": "reading", "progress": 0.4, "over": False}
        assert client.post(address(row, "choices/")).status_code == 409
        assert client.post(address(row, "cancel/")).status_code == 302
        row.refresh_from_db()
        assert (row.state, row.stop) == ("reading", True)
    finally:
        held.release()


@pytest.mark.parametrize(("state", "words"), [("reading", "再開する"), ("applying", "反映する")])
def test_a_dead_job_is_shown_and_taken_up_again(
    state: str, words: str, client: Client, project: Project
) -> None:
    row = ready(client, project)
    Import.objects.filter(pk=row.pk).update(state=state)
    page = shown(client, row)
    assert "中断されました" in page
    assert words in page
    assert client.get(address(row, "status/")).json()["over"]
    assert "中断されました" in client.get(LIST).content.decode()
    if state == "reading":
        client.post(address(row, "choices/"))
    assert applied(client, row).status_code == 302
    assert now(project) == CHANGED


def test_a_job_asked_to_end_before_it_wrote_writes_nothing(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready(client, project)
    inner = store.apply

    def stopped(*args: Any, **kwargs: Any) -> None:
        Import.objects.filter(pk=row.pk).update(stop=True)
        inner(*args, **kwargs)

    monkeypatch.setattr(store, "apply", stopped)
    applied(client, row)
    assert imports.STOPPED in shown(client, row)
    assert now(project) == GRID


# ---- in several connections and processes


def when_over(row: Import) -> Import:
    """The import after its job, which holds these locks while it lives."""
    with connection.cursor() as cursor:
        for kind in (jobs._LIFE, jobs._WRITE):
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [kind, row.pk])
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, row.pk])
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
    mark = imports.fingerprint(row, project.revision)
    return lambda: imports.apply(row, seen=mark, by=by)


@for_real
def test_two_people_who_press_at_once_apply_it_once(client: Client, project: Project) -> None:
    row = ready(client, project)
    work = apply_of(row, project)
    errors = together(work, work)
    assert sorted(type(error).__name__ for error in errors) == ["Impossible", "NoneType"]
    assert now(project) == CHANGED
    assert Project.objects.get(pk=project.pk).revision == project.revision + 1


@for_real
def test_of_two_imports_at_once_one_is_applied_and_one_compared_again(
    client: Client, project: Project
) -> None:
    rows = [ready(client, project), ready(client, project, marked(GRID, "試験", "◎", ""))]
    together(*(apply_of(row, project) for row in rows))
    for row in rows:
        row.refresh_from_db()
    first, second = sorted(rows, key=lambda row: row.state)
    assert (first.state, second.state) == ("applied", "ready")
    assert Project.objects.get(pk=project.pk).revision == project.revision + 1
    assert imports.STALE in shown(client, second)


@for_real
def test_a_thread_reads_and_applies_beside_the_requests(
    client: Client, project: Project, settings: Any
) -> None:
    settings.JOBS_INLINE = False
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
        imports.cancel(row)

    row = ready(client, project)
    inner = store.apply
    monkeypatch.setattr(store, "apply", slow)
    assert together(apply_of(row, project), cancel) == [None, None]
    assert imports.STOPPED in shown(client, row)
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
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.contrib.auth.models import User
from projects import imports, store
from projects.models import Import, Project

def stop():
    print("here", flush=True)
    sys.stdin.read()

def behind(inner):
    def wrapped(*args, **kwargs):
        inner(*args, **kwargs)
        stop()
    return wrapped

def before(inner):
    def wrapped(*args, **kwargs):
        stop()
        inner(*args, **kwargs)
    return wrapped

exec(sys.argv[2])
row = Import.objects.get()
revision = Project.objects.get().revision
by = User.objects.get(username="editor")
imports.apply(row, seen=imports.fingerprint(row, revision), by=by)
"""
POINTS = {
    "claimed": "imports._apply = before(imports._apply)",
    "before writing": "store.apply = before(store.apply)",
    "written": "store.apply = behind(store.apply)",
    "before the commit": "imports._write = behind(imports._write)",
    "after the commit": "imports._apply = behind(imports._apply)",
}


@for_real
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_worker_leaves_all_or_nothing(
    point: str, client: Client, project: Project
) -> None:
    row = ready(client, project)
    command = [sys.executable, "-c", KILLED, connection.settings_dict["NAME"], POINTS[point]]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.send_signal(signal.SIGKILL)
    when_over(row)
    if point == "after the commit":
        assert (row.state, now(project)) == ("applied", CHANGED)
        return
    assert (row.state, now(project)) == ("applying", GRID)
    assert ChangeSet.objects.filter(project=project).count() == project.revision
    assert "中断されました" in shown(client, row)
    assert applied(client, row).status_code == 302
    assert now(project) == CHANGED
