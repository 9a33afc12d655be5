"""Run queued jobs in threads of this process."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from time import monotonic
from traceback import format_tb
from typing import Any

from django.conf import settings
from django.db import Error, close_old_connections, connection, connections, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from raci.database.outage import Cause, cause_of
from raci.database.raw_sql import fetch
from raci.jobs import LONG, QUICK, RetryLater, hourly, wake
from raci.jobs.worker_lock import HOLDER, LIVING, Presence, is_somebody_dedicated

Row = DBTaskResult[Any, Any]
EVERY_SECONDS, SWEEP_SECONDS, PRUNE_SECONDS = 1.0, 5.0, 3600.0
MOST_BEGUN, MOST_MAILED = 5, 200
KEPT = timedelta(days=7)
DATABASE_AWAY = RetryLater(timedelta(seconds=2), 20)
UNKNOWN_YET = RetryLater(timedelta(minutes=1), 100)  # a job of a newer release
_READY = """
SELECT DISTINCT queue_name FROM django_tasks_database_dbtaskresult
WHERE status = 'READY' AND (run_after <= now() OR run_after >= '9999-01-01')
"""
# The library reads its process's clock; the database's is the same for all.
_DUE = """
UPDATE django_tasks_database_dbtaskresult SET run_after = '9999-01-01 00:00+00'
WHERE status = 'READY' AND run_after <= now()
RETURNING id
"""
_MOVED = """
UPDATE django_tasks_database_dbtaskresult SET task_path = %(moved)s::jsonb ->> task_path
WHERE status = 'READY' AND %(moved)s::jsonb ? task_path
RETURNING id
"""
# Jobs of dead processes that no living one runs any more. A mail may be started often
# while its server is away; a long job that is started so often kills its process.
_LEFT_BEHIND = f"""
UPDATE django_tasks_database_dbtaskresult SET
    status = CASE WHEN again THEN 'READY' ELSE 'FAILED' END,
    finished_at = CASE WHEN again THEN NULL ELSE now() END
FROM (
    SELECT id AS left_id, jsonb_array_length(worker_ids) <
        CASE queue_name WHEN '{QUICK}' THEN {MOST_MAILED} ELSE {MOST_BEGUN} END AS again
    FROM django_tasks_database_dbtaskresult
    WHERE status = 'RUNNING' AND (
        {HOLDER} NOT IN ({LIVING})
        OR {HOLDER} = %(key)s AND queue_name = ANY(%(idle)s)
    )
    FOR UPDATE SKIP LOCKED
) AS behind
WHERE id = left_id
RETURNING id
"""

logger = logging.getLogger(__name__)
_started_in = 0  # the number of the process


class Runner:
    """Look for jobs every second, and when woken, until `stop`."""

    def __init__(self, *, dedicated: bool, threads: int = 1) -> None:
        self._dedicated = dedicated
        self._pools = {
            LONG: ThreadPoolExecutor(threads, thread_name_prefix="jobs"),
            QUICK: ThreadPoolExecutor(1, thread_name_prefix="mails"),
        }
        self._threads = {LONG: threads, QUICK: 1}
        self._busy: dict[str, set[Future[None]]] = {LONG: set(), QUICK: set()}
        self._presence: Presence | None = None
        self._stop = threading.Event()

    def stop(self) -> None:
        """Start no more jobs; those that run go on to their end."""
        self._stop.set()
        wake.set()

    def run(self) -> None:
        """Run jobs until `stop`, also through outages of the database."""
        prune = Every(PRUNE_SECONDS, forget)
        sweep = Every(SWEEP_SECONDS, self._take_up)
        while not self._stop.is_set():
            try:
                close_old_connections()
                name = self._present()
                prune()
                sweep()
                self._begin(name)
            except Error as error:
                logger.warning("the queue waits for the database (%s)", type(error).__name__)
                connections.close_all()
            except Exception:  # whatever it is, jobs are waiting
                logger.exception("the queue begins anew")
            wake.wait(EVERY_SECONDS)
            wake.clear()
        self._wait()
        for pool in self._pools.values():
            pool.shutdown()
        self._absent()
        connections.close_all()

    def _present(self) -> str:
        """Return the name of this process's lock, a new one when the server released the last."""
        if self._presence is None or not self._presence.holds:
            self._absent()
            self._presence = Presence(dedicated=self._dedicated)
        return self._presence.name

    def _absent(self) -> None:
        if self._presence is not None:
            self._presence.end()
            self._presence = None

    def _take_up(self) -> None:
        """Take up abandoned jobs, also those of own threads that died without recording it."""
        idle = [queue for queue in self._pools if not self._still_busy(queue)]
        take_up(self._presence.key if self._presence else -1, idle)

    def _begin(self, name: str) -> None:
        ready = {queue for (queue,) in fetch(_READY, [])}
        if not ready or (not self._dedicated and is_somebody_dedicated()):
            return
        fetch(_DUE, [])
        rename_moved()
        for queue in ready & self._pools.keys():
            busy = self._still_busy(queue)
            if len(busy) < self._threads[queue]:
                busy.add(self._pools[queue].submit(_drain, queue, name, self._stop))

    def _still_busy(self, queue: str) -> set[Future[None]]:
        self._busy[queue] = {one for one in self._busy[queue] if not one.done()}
        return self._busy[queue]

    def _wait(self) -> None:
        for one in [one for busy in self._busy.values() for one in busy]:
            one.result()


