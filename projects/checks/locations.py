"""Locate findings: rows, cells and columns with their codes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from projects.checks import Finding


def about(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Return (row uid, column) of all that a finding names or its repair changes.

    Not the rows that are only counted anew: nothing is wrong with these.
    """
    changed = ((c.uid, c.role) for c in finding.repair if c.field != "number")
    return tuple(dict.fromkeys((*finding.cells, *changed)))


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Codes by row uid, by row uid and column, and by column for findings about no row."""

    rows: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Whereabouts:
        """List each code once per place, in the order of the findings."""
        found = cls()
        for finding in findings:
            for uid, role in about(finding):
                found._add(finding.code.value, uid, role)
        return found

    def _add(self, code: str, uid: str, role: str) -> None:
        if uid:
            _append(self.rows.setdefault(uid, []), code)
        if uid and role:
            _append(self.cells.setdefault(uid, {}).setdefault(role, []), code)
        elif role:
            _append(self.columns.setdefault(role, []), code)


def _append(codes: list[str], code: str) -> None:
    if code not in codes:
        codes.append(code)
