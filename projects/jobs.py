"""Work beside requests: threads of the web process, each under an advisory lock.

A job's lock is held on a connection of its own from before its row says that it runs until it
ends, so that every process can see whether the job lives; it is a lock of a transaction, which
also holds behind a pooler. While a job writes, its own connection holds a second lock, by which
somebody else finds it to cancel it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from django.conf import settings
from django.db import connection, connections

WORKERS = 2
WAIT_SECONDS = 1.5
MOST = 16
_LIFE, _WRITE = 20_401, 20_402
_KEYS = 2**31

_LOCKS = """
FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

logger = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="jobs")


class Held:
    """The lock of one job."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def release(self) -> None:
        self._raw.close()


class Crowded(Exception):
    """Too many jobs wait or run: each takes a connection."""


def hold(key: int) -> Held | None:
    """The lock of the job with that key; None while somebody else has it. Crowded."""
    if _count() >= MOST:
        raise Crowded
    raw: Any = connection.get_new_connection(connection.get_connection_params())
    with raw.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LIFE, key % _KEYS])
        if cursor.fetchone()[0]:
            return Held(raw)
    raw.close()
    return None


def start(held: Held, work: Callable[[], None]) -> None:
    """Does the work in a thread, then gives the lock back. Waits a moment for the end of it."""
    if settings.JOBS_INLINE:
        try:
            work()
        finally:
            held.release()
        return
    future = _threads.submit(_run, held, work)
    future.add_done_callback(_tell)
    wait([future], WAIT_SECONDS)


def alive(keys: Collection[int]) -> set[int]:
    """Those of the keys whose jobs live, in one query; none for no keys."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT objid {_LOCKS} AND classid IN (%s, %s) AND objid = ANY(%s::oid[])",
            [_LIFE, _WRITE, [key % _KEYS for key in keys]],
        )
        found = {int(row[0]) for row in cursor.fetchall()}
    return {key for key in keys if key % _KEYS in found}


def now_writing(key: int) -> None:
    """Marks this transaction as the one in which the job writes, until its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_WRITE, key % _KEYS])


def stop_writing(key: int) -> None:
    """Cancels what the job's transaction is doing, if it is in the middle of one."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_cancel_backend(pid) {_LOCKS} AND classid = %s AND objid = %s",
            [_WRITE, key % _KEYS],
        )


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_LOCKS} AND classid = %s", [_LIFE])
        return int(cursor.fetchone()[0])


def _run(held: Held, work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        held.release()
        connections.close_all()


def _tell(future: Future[None]) -> None:
    error = future.exception()
    if error is not None:
        logger.error("a job ended with an error", exc_info=error)
