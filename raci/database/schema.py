"""Limit how long migrations wait for a lock, so that nobody waits behind them longer."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db.backends.postgresql.schema import DatabaseSchemaEditor


class SchemaEditor(DatabaseSchemaEditor):
    """Set the lock timeout in the transaction, which also works behind a pooler.

    A migration without a transaction creates indexes concurrently: nobody waits behind it, and one
    that gave up would leave an invalid index.
    """

    def __enter__(self) -> Self:
        super().__enter__()
        if self.atomic_migration and not self.collect_sql:
            with self.connection.cursor() as cursor:
                milliseconds = round(getattr(settings, "LOCK_SECONDS", 0) * 1000)
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])
        return self
