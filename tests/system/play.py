"""People at work while parts of the site are killed, and how soon they can go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random

from tests.system.importer import Importer
from tests.system.ledger import now
from tests.system.people import Editor, Listener, Reader, Site
from tests.system.stage import Stage

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 60
PROBE_EVERY = (0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two acts of one person, at least and at most."""

    edits: tuple[float, float] = (2.0, 6.0)
    pages: tuple[float, float] = (30.0, 60.0)
    imports: float = 3.0  # between two imports; 0 for none
    listeners: int = 10  # open streams at each machine


@dataclass(slots=True)
class Play:
    """Everybody on the stage."""

    stage: Stage
    site: Site
    editors: list[Editor] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    importers: list[Importer] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)

    async def since(self, killed: float, at: Callable[[int, float], float | None]) -> float:
        """Seconds from the kill until it is so at every machine."""
        latest = 0.0
        for machine in range(len(self.site.ports)):
            await until(partial(at, machine, killed), f"machine {machine} after the kill")
            latest = max(latest, (at(machine, killed) or now()) - killed)
        return latest

    def edited_at(self, machine: int, killed: float) -> float | None:
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

    def heard_at(self, machine: int, killed: float) -> float | None:
        """When the last of the pages there had heard of an edit that was made after the kill."""
        first = [listener.first_after(killed) for listener in self.listeners_at(machine)]
        times = [at for at in first if at is not None]
        return max(times) if times and len(times) == len(first) else None

    def nothing_missed(self) -> bool:
        """Whether every open page heard of every change that was acknowledged so far."""
        slug = self.listeners[0].project
        acknowledged = self.site.ledger.acknowledged()
        last = max(edit.revision for edit in acknowledged if edit.project == slug)
        return not any(listener.missing(last) for listener in self.listeners)

    def listeners_at(self, machine: int) -> list[Listener]:
        return [listener for listener in self.listeners if listener.machine == machine]


_LATEST = 400


@asynccontextmanager
async def playing(stage: Stage, seed: int, pace: Pace) -> AsyncIterator[Play]:
    """Everybody at work within; afterwards all have stopped, and what they know is complete."""
    site = Site(stage.ports, stage.ledger, Random(seed))  # noqa: S311 — no secret
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
    for place, session in enumerate(world["importers"] if pace.imports else []):
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
