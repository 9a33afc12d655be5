"""Which changes of a table are kept, by statement-level triggers that nobody can go around."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.contrib.postgres.indexes import BrinIndex
from django.db.models import Index, Model

PAGES_PER_RANGE = 16
M = TypeVar("M", bound=type[Model])


def recorded(
    *,
    fields: Sequence[str] | None = None,
    model_name: str | None = None,
    indexes: Sequence[Index] = (),
) -> Callable[[M], M]:
    """Record every insert, update and delete of the model in an append-only event table.

    The event model is called `model_name`, by default the model's name with "Event". Besides
    object it has only the given indexes and one by time, which costs next to nothing since rows
    come in order: each other one would slow down every write.
    """

    def track(model: M) -> M:
        name = model_name or f"{model.__name__}Event"
        by_time = BrinIndex(
            fields=["pgh_created_at"], name=f"{name.lower()}_at", pages_per_range=PAGES_PER_RANGE
        )
        tracked: M = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            fields=list(fields) if fields else None,
            model_name=model_name,
            meta={"indexes": [*indexes, by_time]},
        )(model)
        return tracked

    return track
