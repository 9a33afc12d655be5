"""Compile querysets once for what every request reads.

Django spends several times longer on compiling these statements than PostgreSQL on running them.
The SQL is Django's own, taken from the queryset with placeholders for the values, so it means the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Compiled(Generic[M]):
    """`query(*values)` as one statement; made with `stand_ins`, which nothing else may equal."""

    def __init__(self, query: Callable[..., QuerySet[M]], *stand_ins: object) -> None:
        self._query, self._stand_ins = query, stand_ins

    def get(self, *values: object) -> M:
        """Return the one object, as `query(*values).get()` does, or raise its exceptions."""
        made = self._made
        with connection.cursor() as cursor:
            cursor.execute(made.statement, made.parameters(values))
            rows = cursor.fetchmany(2)
        if not rows:
            raise made.model.DoesNotExist
        if len(rows) > 1:
            raise made.model.MultipleObjectsReturned
        return made.object(rows[0])

    @cached_property
    def _made(self) -> _Made[M]:
        return _Made(self._query(*self._stand_ins), self._stand_ins)


class _Made(Generic[M]):
    """The statement of a queryset, where the values go, and what the columns mean."""

    def __init__(self, queryset: QuerySet[M], stand_ins: Sequence[object]) -> None:
        compiler: Any = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.statement, parameters = compiler.as_sql()
        self._places = [(_place(stand_ins, one), one) for one in parameters]
        if set(range(len(stand_ins))) - {at for at, _ in self._places}:
            raise ValueError(f"The statement does not ask for all values: {self.statement}")
        self.model: Any = queryset.model
        self._take = compiler.klass_info["select_fields"]
        self._names = [compiler.select[at][0].target.attname for at in self._take]
        self._extra = compiler.annotation_col_map
        if compiler.get_converters(one[0] for one in compiler.select):
            raise ValueError(f"The columns are not what the driver gives: {self.statement}")

    def parameters(self, values: Sequence[object]) -> list[Any]:
        return [one if at is None else values[at] for at, one in self._places]

    def object(self, row: Sequence[Any]) -> M:
        found: M = self.model.from_db(DEFAULT_DB_ALIAS, self._names, [row[at] for at in self._take])
        for name, at in self._extra.items():
            setattr(found, name, row[at])
        return found


def _place(stand_ins: Sequence[object], value: object) -> int | None:
    return next((at for at, mine in enumerate(stand_ins) if mine == value), None)
