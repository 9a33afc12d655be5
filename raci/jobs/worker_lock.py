"""Hold an advisory lock for each process that runs jobs; it ends with its connection.

The lock belongs to an open transaction, so that it also holds behind a pooler; without a
RACI_LISTEN_URL it keeps one of the pooler's connections.
"""

from __future__ import annotations

import os
import secrets
import select
import socket
from typing import Any

from django.db import Error, connection

from raci.database import unpooled
from raci.database.raw_sql import fetch

_PRESENT, _DEDICATED = 20_403, 20_404
_KEYS = 2**31
_LOCKS = """
SELECT objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
LIVING = f"{_LOCKS} AND classid = {_PRESENT}"
DEDICATED = f"{_LOCKS} AND classid = {_DEDICATED}"
HOLDER = "coalesce(nullif(split_part(worker_ids ->> -1, '/', 2), '')::bigint, -1)"
# A machine without power closes nothing: the server notices in some twelve seconds.
_FOR_LONG = """
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL tcp_keepalives_idle = 5;
SET LOCAL tcp_keepalives_interval = 2;
SET LOCAL tcp_keepalives_count = 3;
SET LOCAL tcp_user_timeout = 10000
"""
_HAS_TRANSACTION_TIMEOUT = 170_000


class Presence:
    """The lock of this process; `name` is stored in the rows of the jobs it takes."""

    def __init__(self, *, dedicated: bool) -> None:
        """Connect and lock. Raises UnreachableDatabaseError or another database error."""
        self.key = secrets.randbelow(_KEYS)
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}/{self.key}"
        self._raw: Any = unpooled.connect()
        try:
            with connection.wrap_database_errors:
                self._hold(dedicated=dedicated)
        except Error:
            self.end()
            raise

    def _hold(self, *, dedicated: bool) -> None:
        with self._raw.cursor() as cursor:
            cursor.execute(_FOR_LONG)
            if self._raw.server_version >= _HAS_TRANSACTION_TIMEOUT:
                cursor.execute("SET LOCAL transaction_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PRESENT, self.key])
            if dedicated:
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", [_DEDICATED])

    @property
    def holds(self) -> bool:
        """Return whether the server still holds the lock.

        An idle connection receives nothing else.
        """
        if self._raw.closed:
            return False
        poll = select.poll()
        poll.register(self._raw, select.POLLIN)
        return not poll.poll(0)

    def end(self) -> None:
        self._raw.close()


def is_somebody_dedicated() -> bool:
    """Return whether a `manage.py worker` lives."""
    return bool(fetch(DEDICATED, []))
