"""Choose the database: the one of DATABASE_URL, or the embedded server.

This package is also the Django database engine ``raci.database`` (see ``base``). Importing it, or
the settings that call :func:`from_environment`, starts nothing: the embedded server starts with the
first connection.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

from raci.database import address
from raci.database.errors import (
    OldServerError,
    UnreachableDatabaseError,
    UnusableDatabaseError,
    explain,
)

__all__ = [
    "OldServerError",
    "UnreachableDatabaseError",
    "UnusableDatabaseError",
    "explain",
    "from_environment",
    "listening",
    "require",
]

ENGINE = "raci.database"
SCHEMES = ("postgres", "postgresql", "pgsql")
CONNECTION_SECONDS = 60
CONNECT_TIMEOUT_SECONDS, OF_SEVERAL_SECONDS = 10, 3  # then the next host is tried
# A machine that is gone sends nothing: the connection is given up after so long.
GIVEN_UP = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

reached = False  # whether this process, or the one it was forked from, found its database


def from_environment(environ: Mapping[str, str], data_dir: Path) -> dict[str, Any]:
    """Return Django's ``DATABASES["default"]``: DATABASE_URL's server or the cluster in data_dir.

    Raises ImproperlyConfigured when DATABASE_URL is no PostgreSQL address. Starts nothing.
    """
    if url := environ.get("DATABASE_URL", "").strip():
        return _served(url)
    return _embedded(data_dir)


def listening(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the server of RACI_LISTEN_URL like `from_environment`; None when it is unset."""
    url = environ.get("RACI_LISTEN_URL", "").strip()
    return _served(url, "RACI_LISTEN_URL") if url else None


def require(connection: BaseDatabaseWrapper) -> None:
    """Connect once, so that a missing database is reported at the start and not by a page.

    Raises UnusableDatabaseError. Leaves no connection open that was not, so a server may fork
    afterwards.
    """
    global reached
    with connection.temporary_connection():
        reached = True


def _embedded(data_dir: Path) -> dict[str, Any]:
    return {
        "ENGINE": ENGINE,
        "NAME": address.DATABASE,
        "USER": address.USER,
        "PASSWORD": "",
        "HOST": str(address.socket_directory(data_dir)),
        "PORT": address.PORT,
        "CONN_MAX_AGE": CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "RACI_CLUSTER": str(data_dir.resolve()),
    }


def _served(url: str, variable: str = "DATABASE_URL") -> dict[str, Any]:
    try:
        config = _parsed(url, variable)
    except ValueError as error:
        # Not "from error": a message of the parser may quote the URL and with it the password.
        message = f"{variable} を読めません。パスワードなどの記号は %40 のように書いてください。"
        raise ImproperlyConfigured(f"{message}形式: {_FORM}（{type(error).__name__}）") from None
    if not config["NAME"] and "service" not in config["OPTIONS"]:
        raise ImproperlyConfigured(f"{variable} にデータベース名がありません。形式: {_FORM}")
    return config


_FORM = "postgresql://利用者:パスワード@ホスト:5432/データベース名"


def _parsed(url: str, variable: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        found = f"「{parts.scheme}」です" if parts.scheme else "ありません"
        raise ImproperlyConfigured(
            f"{variable} の種類が{found}。使えるのは PostgreSQL だけです。形式: {_FORM}"
        )
    parts, hosts = _without_hosts(parts)
    config: dict[str, Any] = dict(
        dj_database_url.parse(
            urlunsplit(parts),
            engine=ENGINE,
            conn_max_age=CONNECTION_SECONDS,
            conn_health_checks=True,
            # A named cursor does not survive a pooler between transactions (PgBouncer).
            disable_server_side_cursors=True,
        )
    )
    config.update(hosts)
    config["OPTIONS"] = _options(config)
    return config


def _without_hosts(parts: SplitResult) -> tuple[SplitResult, dict[str, str]]:
    """Return the URL without its hosts, and these as HOST and PORT, if there are several.

    ``a:5432,b:5433`` is libpq's form for a failover pair; the URL libraries read one host only.
    """
    credentials, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts:
        return parts, {}
    each = [urlsplit(f"//{host}") for host in hosts.split(",")]
    names = ",".join(unquote(one.hostname or "") for one in each)
    ports = ",".join(str(one.port or "") for one in each)
    return parts._replace(netloc=credentials + at), {"HOST": names, "PORT": ports}


def _options(config: dict[str, Any]) -> dict[str, Any]:
    """Return the URL's query for libpq; ``host`` and ``port`` in it become HOST and PORT."""
    given: dict[str, Any] = dict(config.get("OPTIONS", {}))
    for name in {"host", "port"} & given.keys():
        config[name.upper()] = str(given.pop(name))
    several = "," in str(config.get("HOST", ""))
    seconds = OF_SEVERAL_SECONDS if several else CONNECT_TIMEOUT_SECONDS
    return {"connect_timeout": seconds, **GIVEN_UP, **given}
