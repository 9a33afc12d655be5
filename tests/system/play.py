"""People at work while parts of the site are killed, and how soon they can go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from random import Random

from tests.system.importer import Importer
from tests.system.ledger import Ledger, now
from tests.system.people import Editor, Listener, Reader, Site
from tests.system.stage import Stage

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 60
PROBE_EVERY = (0.2, 0.3)


class Fault(StrEnum):
    """What is killed."""

    WORKER = "a web worker"
    EVENTS = "the process of streams"
    POOLER = "a PgBouncer"
    PRIMARY = "the primary"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two acts of one person, at least and at most."""

    edits: tuple[float, float] = (2.0, 6.0)
    pages: tuple[float, float] = (30.0, 60.0)
    imports: float = 3.0
    listeners: int = 10  # open streams at each machine


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from a kill; of edits and streams the later of the machines."""

    fault: Fault
    edits: float
    streams: float
    whole: float
    under_way: str


@dataclass(slots=True)
class Play:
    """Everybody on the stage."""

    stage: Stage
    site: Site
    editors: list[Editor] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    importers: list[Importer] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)

    async def strike(self, fault: Fault) -> Recovery:
        """Kills that, and waits until everything is as before."""
        under_way = ", ".join(one.under_way for one in self.importers if one.under_way)
        killed = now()
        task = asyncio.ensure_future(self._kill(fault))
        edits = await self._since(killed, self._edited_at)
        streams = await self._since(killed, self._heard_at)
        await task
        for machine in self.stage.machines:
            await until(machine.is_ready, f"{fault}: machine on {machine.port}")
        return Recovery(fault, edits, streams, now() - killed, under_way)

    async def _kill(self, fault: Fault) -> None:
        machine = self.site.random.choice(self.stage.machines)
        if fault is Fault.PRIMARY:
            await self.stage.pair.kill_primary()
        elif fault is Fault.POOLER:
            await self.stage.pair.kill_pooler(self.site.random.randrange(2))
        else:
            there = machine.workers() if fault is Fault.WORKER else machine.holders()
            self.site.random.choice(there).kill()

    async def _since(self, killed: float, at: Callable[[int, float], float | None]) -> float:
        """Seconds from the kill until it is so at every machine."""
        latest = 0.0
        for machine in range(len(self.site.ports)):
            await until(partial(at, machine, killed), f"machine {machine} after the kill")
            latest = max(latest, (at(machine, killed) or now()) - killed)
        return latest

    def _edited_at(self, machine: int, killed: float) -> float | None:
        """When the first edit that was asked for after the kill was acknowledged there."""
        return min(
            (
                ended
                for editor in self.editors
                if editor.machine == machine
                for began, ended in editor.acknowledged[-_LATEST:]
                if began > killed
            ),
            default=None,
        )

    def _heard_at(self, machine: int, killed: float) -> float | None:
        """When the last of the pages there had heard of an edit that was made after the kill."""
        first = [listener.first_after(killed) for listener in self.listeners_at(machine)]
        times = [at for at in first if at is not None]
        return max(times) if times and len(times) == len(first) else None

    def listeners_at(self, machine: int) -> list[Listener]:
        return [listener for listener in self.listeners if listener.machine == machine]


_LATEST = 400


@asynccontextmanager
async def playing(stage: Stage, seed: int, pace: Pace) -> AsyncIterator[Play]:
    """Everybody at work within; afterwards all have stopped, and what they know is complete."""
    site = Site(stage.ports, Ledger(), Random(seed))  # noqa: S311 — no secret
    site.ledger.begins = {
        slug: found["revision"] for slug, found in stage.world["projects"].items()
    }
    play = _cast(stage, site, pace)
    people = [*play.editors, *play.listeners, *play.importers, *play.readers]
    async with asyncio.TaskGroup() as group:
        for person in people:
            group.create_task(person.run())
        try:
            yield play
        finally:
            site.over.set()
            for listener in play.listeners:
                listener.close()


def _cast(stage: Stage, site: Site, pace: Pace) -> Play:
    world, count = stage.world, len(stage.ports)
    play = Play(stage, site)
    for place, session in enumerate(world["editors"]):
        marks = world["projects"][session["project"]]["marks"]
        every = PROBE_EVERY if place < count else pace.edits
        play.editors.append(Editor(site, session, place % count, marks, every=every))
    for place, session in enumerate(world["readers"]):
        play.readers.append(Reader(site, session, place % count, every=pace.pages))
    for place, session in enumerate(world["importers"]):
        files = world["files"]
        play.importers.append(Importer(site, session, place % count, files, rest=pace.imports))
    for place in range(pace.listeners * count):
        session = world["editors"][0]
        revision = world["projects"][session["project"]]["revision"]
        play.listeners.append(Listener(site, session, place % count, revision))
    return play


async def until(condition: Callable[[], object], what: str) -> None:
    """Waits for the condition, asked in a thread. TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await asyncio.to_thread(condition):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {PATIENCE_SECONDS} s")
        await asyncio.sleep(POLL_SECONDS)


def plan(random: Random, counts: dict[Fault, int]) -> Sequence[Fault]:
    """So many of each, in an order by chance."""
    faults = [fault for fault, count in counts.items() for _ in range(count)]
    random.shuffle(faults)
    return faults
