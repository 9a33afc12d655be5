"""Parts of the site are killed under load; nothing acknowledged is lost, and it goes on by itself.

The full form, `RACI_SYSTEM=1`, kills twenty times under 100 editors and 300 readers.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random, SystemRandom
from statistics import median

import pytest

from tests.system.faults import Fault, Recovery, aim, plan, strike
from tests.system.flags import FULL, NEEDS_POOLER, say
from tests.system.ledger import Done, Ledger
from tests.system.play import Pace, Play, playing, until
from tests.system.stage import Doubled, doubled
from tests.system.world import Sizes

MOST_SECONDS = 15
AIMED = 0.5
SIZES = Sizes(4, 102, 1, 300) if FULL else Sizes(1, 12, 0, 10)
PACE = Pace() if FULL else Pace(edits=(1.0, 2.0), pages=(3.0, 6.0), imports=0.5, listeners=3)
ALL = {Fault.WORKER: 6, Fault.EVENTS: 4, Fault.POOLER: 4, Fault.PRIMARY: 6}
SOME = {Fault.EVENTS: 1, Fault.POOLER: 1, Fault.PRIMARY: 1}
REST = (3.0, 9.0) if FULL else (0.5, 1.5)


@NEEDS_POOLER
def test_kills_under_load_lose_nothing_and_pass_within_seconds() -> None:
    _run(ALL if FULL else SOME, poolers=2)


@pytest.mark.skipif(not FULL, reason="RACI_SYSTEM=1 runs it")
def test_without_a_pooler_the_sites_processes_find_the_new_primary_themselves() -> None:
    _run({Fault.PRIMARY: 4, Fault.WORKER: 1, Fault.EVENTS: 1}, poolers=0)


def _run(counts: Mapping[Fault, int], *, poolers: int) -> None:
    seed = int(os.environ.get("RACI_SEED") or SystemRandom().randrange(10**6))
    say(f"RACI_SEED={seed}")
    faults = plan(Random(seed), counts)  # noqa: S311 — no secret
    with doubled(SIZES, workers=2 if FULL else 1, poolers=poolers) as stage:
        recoveries = asyncio.run(_act(stage, seed, faults))
        found = stage.check()
        tell(stage.ledger, recoveries, found)
        assert found["wrong"] == []
        assert stage.ledger.faults == []
        assert stage.unexpected() == []
        if FULL:
            _lies_are_found(stage)
    assert max(one.edits for one in recoveries) < MOST_SECONDS
    assert max(one.streams for one in recoveries) < MOST_SECONDS


def _lies_are_found(stage: Doubled) -> None:
    """The check is one: what was never done is missed when the ledger says it was acknowledged."""
    edits, done = stage.ledger.edits, stage.ledger.done
    real = next(edit for edit in reversed(edits) if edit.changed)
    edits.append(replace(real, after="◎" if real.after != "◎" else "○"))
    project = stage.world["importers"][0]["project"]
    done.append(Done(project, "edition", 10**6))
    found = stage.check()["wrong"]
    assert sorted(one.partition(":")[0] == "lost" for one in found) == [False, True]


async def _act(stage: Doubled, seed: int, faults: Sequence[Fault]) -> list[Recovery]:
    recoveries = []
    async with playing(stage, seed, PACE) as play:
        await until(lambda: _everybody_works(play), "everybody at work")
        for fault in faults:
            await play.site.pause(play.site.random.uniform(*REST))
            if play.site.random.random() < AIMED:
                await aim(play)
            recoveries.append(await strike(stage, play, fault))
            say(recoveries[-1])
        await play.site.pause(REST[0])
        await until(play.nothing_missed, "all streams have all changes")
    return recoveries


def _everybody_works(play: Play) -> bool:
    return all(one.opened for one in play.listeners) and all(
        one.acknowledged for one in play.editors[: len(play.site.ports)]
    )


def tell(ledger: Ledger, recoveries: Sequence[Recovery], found: dict[str, object]) -> None:
    """The figures of docs/proof.md."""
    say(f"{'killed':24}times  edits: median  worst  streams: median  worst  all: worst")
    for fault in Fault:
        ones = [one for one in recoveries if one.fault is fault]
        if ones:
            edits, streams = [one.edits for one in ones], [one.streams for one in ones]
            say(
                f"{fault:24}{len(ones):5}{median(edits):15.1f}{max(edits):7.1f}"
                f"{median(streams):17.1f}{max(streams):7.1f}"
                f"{max(one.whole for one in ones):12.1f}"
            )
    for name, count in sorted(ledger.answers.items()):
        say(f"{name}: {count}")
    say(found)
