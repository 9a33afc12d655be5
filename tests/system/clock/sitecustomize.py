"""For a process under libfaketime 0.9: its clock_nanosleep refuses what Python asks of it."""

from __future__ import annotations

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex) -> None:
    select.select((), (), (), float(seconds))


time.sleep = _sleep
