"""What the processes of the site hold, looked at again and again: memory, descriptors, sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median

import psutil

from tests.system.stage import Doubled
from tests.system.web import HOLDER, title_of

MEGABYTE = 1 << 20
_SESSIONS = """
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = 'raci'
"""


@dataclass(frozen=True, slots=True)
class Held:
    """By one process: memory of its own alone in MB, descriptors, connections over the network."""

    memory: float
    descriptors: int
    connections: int


Sample = dict[str, Held]


@dataclass(frozen=True, slots=True)
class Course:
    """One figure of one process over the time: its median in the second and in the last third."""

    name: str
    first: float
    second: float
    last: float

    @property
    def growth(self) -> float:
        return self.last - self.second


def sample(stage: Doubled) -> Sample:
    """All web processes by name, and the poolers."""
    found: Sample = {}
    for place, machine in enumerate(stage.machines):
        for process in machine.processes():
            with suppress(psutil.NoSuchProcess):
                found[f"web {place} {_role(process)} {process.pid}"] = _held(process)
    for place, pooler in enumerate(stage.pair.poolers):
        found[f"PgBouncer {place}"] = _held(psutil.Process(pooler.pid))
    return found


def sessions(stage: Doubled) -> int:
    """Connections of clients to the primary."""
    return int(str(stage.pair.primary.value(_SESSIONS)))


def courses(samples: Sequence[Sample], what: str) -> Iterator[Course]:
    """Of every process that lived all the time."""
    for name in sorted(set.intersection(*(set(one) for one in samples))):
        yield course(name, [getattr(one[name], what) for one in samples])


def course(name: str, values: Sequence[float]) -> Course:
    third = len(values) // 3
    parts = values[:third], values[third : 2 * third], values[2 * third :]
    return Course(name, *(median(part) for part in parts))


def _held(process: psutil.Process) -> Held:
    return Held(
        memory=process.memory_full_info().uss / MEGABYTE,
        descriptors=process.num_fds(),
        connections=len(process.net_connections("inet")),
    )


def _role(process: psutil.Process) -> str:
    title = title_of(process)
    if title == HOLDER:
        return "streams"
    return "master" if "master" in title else "worker" if "worker" in title else "child"
