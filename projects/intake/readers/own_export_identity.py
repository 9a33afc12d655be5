"""The hidden sheet of an exported workbook: what gives its rows their identity back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from projects.domain.grid import UID_ALPHABET, UID_LENGTH, Grid, Item, Mark, Role, RoleKind
from projects.excel.workbook import FORMAT_VERSION
from projects.intake.files.book import Sheet
from projects.intake.text.remarks import IntakeError, Problem

_UID = re.compile(rf"[{UID_ALPHABET}]{{{UID_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Hidden:
    """The hidden sheet: the grid's outline as exported (items without marks)."""

    grid: Grid
    project: str
    revision: int
    part: str


def read_hidden(sheet: Sheet) -> Hidden:
    """The outline that the sheet keeps. IntakeError when it is of another format or damaged."""
    width = max(5, sheet.width)
    rows = [[*row, *[""] * (width - len(row))] for row in sheet.rows]
    single = {row[0]: row[1] for row in rows}
    if single.get("format") != FORMAT_VERSION:
        raise IntakeError(Problem("識別情報の版が異なるため読み取れません。出力し直してください。"))
    try:
        grid = Grid(
            title=single["title"],
            document_number=single["document_number"],
            issuer=single["issuer"],
            date=single["date"],
            legend=tuple(Mark(r[1], r[3], r[2] == "leads") for r in rows if r[0] == "mark"),
            roles=tuple(_role(row) for row in rows if row[0] == "role"),
            items=tuple(_outline_item(row) for row in rows if row[0] == "item"),
        )
        return Hidden(grid, single["project"], int(single["revision"]), single["part"])
    except (KeyError, IndexError, ValueError) as error:
        raise IntakeError(
            Problem("識別情報のシートが壊れています。出力し直してください。")
        ) from error


def _outline_item(row: Sequence[str]) -> Item:
    if not _UID.fullmatch(row[1]):
        raise ValueError(row[1])
    return Item(row[1], int(row[2]), row[3], row[4])


def _role(row: Sequence[str]) -> Role:
    return Role(row[1], row[2], RoleKind(row[3]), tuple(alias for alias in row[4:] if alias))
