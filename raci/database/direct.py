"""A connection past any pooler: what listens, or holds a lock for long, needs a server of its own.

RACI_LISTEN_URL is the address of the PostgreSQL behind the pooler of DATABASE_URL. Unset, both
are the same.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from raci.database.base import DatabaseWrapper


def connect() -> Any:
    """A new connection of the driver. Raises Unreachable."""
    direct: dict[str, Any] | None = settings.LISTEN_DATABASE
    wrapper: Any = connection
    if direct is not None:
        wrapper = DatabaseWrapper({**connection.settings_dict, **direct}, alias="direct")
    return wrapper.get_new_connection(wrapper.get_connection_params())
