"""A connection past any pooler: what listens, or holds a lock for long, needs a server of its own.

RACI_LISTEN_URL is the address of the PostgreSQL behind the pooler of DATABASE_URL. Unset, both
are the same.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from raci.database.base import DatabaseWrapper


def place() -> dict[str, Any]:
    """Where that server is, in the form of Django's DATABASES."""
    return {**connection.settings_dict, **(settings.LISTEN_DATABASE or {})}


def connect() -> Any:
    """A new connection of the driver. Raises UnreachableDatabaseError."""
    wrapper: Any = connection
    if settings.LISTEN_DATABASE is not None:
        wrapper = DatabaseWrapper(place(), alias="direct")
    return wrapper.get_new_connection(wrapper.get_connection_params())


def is_pooled(driver: Any) -> bool:
    """Whether who let us in is somebody else than who answers: a pooler makes up the number."""
    with driver.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (answering,) = cursor.fetchone()
    return bool(driver.get_backend_pid() != answering)
