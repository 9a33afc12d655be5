"""Check a grid for what is wrong or should be looked at. Pure, linear in rows × columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from projects.checks import (
    across_phases,
    lead_share,
    leads,
    named_party,
    numbering,
    shifted_descriptions,
    shifted_marks,
    terminology,
)
from projects.checks.finding import CHECKS, Change, Check, Code, Finding, Severity, repaired
from projects.checks.grid_index import SHARE, Sheet
from projects.checks.repair import plan_of, plan_of_all
from projects.domain.grid import Grid

__all__ = [
    "CHECKS",
    "SHARE",
    "Change",
    "Check",
    "Code",
    "Finding",
    "Severity",
    "findings",
    "places",
    "plan_of",
    "plan_of_all",
    "repaired",
]


def findings(grid: Grid, *, share: float = SHARE) -> list[Finding]:
    """Run all checks and return the findings, by code and then in document order.

    `share` is the part of all tasks above which one column leads too much (W2).
    """
    place = places(grid)
    texts = {item.uid: (item.name, item.description) for item in grid.items}
    found = (_with_texts(one, texts) for one in _findings(Sheet(grid, share)))
    return sorted(found, key=lambda one: place(one.key))


def _with_texts(finding: Finding, texts: Mapping[str, Sequence[str]]) -> Finding:
    """The finding, about something else once one of its rows reads otherwise."""
    rows = {uid: texts[uid] for uid, _ in finding.cells if uid}
    evidence = (*finding.evidence, *chain.from_iterable(rows.values()))
    parts = (finding.code, finding.cells, finding.message, evidence, finding.repair, finding.about)
    return Finding(*parts)  # half of what `replace` takes, for thousands of them


def places(grid: Grid) -> Callable[[str], tuple[int, int, str]]:
    """Return the position of each finding by its key, also for keys without a finding."""
    order = {code.value: place for place, code in enumerate(Code)}
    rows = {item.uid: place for place, item in enumerate(grid.items)}

    def place(key: str) -> tuple[int, int, str]:
        code, _, subject = key.partition(" ")
        return order.get(code, -1), rows.get(subject, -1), key

    return place


def _findings(sheet: Sheet) -> Iterator[Finding]:
    yield from leads.without_lead(sheet)
    yield from leads.marked_headings(sheet)
    yield from numbering.numbers(sheet)
    yield from leads.strange_symbols(sheet)
    yield from leads.several_leads(sheet)
    yield from lead_share.overloaded(sheet)
    yield from lead_share.idle(sheet)
    approvals = list(named_party.approvals(sheet))
    named = list(named_party.named_otherwise(sheet))
    yield from named
    yield from leads.everybody(sheet)
    at = {item.uid: index for index, item in enumerate(sheet.items)}
    suspects = {at[one.uid] for one in (*approvals, *named)}
    same = across_phases.Sisters(sheet)
    yield from across_phases.sister_marks(sheet, same, suspects)
    yield from terminology.wording(sheet)
    slipped = list(shifted_marks.shifted(sheet, same, suspects))
    yield from slipped
    yield from _with_the_slip(approvals, slipped)
    yield from shifted_descriptions.slid_texts(sheet, same)


def _with_the_slip(found: Iterable[Finding], slipped: Iterable[Finding]) -> Iterator[Finding]:
    """Where the whole row slipped, moving it back is the repair, and not one mark of it."""
    back: dict[str, list[Change]] = {}
    for one in slipped:
        for change in one.repair:
            back.setdefault(change.uid, []).append(change)
    for one in found:
        yield replace(one, repair=tuple(back[one.uid])) if one.uid in back else one
