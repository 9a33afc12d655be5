"""Connect past any pooler, for LISTEN and for locks that are held long.

RACI_LISTEN_URL is the address of the PostgreSQL behind the pooler of DATABASE_URL. Unset, both are
the same.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from raci.database.base import DatabaseWrapper


def place() -> dict[str, Any]:
    """Return the settings of that server, in the form of Django's DATABASES."""
    return {**connection.settings_dict, **(settings.LISTEN_DATABASE or {})}


def connect() -> Any:
    """Open a connection of the driver. Raises UnreachableDatabaseError."""
    wrapper: Any = connection
    if settings.LISTEN_DATABASE is not None:
        wrapper = DatabaseWrapper(place(), alias="direct")
    return wrapper.get_new_connection(wrapper.get_connection_params())


def is_pooled(driver: Any) -> bool:
    """Return whether a pooler is between: it makes up the backend's process number."""
    with driver.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (answering,) = cursor.fetchone()
    return bool(driver.get_backend_pid() != answering)
