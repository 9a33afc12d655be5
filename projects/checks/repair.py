"""Plan the repair of findings, one or many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from projects.checks.finding import Finding, repaired
from projects.domain.grid import Grid
from projects.domain.plan import Plan, diff

MOST_ROUNDS = 8
Checks = Callable[[Grid], Sequence[Finding]]


def plan_of(grid: Grid, finding: Finding) -> Plan:
    """Return the plan that repairs this one finding."""
    return diff(grid, repaired(grid, finding.repair))


def plan_of_all(grid: Grid, chosen: Iterable[Finding], check: Checks) -> Plan:
    """Return the plan that repairs all of them.

    The marks of a row are put right once: a finding that is about marks which another one has put
    right, and that says something else, stays. Several corrections of one text are made one after
    the other, each of the text as it is then.
    """
    wanted, found, now = {one.key for one in chosen}, tuple(chosen), grid
    settled: set[str] = set()
    for _ in range(MOST_ROUNDS):
        batch = _compatible([one for one in found if one.key in wanted], settled)
        if not batch:
            break
        now = repaired(now, (change for one in batch for change in one.repair))
        wanted -= {one.key for one in batch}
        if wanted:
            found = tuple(check(now))
    return diff(grid, now)


def _compatible(found: Sequence[Finding], settled: set[str]) -> list[Finding]:
    """Those whose repairs do not touch one another, the largest first; their rows are settled."""
    texts: set[tuple[str, str]] = set()
    kept = []
    for one in sorted(found, key=lambda one: -len(one.repair)):
        rows = {change.uid for change in one.repair if change.role}
        own = {(change.uid, change.field) for change in one.repair if change.field}
        if one.repair and settled.isdisjoint(rows) and texts.isdisjoint(own):
            settled |= rows
            texts |= own
            kept.append(one)
    return kept
