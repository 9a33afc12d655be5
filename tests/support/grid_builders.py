"""Builders of the values that the tests speak about, and hypothesis strategies for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from projects import intake
from projects.domain.grid import (
    DEFAULT_LEGEND,
    UID_LENGTH,
    Grid,
    Item,
    Mark,
    Role,
    RoleKind,
    clean_line,
    clean_text,
    renumbered,
    without_item,
)
from projects.domain.text.match_key import match_key
from projects.excel import workbook
from projects.intake import Reading
from projects.intake.text.column_definitions import parse_columns, parse_roles

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
HEADERS = (workbook.NUMBER_HEADER, workbook.NAME_HEADER, workbook.DESCRIPTION_HEADER)

RACI = (
    Mark("R", "実行責任者", leads=True),
    Mark("A", "説明責任者"),
    Mark("C", "協業先"),
    Mark("I", "報告先"),
)
DOTS = (Mark("●", "主担当", leads=True), Mark("△", "支援"))
WORDS = (Mark("主", "主担当", leads=True), Mark("副副", ""))

NASTY_LINES = (
    "=1+1",
    '=HYPERLINK("http://example.invalid","x")',
    "+81-3-0000-0000",
    "-1",
    "@SUM(A1)",
    "'quoted'",
    '"quoted"',
    "<b>&amp;</b> ]]> <!-- -->",
    "<r><t>a</t></r></is></c><c><f>1+1</f></c><c><is><r></r>",
    "<r>_x000D_ & </r>",
    "_x000D_",
    "_x005F_x000D_",
    "x005F_",
    "ﾊﾝｶｸ ＡＢＣ１２３ 全角",
    "（1次）‐–—−－ー〜～",
    "👩‍👩‍👧‍👦🇯🇵 葛󠄀 𠮷野家",
    "\u202eright to left\u202c שלום مرحبا",
    "zero\u200bwidth\ufeffmark",
    "two  spaces\tand a tab",
    "line\u2028separator\x85here",
    "1",
    "1.0",
    "TRUE",
    "#REF!",
    "2014-05-01",
    "項番",
    "作業内容",
    "[a]:*?/\\",
    "長い名前" * 60,
)
NASTY_TEXTS = (*NASTY_LINES, "", "=1\n+2\n-3", "一行目\n\n　三行目", "a\n" * 40 + "z")


def uid(index: int) -> str:
    """The identity of the index-th row of a built grid."""
    return f"{index:0{UID_LENGTH}d}"


def item(index: int, level: int = 1, name: str = "", **fields: Any) -> Item:
    """A row numbered like its uid: item(3, 2, "要件定義", marks=("◎",))."""
    return Item(
        uid(index), level, **{"number": str(index), "name": name or f"作業{index}"} | fields
    )


def roles_of(*names: str) -> tuple[Role, ...]:
    return tuple(Role(name) for name in names)


def grid_of(*rows: str, roles: Sequence[str] = ("A社", "B社"), **fields: Any) -> Grid:
    """A grid from lines such as "  要件定義 ◎ .": two spaces per level, then a mark per role.

    A dot is a blank cell; marks may be left out. Rows are numbered from 1, as are their uids.
    """
    items = tuple(_row(index, row, len(roles)) for index, row in enumerate(rows, 1))
    grid = Grid("役割分担表", "別紙1", roles=roles_of(*roles), items=items)
    return replace(grid, **fields)


def _row(index: int, row: str, width: int) -> Item:
    name, *marks = row.split()
    level = (len(row) - len(row.lstrip(" "))) // 2 + 1
    symbols = ["" if mark == "." else mark for mark in marks]
    return item(index, level, name, marks=tuple(symbols + [""] * (width - len(symbols))))


def names_of(grid: Grid) -> list[str]:
    return [row.name for row in grid.items]


def row_named(grid: Grid, name: str) -> Item:
    """The only row with that name."""
    (found,) = [row for row in grid.items if row.name == name]
    return found


def row_numbered(grid: Grid, number: str) -> Item:
    """The only row with that 項番."""
    (found,) = [row for row in grid.items if row.number == number]
    return found


def marks_by_role(grid: Grid, row: Item) -> dict[str, str]:
    """{role name: symbol} of the cells that are not blank."""
    cells = zip(grid.roles, row.marks, strict=True)
    return {role.name: mark for role, mark in cells if mark}


def uid_of(grid: Grid, name: str) -> str:
    return row_named(grid, name).uid


def with_fresh_uids(grid: Grid, start: int = 500_000) -> Grid:
    """The same rows as strangers."""
    numbers = count(start)
    return replace(grid, items=tuple(replace(row, uid=uid(next(numbers))) for row in grid.items))


# ---- the real document


@cache
def scanned() -> Reading:
    """別紙10 as it is read from the Markdown text of the scan."""
    roles = parse_roles((FIXTURES / "roles.csv").read_bytes())
    columns = parse_columns((FIXTURES / "columns.csv").read_bytes(), role_count=len(roles))
    data = (FIXTURES / "besshi10.md").read_bytes()
    return intake.read(data, roles=roles, columns=columns)


@cache
def exported() -> bytes:
    """別紙10 as the workbook that this application hands out."""
    return workbook.matrix(scanned().grid)


# ---- strategies

LINES: st.SearchStrategy[str] = (
    st.sampled_from(("", *NASTY_LINES))
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
).map(clean_line)
NAMES = LINES.filter(bool)
TEXTS: st.SearchStrategy[str] = (
    st.sampled_from(NASTY_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
).map(clean_text)
FEW_NAMES: st.SearchStrategy[str] = st.sampled_from(("あ", "い", "う", "え"))
LEGENDS = st.sampled_from((DEFAULT_LEGEND, RACI, DOTS, WORDS))
DATES: st.SearchStrategy[str] = st.builds(
    lambda day, length: day.isoformat()[:length],
    st.dates(date(1600, 1, 1), date(2200, 12, 31)),
    st.sampled_from((10, 7, 4, 0)),
)


def role_lists(names: st.SearchStrategy[str] = NAMES) -> st.SearchStrategy[tuple[Role, ...]]:
    """One to six columns whose names differ also to a reader."""
    one = st.builds(
        Role,
        names.filter(lambda name: name not in HEADERS),
        st.just("") | NAMES,
        st.sampled_from(RoleKind),
        st.lists(NAMES, max_size=2).map(tuple),
    )
    return st.lists(one, min_size=1, max_size=6, unique_by=_reader_name).map(tuple)


def _reader_name(role: Role) -> str:
    return match_key(role.name)


@st.composite
def level_lists(draw: st.DrawFn, size: int) -> list[int]:
    """The levels of the rows of a tree with a depth up to 5, in preorder."""
    found: list[int] = []
    for wish in draw(st.lists(st.integers(1, 5), min_size=size, max_size=size)):
        found.append(min(wish, found[-1] + 1 if found else 1))
    return found


@st.composite
def grids(
    draw: st.DrawFn,
    *,
    names: st.SearchStrategy[str] = NAMES,
    role_names: st.SearchStrategy[str] = NAMES,
    unique: bool = False,
) -> Grid:
    """Sound grids with nasty texts. `unique`: no two rows that a reader calls the same."""
    legend, roles = draw(LEGENDS), draw(role_lists(role_names))
    row_names = draw(st.lists(names, max_size=8, unique_by=match_key if unique else None))
    size = len(row_names)
    cells = st.sampled_from(("", *(mark.symbol for mark in legend)))
    marks = st.lists(cells, min_size=len(roles), max_size=len(roles)).map(tuple)
    rows = (
        Item(uid(place), level, draw(LINES), name, draw(TEXTS), draw(marks))
        for place, level, name in zip(
            draw(st.permutations(range(size))), draw(level_lists(size)), row_names, strict=True
        )
    )
    title, number, issuer = (draw(LINES) for _ in range(3))
    return Grid(title, number, issuer, draw(DATES), legend, roles, tuple(rows))


def pairs_of_grids() -> st.SearchStrategy[tuple[Grid, Grid]]:
    """Two grids that share some rows and columns, in any order and place."""
    one = grids(names=FEW_NAMES, role_names=FEW_NAMES)
    return st.tuples(one, one)


@st.composite
def grids_and_edits(draw: st.DrawFn) -> tuple[Grid, Grid]:
    """A grid whose names differ, and the same with rows removed, added and renumbered."""
    grid = draw(grids(unique=True))
    wanted = grid
    for fresh in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(wanted.items)))
        if at < len(wanted.items) and draw(st.booleans()):
            wanted = without_item(wanted, wanted.items[at].uid)
        else:
            wanted = _with_row_at(wanted, at, item(900 + fresh, name=f"加えた作業{fresh}"))
    return grid, renumbered(wanted)


def _with_row_at(grid: Grid, at: int, row: Item) -> Grid:
    """The grid with a row without marks before the at-th, at its level."""
    level = grid.items[at].level if at < len(grid.items) else 1
    placed = replace(row, level=level, marks=("",) * len(grid.roles))
    return replace(grid, items=(*grid.items[:at], placed, *grid.items[at:]))
