"""Which changes of a table are kept, by statement-level triggers that nobody can go around."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db.models import Index, Model

M = TypeVar("M", bound=type[Model])


def recorded(
    *,
    fields: Sequence[str] | None = None,
    model_name: str | None = None,
    indexes: Sequence[Index] = (),
) -> Callable[[M], M]:
    """Every insert, update and delete of the model goes into an append-only event table.

    The event model is called `model_name`, by default the model's name with "Event". Besides
    object and context it has only the given indexes: each one would slow down every write.
    """
    track: Callable[[M], M] = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        fields=list(fields) if fields else None,
        model_name=model_name,
        meta={"indexes": list(indexes)},
    )
    return track
