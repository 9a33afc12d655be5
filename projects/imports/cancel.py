"""Cancel the job that applies an import.

While a job writes, its transaction holds a lock by which its connection can be found.
"""

from __future__ import annotations

from django.db import connection

_WRITE = 20_402
_KEYS = 2**31
_STOP = """
SELECT pg_cancel_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = %s AND objid = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def now_writing(key: int) -> None:
    """Mark this transaction, until its end, as the one in which the job writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_WRITE, key % _KEYS])


def stop_writing(key: int) -> None:
    """Cancel the running statement of the job's transaction, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(_STOP, [_WRITE, key % _KEYS])
