"""Run SQL where the ORM cannot express a statement, or builds it too slowly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def fetch(statement: str, values: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    """Return all rows, each a tuple of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[Any] = cursor.fetchall()
    return rows
