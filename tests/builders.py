"""Builders of the values that the tests speak about, and hypothesis strategies for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path

from hypothesis import strategies as st

from projects import intake, workbook
from projects.grid import (
    DEFAULT_LEGEND,
    UID_LENGTH,
    Grid,
    Item,
    Mark,
    Role,
    RoleKind,
    clean_line,
    clean_text,
)
from projects.intake import Reading
from projects.intake.columns import parse_columns, parse_roles
from projects.keys import match_key

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

RACI = (
    Mark("R", "実行責任者", leads=True),
    Mark("A", "説明責任者"),
    Mark("C", "協業先"),
    Mark("I", "報告先"),
)
DOTS = (Mark("●", "主担当", leads=True), Mark("△", "支援"))
LEGENDS = (DEFAULT_LEGEND, RACI, DOTS, (Mark("主", "主担当", leads=True), Mark("副副", "")))

NASTY_LINES = (
    "=1+1",
    "=HYPERLINK(\"http://example.invalid\",\"x\")",
    "+81-3-0000-0000",
    "-1",
    "@SUM(A1)",
    "'quoted'",
    '"quoted"',
    "<b>&amp;</b> ]]> <!-- -->",
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
NASTY_TEXTS = (*NASTY_LINES, "=1\n+2\n-3", "一行目\n\n　三行目", "a\n" * 40 + "z")


def uid(index: int) -> str:
    """The identity of the index-th row of a built grid."""
    return f"{index:0{UID_LENGTH}d}"


def item(index: int, level: int = 1, name: str = "", **texts: str) -> Item:
    """A row without marks, numbered like its uid: item(3, 2, "要件定義", description="…")."""
    fields = {"number": str(index), "name": name or f"作業{index}", **texts}
    return Item(uid(index), level, **fields)


def roles_of(*names: str) -> tuple[Role, ...]:
    return tuple(Role(name) for name in names)


def grid_of(*rows: str, roles: Sequence[str] = ("A社", "B社"), **fields: object) -> Grid:
    """A grid from lines such as "  要件定義 ◎ ○": two spaces per level, then a mark per role.

    A dot is a blank cell; marks may be left out. Rows are numbered from 1, as are their uids.
    """
    items = tuple(_row(index, row, len(roles)) for index, row in enumerate(rows, 1))
    grid = Grid(title="表", document_number="別紙1", roles=roles_of(*roles), items=items)
    return replace(grid, **fields)  # type: ignore[arg-type]


def _row(index: int, row: str, width: int) -> Item:
    name, *marks = row.split()
    level = (len(row) - len(row.lstrip())) // 2 + 1
    symbols = ["" if mark == "." else mark for mark in marks]
    padded = tuple(symbols + [""] * (width - len(symbols)))
    return replace(item(index, level, name), marks=padded)


def uid_named(grid: Grid, name: str) -> str:
    """The uid of the only row with that name."""
    (found,) = [row.uid for row in grid.items if row.name == name]
    return found


def with_fresh_uids(grid: Grid, start: int = 500_000) -> Grid:
    """The same rows as strangers."""
    fresh = map(uid, count(start))
    return replace(grid, items=tuple(replace(row, uid=next(fresh)) for row in grid.items))


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
    return workbook.matrix(scanned().grid)


# ---- strategies

_any_line = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def lines() -> st.SearchStrategy[str]:
    """Texts of one line as they are shown, never empty."""
    found = st.sampled_from(NASTY_LINES) | _any_line
    return found.map(clean_line).filter(bool)


def texts() -> st.SearchStrategy[str]:
    """Texts of several lines as they are shown, perhaps empty."""
    return (st.sampled_from(NASTY_TEXTS) | _any_text).map(clean_text)


def dates() -> st.SearchStrategy[str]:
    """ISO dates cut to a day, a month, a year or nothing."""
    days = st.dates(date(1600, 1, 1), date(2200, 12, 31)).map(date.isoformat)
    return st.tuples(days, st.sampled_from((10, 7, 4, 0))).map(lambda cut: cut[0][: cut[1]])


def legends() -> st.SearchStrategy[tuple[Mark, ...]]:
    return st.sampled_from(LEGENDS)


def roles(names: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[tuple[Role, ...]]:
    """One to six columns whose names differ also to a reader."""
    kinds = st.sampled_from(RoleKind)
    short, aliases = st.just("") | lines(), st.lists(lines(), max_size=2).map(tuple)
    allowed = (names or lines()).filter(lambda name: name not in HEADERS)
    one = st.builds(Role, allowed, short, kinds, aliases)
    return st.lists(one, min_size=1, max_size=6, unique_by=_reader_name).map(tuple)


HEADERS = (workbook.NUMBER_HEADER, workbook.NAME_HEADER, workbook.DESCRIPTION_HEADER)


def _reader_name(role: Role) -> str:
    return match_key(role.name)


@st.composite
def levels(draw: st.DrawFn, size: int) -> list[int]:
    """Levels of the rows of a tree with a depth up to 5, in preorder."""
    found: list[int] = []
    for step in draw(st.lists(st.integers(1, 5), min_size=size, max_size=size)):
        found.append(min(step, found[-1] + 1 if found else 1))
    return found


@st.composite
def grids(
    draw: st.DrawFn,
    *,
    names: st.SearchStrategy[str] | None = None,
    role_names: st.SearchStrategy[str] | None = None,
    max_rows: int = 8,
    unique: bool = False,
) -> Grid:
    """Sound grids with nasty texts. `unique`: no two rows that a reader calls the same."""
    legend, columns = draw(legends()), draw(roles(role_names))
    row_names = draw(
        st.lists(names or lines(), max_size=max_rows, unique_by=match_key if unique else None)
    )
    places = draw(st.permutations(range(len(row_names))))
    cells = st.sampled_from(("", *(mark.symbol for mark in legend)))
    rows = tuple(
        Item(
            uid(place),
            level,
            draw(st.just(str(place)) | st.just("") | lines()),
            name,
            draw(texts()),
            tuple(draw(cells) for _ in columns),
        )
        for place, level, name in zip(places, draw(levels(len(row_names))), row_names, strict=True)
    )
    title, number, issuer = (draw(st.just("") | lines()) for _ in range(3))
    return Grid(title, number, issuer, draw(dates()), legend, columns, rows)


def pairs_of_grids() -> st.SearchStrategy[tuple[Grid, Grid]]:
    """Two grids that share some rows and columns, in any order and place."""
    few = st.sampled_from(("あ", "い", "う", "え"))
    one = grids(names=few, role_names=few)
    return st.tuples(one, one)



