"""What the job of this thread asks its runner for."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import NamedTuple

_of_thread = threading.local()


class Again(NamedTuple):
    """To be begun once more after so long, unless it was begun that often already."""

    after: timedelta
    attempts: int


def again(after: timedelta, attempts: int) -> None:
    _of_thread.again = Again(after, attempts)


def taken() -> Again | None:
    """What was asked for since this was last called."""
    found: Again | None = getattr(_of_thread, "again", None)
    _of_thread.again = None
    return found
