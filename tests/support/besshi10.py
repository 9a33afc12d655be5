"""The real 別紙10, read once per process: all of it, or its beginning."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from projects.domain.grid import Grid
from projects.domain.plan import diff
from projects.imports import proposal
from projects.imports.proposal import Proposal
from vendors import demo

LAST = 81  # 項番 of the last row of the beginning


@cache
def whole() -> Proposal:
    return proposal.propose(demo.source(), None)


@cache
def beginning() -> Proposal:
    """Two フェーズ with headings of every level: enough for all that is not about size."""
    grid = whole().plan.after
    return replace(whole(), plan=diff(Grid(), replace(grid, items=grid.items[:LAST])))
