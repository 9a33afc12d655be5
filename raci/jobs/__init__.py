"""Queue jobs in PostgreSQL (django-tasks); any process runs them.

A job is a row, written in the transaction that requests it. The process that takes it holds a lock
that PostgreSQL releases when it dies (`worker_lock`); another one then starts the job again. So a
job may start more than once and must be idempotent: each checks the state of its own rows.

Web processes run the jobs (`runner`), unless a `manage.py worker` lives somewhere.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django_tasks import task
from django_tasks.base import Task, TaskResult

from raci.database.raw_sql import fetch

LONG, QUICK = "long", "quick"
WAIT_SECONDS, LOOK_SECONDS = 1.5, 0.05
MOST = 64
_NOT_OVER = "('READY', 'RUNNING')"

Job = Task[Any, None]
Put = TaskResult[Any]

wake = threading.Event()
hourly: list[Callable[[], object]] = []  # what else is to be done now and then, by any process


class QueueFullError(Exception):
    """Too many long jobs are waiting."""


@dataclass(eq=False)
class RetryLater(Exception):  # noqa: N818 — a signal, no error
    """Raised by a job to run again after that time, at most that many times in all."""

    after: timedelta
    attempts: int


def job(queue: str) -> Callable[[Callable[..., None]], Job]:
    """Make a function of a module a job of the queue; its arguments are sent as JSON."""
    made: Callable[[Callable[..., None]], Job] = task(queue_name=queue)
    return made


def put(work: Job, *arguments: Any) -> Put:
    """Queue a job that starts after this transaction commits. Raises QueueFullError."""
    if work.queue_name == LONG and _waiting() >= MOST:
        raise QueueFullError
    row: Put = work.enqueue(*arguments)
    transaction.on_commit(wake.set)
    return row


def do_some_time(work: Job, *arguments: Any) -> None:
    """Queue a job whose end nobody waits for."""
    row = put(work, *arguments)
    if settings.JOBS_INLINE:
        _do_at_once(row)


def follow(row: Put) -> None:
    """Wait up to WAIT_SECONDS for the end of the job, after the commit."""
    if settings.JOBS_INLINE:
        _do_at_once(row)
        return
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and _is_open(row.id):
        time.sleep(LOOK_SECONDS)


def waiting(works: Collection[Job], keys: Collection[int]) -> set[int]:
    """Return the keys (the jobs' first arguments) for which one of the jobs waits or runs."""
    if not keys:
        return set()
    paths = [work.module_path for work in works]
    return {int(key) for (key,) in fetch(_OF_KEYS, [paths, [str(key) for key in keys]])}


# What a dead process left running counts: another one takes it up within seconds.
_OF_KEYS = f"""
SELECT args_kwargs -> 'args' ->> 0 FROM django_tasks_database_dbtaskresult
WHERE task_path = ANY(%s) AND args_kwargs -> 'args' ->> 0 = ANY(%s) AND status IN {_NOT_OVER}
"""


def _do_at_once(row: Put) -> None:
    from django_tasks_db.models import DBTaskResult

    try:
        row.task.func(*row.args)
    finally:
        DBTaskResult.objects.filter(pk=row.id).delete()


def _is_open(key: str) -> bool:
    statement = (
        f"SELECT status IN {_NOT_OVER} FROM django_tasks_database_dbtaskresult WHERE id = %s::uuid"
    )
    return any(found for (found,) in fetch(statement, [key]))


def _waiting() -> int:
    statement = f"""SELECT count(*) FROM django_tasks_database_dbtaskresult
        WHERE queue_name = %s AND status IN {_NOT_OVER}"""
    ((count,),) = fetch(statement, [LONG])
    return int(count)
