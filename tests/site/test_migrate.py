"""manage.py migrate: nobody is locked out, nothing is half done, what is final is said before."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from raci.database.raw_sql import fetch
from raci.management.commands import migrate
from tests.support.databases import copied_database

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 0.4
PATIENCE = 20
TRIGGER = "SELECT count(*) FROM pg_trigger WHERE tgname ~ '^pgtrigger_kept_'"
LAST = ("projects", "0009_editions_kept")
WAITING = """
SELECT count(*) FROM pg_locks
WHERE relation = 'projects_edition'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted
"""


@pytest.fixture(autouse=True)
def beside(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.LOCK_SECONDS = SECONDS
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.1)
    with copied_database():
        yield


@contextmanager
def session() -> Iterator[Any]:
    """Somebody else's connection."""
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        yield other
    finally:
        other.close()


def query(other: Any, statement: str) -> Any:
    with other.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def go_back(said: io.StringIO, failed: list[BaseException]) -> None:
    """Undoes LAST: takes triggers off a table, for which it must have the table alone."""
    try:
        call_command("migrate", "projects", "0008", stdout=said, stderr=said)
    except BaseException as error:  # noqa: BLE001 — told by the test
        failed.append(error)
    finally:
        connections.close_all()


def test_readers_wait_no_longer_than_the_timeout_and_then_it_succeeds() -> None:
    said, failed = io.StringIO(), list[BaseException]()
    with session() as holder, session() as reader:
        query(holder, "SELECT count(*) FROM projects_edition")  # and keeps its lock
        reader.autocommit = True
        thread = threading.Thread(target=go_back, args=(said, failed))
        thread.start()
        longest = 0.0
        for _ in range(2):
            until(lambda: query(reader, WAITING) == 1)
            began = time.monotonic()
            query(reader, "SELECT count(*) FROM projects_edition")
            longest = max(longest, time.monotonic() - began)
        holder.rollback()
        thread.join(PATIENCE)
    assert not failed
    assert longest < SECONDS + 0.6
    assert "もう一度実行します" in said.getvalue()
    assert fetch(TRIGGER, []) == [(0,)]


def test_it_gives_up_and_says_who_holds_it_and_nothing_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(migrate, "ATTEMPTS", 2)
    before = fetch(TRIGGER, [])
    with session() as runner, session() as holder:
        query(
            runner, "SELECT 1 FROM pg_advisory_xact_lock(20403, 1)"
        )  # as in raci.jobs.worker_lock
        query(holder, "SELECT count(*) FROM projects_edition")
        number = holder.get_backend_pid()
        with pytest.raises(CommandError, match="ロックを") as raised:
            call_command("migrate", "projects", "0008", stdout=io.StringIO(), stderr=io.StringIO())
    assert raised.value.returncode == 2
    assert f"pid {number}　" in str(raised.value)
    assert str(raised.value).count("pid ") == 1
    assert fetch(TRIGGER, []) == before != [(0,)]
    assert LAST in MigrationExecutor(connection).loader.applied_migrations


def test_what_is_not_about_locks_is_not_tried_again(settings: Any) -> None:
    settings.LOCK_SECONDS = PATIENCE
    said = io.StringIO()
    with session() as holder, connection.cursor() as cursor:
        query(holder, "SELECT count(*) FROM projects_edition")
        cursor.execute("SET statement_timeout = '1s'")
        with pytest.raises(OperationalError, match="statement timeout"):
            call_command("migrate", "projects", "0008", stdout=said, stderr=said)
    assert "もう一度実行します" not in said.getvalue()


def test_before_it_begins_it_says_what_cannot_be_undone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'raci' AND name ~ '^000[23]'")
    said = io.StringIO()
    command = migrate.Command(stdout=said)
    command._announce()
    assert "2件を適用します。先に manage.py backup" in said.getvalue()
    assert said.getvalue().rstrip().endswith(": raci.0002_security_log")


def test_without_anything_to_do_nothing_is_announced() -> None:
    said = io.StringIO()
    call_command("migrate", stdout=said)
    assert "backup" not in said.getvalue()


def test_the_way_back_over_what_is_final_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match=r"raci.0002_security_log」は元に戻せません") as raised:
        call_command("migrate", "raci", "0001", stdout=io.StringIO())
    assert "manage.py restore" in str(raised.value)
    assert fetch("SELECT count(*) FROM raci_audit.event", [])


@pytest.mark.skipif("RACI_THOROUGH" not in os.environ, reason="half a minute; RACI_THOROUGH=1")
def test_everything_else_can_be_undone_and_done_again() -> None:
    for app in ("vendors", "projects"):
        call_command("migrate", app, "zero", verbosity=0)
    assert fetch("SELECT count(*) FROM pg_class WHERE relname ~ '^(vendors|projects)_'", []) == [
        (0,)
    ]
    call_command("migrate", verbosity=0)
    call_command("migrate", check_unapplied=True, verbosity=0)
