"""What is killed, and how soon everybody can go on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.system.ledger import now
from tests.system.play import Play, until
from tests.system.stage import Doubled

WRITING = ("applying", "publishing")
AIM_SECONDS, AIM_AFTER = 20.0, 0.5


class Fault(StrEnum):
    """What is killed."""

    WORKER = "a web worker"
    EVENTS = "the process of streams"
    POOLER = "a PgBouncer"
    PRIMARY = "the primary"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from a kill; of edits and streams those of the later machine."""

    fault: Fault
    edits: float
    streams: float
    whole: float
    under_way: str


def plan(random: Random, counts: Mapping[Fault, int]) -> Sequence[Fault]:
    """So many of each, in an order by chance."""
    faults = [fault for fault, count in counts.items() for _ in range(count)]
    random.shuffle(faults)
    return faults


async def aim(play: Play) -> None:
    """Waits until somebody applies or publishes, and then a moment by chance."""
    deadline = now() + AIM_SECONDS
    while now() < deadline and not any(one.under_way in WRITING for one in play.importers):
        await asyncio.sleep(0.01)
    await play.site.pause(play.site.random.uniform(0, AIM_AFTER))


async def strike(stage: Doubled, play: Play, fault: Fault) -> Recovery:
    """Kills that, and waits until everything is as before."""
    under_way = ", ".join(one.under_way for one in play.importers if one.under_way)
    killed = now()
    task = asyncio.ensure_future(_kill(stage, play.site.random, fault))
    edits = await play.since(killed, play.edited_at)
    streams = await play.since(killed, play.heard_at)
    await task
    for machine in stage.machines:
        await until(machine.is_ready, f"{fault}: machine on {machine.port}")
    return Recovery(fault, edits, streams, now() - killed, under_way)


async def _kill(stage: Doubled, random: Random, fault: Fault) -> None:
    machine = random.choice(stage.machines)
    if fault is Fault.PRIMARY:
        await stage.pair.kill_primary()
    elif fault is Fault.POOLER:
        await stage.pair.kill_pooler(random.randrange(len(stage.pair.poolers)))
    else:
        there = machine.workers() if fault is Fault.WORKER else machine.holders()
        random.choice(there).kill()
