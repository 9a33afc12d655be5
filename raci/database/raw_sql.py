"""Statements in SQL for what the ORM says less well, or takes longer to say than to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def fetch(statement: str, values: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    """All rows of the answer, each a tuple of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[Any] = cursor.fetchall()
    return rows
