"""What projects and edits take on disk, and how long a backup of all takes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.bench.figures import duration, say

if TYPE_CHECKING:
    from projects.models import Project

EDITS = 1000


def sizes() -> dict[str, int]:
    """Bytes of every table with its indexes and what is stored beside it."""
    from raci.database.raw_sql import fetch

    found: list[Any] = fetch(
        "SELECT relname::text, pg_total_relation_size(oid) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace",
        [],
    )
    return dict(found)


def backup() -> float:
    """The seconds of a backup of the database as it is."""
    with TemporaryDirectory(dir="/tmp") as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "manage.py", "backup", str(out)]
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        say(f"backup: {duration(seconds)}, {out.stat().st_size / 2**20:,.1f} MiB")
    return seconds


def tell_copies(before: dict[str, int], count: int) -> None:
    """What each copy has added since then, the largest tables first."""
    grown = _grown(before, count)
    say(f"a project: {sum(grown.values()):,.0f} kB")
    _tell(grown, 12)


def tell_edits(project: Project, symbols: Sequence[str]) -> None:
    """What saved cells add to the tables and to the log of the server (WAL)."""
    from projects import store
    from projects.store.cells import Operation, save

    grid = store.load(project)
    rows = [item for item in grid.items if any(item.marks)][:EDITS]
    before, log, start = sizes(), _written(), time.perf_counter()
    for turn in range(EDITS):
        item = rows[turn % len(rows)]
        at = next(n for n, mark in enumerate(item.marks) if mark)
        pair = [item.marks[at], *(set(symbols) - {item.marks[at]})]
        was, now = pair if turn // len(rows) % 2 == 0 else reversed(pair)
        save(project, [Operation(item.uid, grid.roles[at].name, was, now)], by=None)
    seconds, grown = time.perf_counter() - start, _grown(before, 1)
    log = (_written() - log) / 1024
    say(
        f"{EDITS:,} edits: {sum(grown.values()):,.0f} kB, {log:,.0f} kB of WAL, {duration(seconds)}"
    )
    _tell(grown, 5)


def _grown(before: dict[str, int], count: int) -> dict[str, float]:
    return {name: (size - before.get(name, 0)) / count / 1024 for name, size in sizes().items()}


def _tell(grown: dict[str, float], most: int) -> None:
    for name, size in sorted(grown.items(), key=lambda pair: -pair[1])[:most]:
        say(f"    {name} {size:,.1f} kB")


def _written() -> float:
    """Bytes of the server's log so far."""
    from raci.database.raw_sql import fetch

    return float(fetch("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn", [])[0][0])
