"""What tests of the checks say of findings."""

from __future__ import annotations

from projects.checks import Finding, findings, repaired
from projects.domain.grid import Grid, Role, RoleKind

ORDERER = Role("発注者", kind=RoleKind.ORDERER)


def found(grid: Grid, code: str) -> list[Finding]:
    return [one for one in findings(grid) if one.code == code]


def numbers(grid: Grid, code: str) -> list[str]:
    """The 項番 of the rows with that finding."""
    rows = {row.uid: row.number for row in grid.items}
    return [rows[one.uid] for one in found(grid, code)]


def put_right(grid: Grid, one: Finding) -> Grid:
    wanted = repaired(grid, one.repair)
    assert wanted.errors() == []
    return wanted
