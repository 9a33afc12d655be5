"""Takes jobs from the queue and does them, in threads of this process."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import Error, close_old_connections, connections
from django.db.models.functions import Now
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from raci.queue import LONG, QUICK, asked, wake
from raci.queue.presence import HOLDER, LIVING, Presence, is_somebody_dedicated
from raci.statements import fetch

EVERY_SECONDS, SWEEP_SECONDS, PRUNE_SECONDS = 1.0, 5.0, 3600.0
MOST_BEGUN = 5
KEPT = timedelta(days=7)
_READY = """
SELECT DISTINCT queue_name FROM django_tasks_database_dbtaskresult
WHERE status = 'READY' AND (run_after <= now() OR run_after >= '9999-01-01')
"""
# The library asks the clock of its process; the database's is the same for all.
_DUE = """
UPDATE django_tasks_database_dbtaskresult SET run_after = '9999-01-01 00:00+00'
WHERE status = 'READY' AND run_after <= now()
RETURNING id
"""
_LEFT_BEHIND = f"""
UPDATE django_tasks_database_dbtaskresult SET
    status = CASE WHEN jsonb_array_length(worker_ids) < %s THEN 'READY' ELSE 'FAILED' END,
    finished_at = CASE WHEN jsonb_array_length(worker_ids) < %s THEN NULL ELSE now() END
WHERE status = 'RUNNING' AND {HOLDER} NOT IN ({LIVING})
RETURNING id
"""

logger = logging.getLogger(__name__)
_started_in = 0  # the number of the process


class Runner:
    """Looks for jobs every second, and when it is woken, until `stop`."""

    def __init__(self, *, dedicated: bool, threads: int = 1) -> None:
        self._dedicated = dedicated
        self._pools = {
            LONG: ThreadPoolExecutor(threads, thread_name_prefix="jobs"),
            QUICK: ThreadPoolExecutor(1, thread_name_prefix="mails"),
        }
        self._threads = {LONG: threads, QUICK: 1}
        self._busy: dict[str, set[Future[None]]] = {LONG: set(), QUICK: set()}
        self._stop = threading.Event()

    def stop(self) -> None:
        """No job is begun any more; those that run go on to their end."""
        self._stop.set()
        wake.set()

    def run(self) -> None:
        """Until `stop`, also through times without a database."""
        while not self._stop.is_set():
            try:
                self._present()
            except Error as error:
                logger.warning("the queue waits for the database (%s)", type(error).__name__)
                self._stop.wait(EVERY_SECONDS)
            except Exception:  # whatever it is, jobs are waiting
                logger.exception("the queue begins anew")
                self._stop.wait(EVERY_SECONDS)
            finally:
                connections.close_all()
        for pool in self._pools.values():
            pool.shutdown()

    def _present(self) -> None:
        """While our lock holds."""
        presence = Presence(dedicated=self._dedicated)
        sweep = Every(SWEEP_SECONDS, take_up)
        prune = Every(PRUNE_SECONDS, forget)
        try:
            while presence.holds and not self._stop.is_set():
                close_old_connections()
                sweep()
                prune()
                self._begin(presence.name)
                wake.wait(EVERY_SECONDS)
                wake.clear()
            if self._stop.is_set():
                self._wait()
        finally:
            presence.end()

    def _begin(self, name: str) -> None:
        ready = {queue for (queue,) in fetch(_READY, [])}
        if not ready or (not self._dedicated and is_somebody_dedicated()):
            return
        fetch(_DUE, [])
        for queue in ready & self._pools.keys():
            busy = self._busy[queue] = {one for one in self._busy[queue] if not one.done()}
            if len(busy) < self._threads[queue]:
                busy.add(self._pools[queue].submit(_drain, queue, name, self._stop))

    def _wait(self) -> None:
        for one in [one for busy in self._busy.values() for one in busy]:
            one.result()


class _Worker(Worker):
    """The library's; what a job asks for is done, and nothing stays of a job that is done."""

    def __init__(self, queue: str, name: str, stop: threading.Event) -> None:
        super().__init__(
            queue_names=[queue],
            interval=0,
            batch=True,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=name,
            excluded_queue_names=[],
        )
        self._stop = stop

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        row = db_task_result
        asked.taken()
        super().run_task(row)
        again = asked.taken()
        if row.status == TaskResultStatus.SUCCESSFUL:
            row.delete()
        elif again and len(row.worker_ids) < again.attempts:
            row.status, row.finished_at = TaskResultStatus.READY, None
            row.run_after = Now() + again.after
            row.save(update_fields=["status", "finished_at", "run_after"])
        self.running = not self._stop.is_set()


class Every:
    """Does something not more often than every so many seconds."""

    def __init__(self, seconds: float, work: Callable[[], object]) -> None:
        self._seconds, self._work, self._next = seconds, work, 0.0

    def __call__(self) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + self._seconds
            self._work()


def take_up() -> int:
    """Jobs whose holder died wait again; those that were begun too often have failed."""
    return len(fetch(_LEFT_BEHIND, [MOST_BEGUN, MOST_BEGUN]))


def forget() -> None:
    """What failed long ago is taken away."""
    DBTaskResult.objects.filter(finished_at__lt=Now() - KEPT).delete()


def start_beside_pages(**_: object) -> None:
    """In a web process: jobs are done here, as long as no process is there only for them."""
    global _started_in
    if _started_in != os.getpid() and not settings.JOBS_INLINE:
        _started_in = os.getpid()
        threading.Thread(target=Runner(dedicated=False).run, name="queue", daemon=True).start()


def leave_to_others() -> None:
    """In a process that serves no pages to people."""
    global _started_in
    _started_in = os.getpid()


def _drain(queue: str, name: str, stop: threading.Event) -> None:
    try:
        _Worker(queue, name, stop).run()
    except Error as error:  # the row stays as it is, and is taken up when the database is back
        logger.warning("a job lost the database (%s)", type(error).__name__)
    finally:
        connections.close_all()
