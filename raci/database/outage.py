"""Tell outages of the database and full disks from other errors."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from errno import EDQUOT, ENOSPC

from django.db import DatabaseError, InterfaceError

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_CONNECTION = "08"
_AWAY = frozenset({"57P01", "57P02", "57P03", "53200", "53300"})
_READ_ONLY = "25006"
_NO_ROOM = (ENOSPC, EDQUOT)
_FULL = "53100"


class Cause(Enum):
    """Why the database is unavailable."""

    AWAY = "away"
    READ_ONLY = "read-only"
    FULL = "full"


def cause_of(error: BaseException | None) -> Cause | None:
    """Return the cause if a database error led to this one, else None."""
    return next((found for one in _chain(error) if (found := _cause(one))), None)


def _cause(error: BaseException) -> Cause | None:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return Cause.FULL
    if isinstance(error, InterfaceError):  # the connection was closed below us
        return Cause.AWAY if "connection" in str(error) else None
    if not isinstance(error, DatabaseError):
        return None
    code = getattr(error.__cause__, "pgcode", None)
    if code is None:
        return Cause.AWAY if _is_lost(error) else None
    if code == _FULL:
        return Cause.FULL
    if code == _READ_ONLY:
        return Cause.READ_ONLY
    return Cause.AWAY if code.startswith(_CONNECTION) or code in _AWAY else None


def _is_lost(error: DatabaseError) -> bool:
    """Return whether the connection was lost: such an error of the driver has no code."""
    name = type(error.__cause__ or error).__name__
    return (
        name in ("OperationalError", "UnreachableDatabaseError")
        or "connection" in str(error).lower()
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
