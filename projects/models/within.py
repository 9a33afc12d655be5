"""Rows of a project are found by its id, not by their own alone."""

from __future__ import annotations

from typing import Any

from django.db import models


class Within(models.Model):
    """A row that is saved and read again by its project's id and its own."""

    class Meta:
        abstract = True

    def refresh_from_db(
        self, using: Any = None, fields: Any = None, from_queryset: Any = None
    ) -> None:
        rows: Any = type(self)._base_manager if from_queryset is None else from_queryset
        super().refresh_from_db(using, fields, self._own(rows))

    def _do_update(self, base_qs: Any, *args: Any) -> Any:
        """Django's hook for the UPDATE of `save`."""
        hook: Any = super()
        return hook._do_update(self._own(base_qs), *args)

    def _own(self, rows: Any) -> Any:
        return rows.filter(project=self.__dict__["project_id"])
