"""What can be wrong with the database, in words for the person who started the program."""

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
    """One paragraph in Japanese for a terminal, ending with the driver's own words."""
    if isinstance(error, UnusableDatabaseError | ImproperlyConfigured):
        return str(error)
    return f"データベースの処理に失敗しました（{type(error).__name__}）。原因: {cause(error)}"


def cause(error: BaseException) -> str:
    """The driver's message on one line."""
    return " ".join(str(error).split())


def place(params: Mapping[str, Any]) -> str:
    """Which database the libpq parameters mean; never the password."""
    host = params.get("host") or "既定"
    port = params.get("port") or "既定"
    return f"ホスト {host}、ポート {port}、データベース {params.get('dbname') or '既定'}"