def _claimed(queue: str, name: str) -> Row | None:
    """Take the next due job of a queue, so that no other process takes it."""
    with transaction.atomic():
        row = DBTaskResult.objects.ready().filter(queue_name=queue).get_locked()
        if row is not None:
            row.claim(name)
    return row


def _do(row: Row) -> None:
    """Run a job; its row is deleted when it succeeds."""
    try:
        row.task.func(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except BaseException as error:  # noqa: BLE001 — whatever ends a job is noted with it
        _failed(row, error)
    else:
        row.delete()


def _failed(row: Any, error: BaseException) -> None:
    """Save in one statement that the job waits again or has failed, with lines of code only."""
    if (again := _again(error)) is DATABASE_AWAY:
        connection.close()
    row.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    row.traceback, row.return_value = "".join(format_tb(error.__traceback__)), None
    row.status, row.finished_at = TaskResultStatus.FAILED, timezone.now()
    if again and len(row.worker_ids) < again.attempts:
        row.status, row.finished_at = TaskResultStatus.READY, None
        row.run_after = Now() + again.after
    row.save()
    row.refresh_from_db(fields=["run_after"])


def _again(error: BaseException) -> RetryLater | None:
    """Return when the job that ended with the error may start again."""
    if isinstance(error, RetryLater):
        return error
    if cause_of(error) in (Cause.AWAY, Cause.READ_ONLY):
        return DATABASE_AWAY
    return UNKNOWN_YET if isinstance(error, ImportError) else None


class Every:
    """Call a function at most once every so many seconds."""

    def __init__(self, seconds: float, work: Callable[[], object]) -> None:
        self._seconds, self._work, self._next = seconds, work, 0.0

    def __call__(self) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + self._seconds
            self._work()


def take_up(key: int = -1, idle: Sequence[str] = ()) -> int:
    """Requeue or fail abandoned jobs; return their number.

    `key` is that of a living process, which does nothing in its `idle` queues now.
    """
    return len(fetch(_LEFT_BEHIND, {"key": key, "idle": list(idle)}))


def rename_moved() -> int:
    """Rename queued jobs of an older release to today's functions; return their number."""
    return len(fetch(_MOVED, {"moved": json.dumps(settings.MOVED_JOBS)}))


def forget() -> None:
    """Delete jobs that failed long ago, and run the hourly work."""
    DBTaskResult.objects.filter(finished_at__lt=Now() - KEPT).delete()
    for work in hourly:
        work()


def start_beside_pages(**_: object) -> None:
    """Run jobs in this web process while there is no dedicated worker."""
    global _started_in
    if _started_in != os.getpid() and not settings.JOBS_INLINE:
        _started_in = os.getpid()
        threading.Thread(target=Runner(dedicated=False).run, name="queue", daemon=True).start()


def leave_to_others() -> None:
    """Run no jobs in this process, which serves no pages to people."""
    global _started_in
    _started_in = os.getpid()


def _drain(queue: str, name: str, stop: threading.Event) -> None:
    try:
        while not stop.is_set() and (row := _claimed(queue, name)):
            _do(row)
            close_old_connections()
    except Error as error:  # the row stays as it is, and is taken up when the database is back
        logger.warning("a job lost the database (%s)", type(error).__name__)
    finally:
        connections.close_all()
