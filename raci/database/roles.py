"""Manage the PostgreSQL roles that migrations create, beside the site's own.

Requests of companies run as `VENDOR`, which the site's role must be able to become. `AUDIT` owns
the security log, and the site's role must not be able to become it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from raci.database.raw_sql import fetch

VENDOR, AUDIT = "raci_vendor", "raci_audit"
OWN = (AUDIT, VENDOR)
_MEMBERSHIP_OPTIONS_SINCE = 160000
# Whoever owns the site's tables runs the site; whoever asks now may do so too.
_SITE = """
SELECT quote_ident(rolname) FROM pg_roles WHERE NOT rolsuper AND (
    rolname = current_user
    OR oid = (SELECT relowner FROM pg_class WHERE oid = to_regclass('django_migrations'))
) AND NOT pg_has_role(rolname, %s, %s)
"""


def can_become(role: str, *, proof: str = "SELECT") -> bool:
    """Set the role for a moment and run `proof` as it; return whether that worked."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('role', %s, true)", [role])
                cursor.execute(proof)
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


def missing_grants() -> list[str]:
    """Return the statements that let the site's roles become `VENDOR`."""
    names = [name for (name,) in fetch(_SITE, [VENDOR, _membership()])]
    options = _options("SET TRUE, INHERIT FALSE")
    return [f"GRANT {VENDOR} TO {name}{options}" for name in names]


def let_site_become_vendor() -> None:
    """Run what `missing_grants` returns. Raises DatabaseError where that is not allowed."""
    for statement in missing_grants():
        _run(statement)


@contextmanager
def as_owner_of_log() -> Iterator[None]:
    """Make the current role a member of `AUDIT` for the block. Raises DatabaseError."""
    ((has_right,),) = fetch("SELECT pg_has_role(current_user, %s, %s)", [AUDIT, _membership()])
    if has_right:
        yield
        return
    _run(f"GRANT {AUDIT} TO CURRENT_USER{_options('SET TRUE, INHERIT TRUE')}")
    try:
        yield
    finally:
        _run(f"REVOKE {AUDIT} FROM CURRENT_USER")


def _membership() -> str:
    """Return the privilege that allows becoming a role, by the server's version."""
    return "SET" if _has_options() else "MEMBER"


def _options(options: str) -> str:
    return f" WITH {options}" if _has_options() else ""


def _has_options() -> bool:
    with connection.temporary_connection() as cursor:
        version: int = cursor.connection.server_version
    return version >= _MEMBERSHIP_OPTIONS_SINCE


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
