"""Rows without levels → the tree, from runs of headings (the scan of 別紙10 shows no other).

A row with no mark and no description is a heading, and so is a row with no mark whose name is
a heading elsewhere (a description has slid onto it). A run of k headings before a task has
the levels 4−k … 3; tasks have level 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TASK_LEVEL = 4


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """What the shape of a row tells: its name, and whether it has marks and a description."""

    name: str
    has_mark: bool
    has_description: bool


def levels(rows: Sequence[OutlineRow]) -> list[int]:
    """The level of each row, 1 at the top, never more than one below the row before."""
    flags = headings(rows)
    return depths(_run_levels(flags))


def headings(rows: Sequence[OutlineRow]) -> list[bool]:
    """Which rows are headings."""
    sure = [not row.has_mark and not row.has_description for row in rows]
    names = {row.name for row, heading in zip(rows, sure, strict=True) if heading}
    return [
        heading or (not row.has_mark and row.name in names)
        for row, heading in zip(rows, sure, strict=True)
    ]


def depths(ranks: Iterable[int]) -> list[int]:
    """Ranks (1 = highest, gaps allowed) → depths in the tree that they draw."""
    found, open_ranks = [], list[int]()
    for rank in ranks:
        while open_ranks and open_ranks[-1] >= rank:
            open_ranks.pop()
        open_ranks.append(rank)
        found.append(len(open_ranks))
    return found


def _run_levels(flags: Sequence[bool]) -> list[int]:
    ranks: list[int] = []
    run = 0
    for flag in [*flags, False]:
        if flag:
            run += 1
            continue
        ranks += range(TASK_LEVEL - run, TASK_LEVEL)
        ranks.append(TASK_LEVEL)
        run = 0
    return ranks[: len(flags)]
