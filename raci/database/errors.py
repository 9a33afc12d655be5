"""Explain database errors to the person who started the program."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import DatabaseError, NotSupportedError, OperationalError


class UnusableDatabaseError(DatabaseError):
    """The database cannot be used at all; the message says which one, why and what to do."""


class UnreachableDatabaseError(UnusableDatabaseError, OperationalError):
    """There is no server, no database of that name, or it does not let us in."""


class OldServerError(UnusableDatabaseError, NotSupportedError):
    """The server is older than Django supports."""


def explain(error: BaseException) -> str:
    """Return one paragraph in Japanese for a terminal, with the driver's message at its end."""
    if isinstance(error, UnusableDatabaseError | ImproperlyConfigured):
        return str(error)
    return f"データベースの処理に失敗しました（{type(error).__name__}）。原因: {cause(error)}"


def cause(error: BaseException) -> str:
    """Return the driver's message on one line."""
    return " ".join(str(error).split())


def place(params: Mapping[str, Any]) -> str:
    """Return which database the libpq parameters mean, without the password."""
    host = params.get("host") or "既定"
    port = params.get("port") or "既定"
    return f"ホスト {host}、ポート {port}、データベース {params.get('dbname') or '既定'}"
