"""Minutes of ordinary work: memory and connections stay as they are, and every stream ends.

`RACI_SOAK_MINUTES=10` runs it; one of the minutes' thirds is for warming up.
"""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.system.flags import NEEDS_POOLER, say
from tests.system.ledger import Ledger
from tests.system.play import Pace, playing, until
from tests.system.sampling import Sample, course, courses, sample, sessions
from tests.system.stage import Doubled, doubled
from tests.system.world import Sizes

MINUTES = float(os.environ.get("RACI_SOAK_MINUTES") or 0)
SIZES = Sizes(2, 42, 0, 100)
PACE = Pace(edits=(2.0, 6.0), pages=(10.0, 20.0), imports=10.0, listeners=20)
SAMPLE_SECONDS, SEED = 5.0, 11
MOST_MEGABYTES, MOST_DESCRIPTORS, MOST_SESSIONS = 8, 8, 3


@NEEDS_POOLER
@pytest.mark.skipif(not MINUTES, reason="RACI_SOAK_MINUTES=10 runs it")
def test_memory_and_connections_stay_as_they_are() -> None:
    with doubled(SIZES) as stage:
        before = sample(stage)
        samples, counts = asyncio.run(_work(stage))
        found = stage.check()
        _tell(samples, counts, stage.ledger)
        asyncio.run(until(lambda: _all_closed(stage), "no connection of a page is left"))
        assert set(before) <= set(samples[-1]), "a process was replaced"
        assert found["wrong"] == []
        assert stage.ledger.faults == []
    for what, most in (("memory", MOST_MEGABYTES), ("descriptors", MOST_DESCRIPTORS)):
        grown = [one for one in courses(samples, what) if one.growth > most]
        assert grown == []
    assert course("sessions", counts).growth <= MOST_SESSIONS


async def _work(stage: Doubled) -> tuple[list[Sample], list[int]]:
    samples: list[Sample] = []
    counts: list[int] = []
    async with playing(stage, SEED, PACE) as play:
        while len(samples) * SAMPLE_SECONDS < MINUTES * 60:
            await play.site.pause(SAMPLE_SECONDS)
            samples.append(await asyncio.to_thread(sample, stage))
            counts.append(await asyncio.to_thread(sessions, stage))
        await until(play.nothing_missed, "all streams have all changes")
    return samples, counts


def _all_closed(stage: Doubled) -> bool:
    """Whether no web process has a connection with a page any more; they only listen."""
    ports = set(stage.ports)
    return not any(
        connection.laddr.port in ports and connection.status != "LISTEN"
        for machine in stage.machines
        for process in machine.processes()
        for connection in process.net_connections("inet")
    )


def _tell(samples: list[Sample], counts: list[int], ledger: Ledger) -> None:
    """The figures of docs/proof.md: medians of the three thirds."""
    for what in ("memory", "descriptors"):
        for one in courses(samples, what):
            say(f"{what:12}{one.name:24}{one.first:9.1f}{one.second:9.1f}{one.last:9.1f}")
    total = course("sessions", counts)
    say(f"sessions in PostgreSQL {total.first:.0f} {total.second:.0f} {total.last:.0f}")
    for name, count in sorted(ledger.answers.items()):
        say(f"{name}: {count}")
