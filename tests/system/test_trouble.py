"""A full disk, a restart for maintenance, a clock that jumps: said in words, and nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.system.disk import fill, may_mount
from tests.system.flags import FULL, say
from tests.system.ledger import now
from tests.system.play import playing, until
from tests.system.stage import Alone, alone
from tests.system.trouble import PACE, Watcher, said
from tests.system.world import Sizes

SIZES = Sizes(1, 8, 0, 4)
DISK_MEGABYTES = 300
DAY, SEED = 24 * 3600, 7
MOST_SECONDS = 15
MANY = 3_000
FULL_WORDS = "サーバーの空き容量が足りない"
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
Act = Callable[[Watcher], Awaitable[None]]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    """One site for the tests that leave it as it was; on a small disk where that can be had."""
    megabytes = DISK_MEGABYTES if may_mount(tmp_path_factory.mktemp("disk")) else 0
    with alone(SIZES, megabytes=megabytes) as made:
        yield made


def test_a_restart_for_maintenance_is_said_and_passes(stage: Alone) -> None:
    _play(stage, _restart)


def test_a_full_disk_is_said_and_nothing_is_half_applied(stage: Alone) -> None:
    if stage.disk is None:
        pytest.skip("needs the right to mount a file system (root)")
    _play(stage, _fill_the_disk)


@pytest.mark.skipif(not FAKETIME.exists(), reason="needs faketime: apt-get install faketime")
@pytest.mark.skipif(not FULL, reason="RACI_SYSTEM=1 runs it")
def test_a_clock_that_jumps_by_a_day_loses_nothing(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    faked = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
        "NO_FAKE_STAT": "1",  # gunicorn compares the times of files with the monotonic clock
        "PYTHONPATH": str(Path(__file__).parent / "clock"),
    }
    with alone(SIZES, extra=faked) as stage:
        _play(stage, lambda watcher: _jump(watcher, clock))


def _play(stage: Alone, act: Act) -> None:
    """People at work while that happens; afterwards the database is as they were told."""
    asyncio.run(_acted(stage, act))
    found = stage.check()
    say(dict(stage.ledger.answers) | {"check": found})
    assert found["wrong"] == []
    assert stage.ledger.faults == []
    assert stage.unexpected() == []


async def _acted(stage: Alone, act: Act) -> None:
    async with playing(stage, SEED, PACE) as play:
        watcher = Watcher(stage, play)
        await watcher.everybody_works()
        await act(watcher)
        await watcher.everybody_works()
        await until(play.nothing_missed, "all streams have all changes")


async def _restart(watcher: Watcher) -> None:
    server = watcher.stage.server
    server.stop()
    await _tells_that_the_database_is_away(watcher)
    began = now()
    server.start()
    await watcher.everybody_works()
    say(f"restart: everybody at work after {now() - began:.1f} s")
    assert now() - began < MOST_SECONDS


async def _tells_that_the_database_is_away(watcher: Watcher) -> None:
    page = await watcher.plain("GET", watcher.page)
    assert (page.status, page.headers["retry-after"]) == (503, "3")
    assert "データベースに接続できません" in said(page)
    script = await watcher.paste("◎", 1)
    assert (script.status, script.headers["retry-after"]) == (503, "3")
    assert "データベースに接続できません" in said(script)
    assert (await watcher.plain("GET", "/healthz")).status == 200
    assert (await watcher.plain("GET", "/readyz")).status == 503


async def _fill_the_disk(watcher: Watcher) -> None:
    disk = watcher.stage.disk
    assert disk is not None
    page = await watcher.uploaded("B")
    filler = fill(disk)
    assert await watcher.applied(page) != "applied"
    told = (await watcher.plain("GET", page)).body.decode()
    assert FULL_WORDS in told
    pasted = await watcher.paste("◎", MANY)
    assert pasted.status == 503
    assert FULL_WORDS in said(pasted)
    assert (await watcher.plain("GET", watcher.page)).status == 200
    filler.unlink()
    assert (await watcher.paste("◎", MANY)).status == 200
    assert (await watcher.plain("POST", f"{watcher.page}undo/", b"{}")).status == 200
    page = await watcher.uploaded("B")
    assert await watcher.applied(page) == "applied"


async def _jump(watcher: Watcher, clock: Path) -> None:
    """A day on: all sessions are over, new ones begin. And two days back: these go on.

    Imports are read and applied all the time, and nobody is kept out by what they mistyped.
    """
    _set(clock, DAY)
    over = await watcher.paste("◎", 1)
    assert (over.status, over.headers["location"]) == (302, "/login/?next=/")
    assert over.status == 302
    for mistyped in ("x", "y", "z"):
        assert (await watcher.sign_in("admin", mistyped)).status == 200
    for seconds, name in ((DAY, "B"), (-DAY, "A"), (0, "B")):
        _set(clock, seconds)
        assert (await watcher.sign_in("admin", "unused")).status == 302
        watcher.take_token(await watcher.plain("GET", watcher.page))
        assert await watcher.applied(await watcher.uploaded(name)) == "applied"


def _set(clock: Path, seconds: int) -> None:
    fresh = clock.with_name("fresh")
    fresh.write_text(f"{seconds:+d}")
    fresh.replace(clock)
