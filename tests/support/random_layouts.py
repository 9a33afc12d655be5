"""One grid written as a stranger would: levels, header, legend, title and writer by chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from projects.domain.grid import Grid, Item, Mark, Role, is_heading
from projects.intake.text.cell_address import a1
from tests.support.grid_builders import level_lists, uid
from tests.support.ods_writer import as_ods
from tests.support.sheet_writers import Page, as_csv, as_markdown, by_openpyxl, by_xlsxwriter

LEGENDS = (
    (Mark("◎", "主担当", leads=True), Mark("○", "作業協力")),
    (Mark("●", "主担当", leads=True), Mark("△", "支援"), Mark("□", "確認")),
    (
        Mark("R", "実行責任", leads=True),
        Mark("A", "説明責任"),
        Mark("C", "協議先"),
        Mark("I", "報告先"),
    ),
)
ROLES = (
    "厚生労働省",
    "本受託者",
    "保守業者",
    "共通運用管理業者",
    "機構LAN保守業者",
    "端末運用管理業者",
)
WORDS = (
    "要件定義",
    "基本設計書の作成",
    "詳細設計",
    "単体テスト",
    "移行計画の策定",
    "研修",
    "運用引継ぎ",
    "Data migration",
)
TEXTS = ("", "", "設計書を作成する。", "一行目\n二行目", "a|b", "別途協議、調整")
LEVELS = ("indent", "spaces", "columns", "numbers", "stages")
WRITERS: dict[str, Callable[[Page], bytes]] = {
    "openpyxl": by_openpyxl,
    "xlsxwriter": by_xlsxwriter,
    "ods": as_ods,
    "csv": lambda page: as_csv(page.rows),
    "cp932": lambda page: as_csv(page.rows, encoding="cp932"),
    "markdown": lambda page: as_markdown(page.rows),
}


@dataclass(frozen=True)
class Layout:
    """How a grid is put on a page."""

    levels: str
    writer: str
    header_rows: int
    legend: str
    title: bool
    micro: int
    shift: int


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    writer = draw(st.sampled_from(sorted(WRITERS)))
    looks = writer in ("openpyxl", "xlsxwriter", "ods")
    markdown = writer == "markdown"
    return Layout(
        levels=draw(st.sampled_from(LEVELS if looks else LEVELS[1:])),
        writer=writer,
        header_rows=draw(st.integers(1, 3)) if looks else 1,
        legend="above" if markdown else draw(st.sampled_from(("above", "below", "one cell"))),
        title=not markdown,
        micro=draw(st.sampled_from((1, 1, 2, 3))) if looks else 1,
        shift=0 if markdown else draw(st.integers(0, 3)),
    )


@st.composite
def plain_grids(draw: st.DrawFn) -> Grid:
    """Grids that can be written in every layout: tasks have marks, numbers tell the levels."""
    legend = draw(st.sampled_from(LEGENDS))
    roles = draw(st.lists(st.sampled_from(ROLES), min_size=2, max_size=5, unique=True))
    levels = draw(level_lists(draw(st.integers(3, 10))))
    items: list[Item] = []
    for place, level in enumerate(min(level, 4) for level in levels):
        name = f"{draw(st.sampled_from(WORDS))}{place + 1}"
        items.append(Item(uid(place), level, "", name, draw(st.sampled_from(TEXTS))))
    grid = Grid(
        "役割分担表", "別紙10", "", "2014-05", legend, tuple(map(Role, roles)), tuple(items)
    )
    symbols = st.sampled_from(("", *grid.symbols))
    return replace(grid, items=tuple(_marked(draw, grid, i, symbols) for i in range(len(items))))


def _marked(draw: st.DrawFn, grid: Grid, index: int, symbols: st.SearchStrategy[str]) -> Item:
    row, width = grid.items[index], len(grid.roles)
    number = _numbers(grid.items)[index]
    if is_heading(grid.items, index):
        return replace(row, number=number, description="", marks=("",) * width)
    marks = [draw(symbols) for _ in range(width)]
    marks[draw(st.integers(0, width - 1))] = grid.symbols[0]
    return replace(row, number=number, marks=tuple(marks))


def _numbers(items: Sequence[Item]) -> list[str]:
    """1, 1.1, 1.1.1 by the levels."""
    counts: list[int] = []
    found = []
    for row in items:
        counts = [*counts, 0][: row.level]
        counts[-1] += 1
        found.append(".".join(map(str, counts)))
    return found


def written(grid: Grid, layout: Layout) -> bytes:
    return WRITERS[layout.writer](page_of(grid, layout))


def expected(grid: Grid, layout: Layout) -> list[tuple[Any, ...]]:
    """The rows as they should come back: numbers are plain unless they tell the levels."""
    return [
        (row.level, _number(row, place, layout), row.name, row.description, row.marks)
        for place, row in enumerate(grid.items, 1)
    ]


def _number(row: Item, place: int, layout: Layout) -> str:
    return row.number if layout.levels == "numbers" else str(place)


def page_of(grid: Grid, layout: Layout) -> Page:
    depth = max(row.level for row in grid.items) if layout.levels in ("columns", "stages") else 1
    rows: list[list[str]] = [["別紙10　役割分担表"], ["平成26年5月"]] if layout.title else []
    told = [f"{mark.symbol}：{mark.label}" for mark in grid.legend]
    legend = [["凡例　" + "　".join(told)]] if layout.legend == "one cell" else [[t] for t in told]
    rows += legend if layout.legend != "below" and layout.title else []
    rows += [[]] if layout.title else []
    first = len(rows) + layout.header_rows + 1
    rows += _header(grid, layout, depth)
    rows += [_cells(row, place, layout, depth) for place, row in enumerate(grid.items, 1)]
    rows += [[], *legend] if layout.legend == "below" else []
    name_at = 1 + layout.shift + layout.micro
    indents = {
        a1(first + place, name_at): row.level - 1
        for place, row in enumerate(grid.items)
        if layout.levels == "indent" and row.level > 1
    }
    wide = [_spread(row, layout.micro) for row in rows] if layout.micro > 1 else rows
    shifted = [[""] * layout.shift + row if row else row for row in wide]
    return Page(shifted, indents=indents, merges=_merges(rows, layout, first))


def _header(grid: Grid, layout: Layout, depth: int) -> list[list[str]]:
    names = [role.name for role in grid.roles]
    words = ["作業項目"]
    if depth > 1:
        words = list(("大項目", "中項目", "小項目", "細項目")[:depth])
        if layout.levels == "stages":
            words = ["作業項目", *[""] * (depth - 1)]
    bottom = ["項番", *words, *names, "作業内容"]
    if layout.header_rows == 1:
        return [bottom]
    blank = [""] * len(names)
    top = ["項番", *words, "関連業者", *blank[1:], "作業内容"]
    lower = ["", *[""] * len(words), *names, ""]
    middle = ["", *[""] * len(words), "受託者", *blank[1:], ""]
    return [top, lower] if layout.header_rows == 2 else [top, middle, lower]


def _cells(row: Item, place: int, layout: Layout, depth: int) -> list[str]:
    spaces = "　" * (row.level - 1) if layout.levels == "spaces" else ""
    names = [spaces + row.name]
    if depth > 1:
        names = [row.name if level == row.level else "" for level in range(1, depth + 1)]
    return [_number(row, place, layout), *names, *row.marks, row.description]


def _spread(row: Sequence[str], micro: int) -> list[str]:
    return [text for cell in row for text in (cell, *[""] * (micro - 1))]


def _merges(rows: Sequence[Sequence[str]], layout: Layout, first: int) -> list[str]:
    """The micro-columns of each cell of the table, and the groups of the header."""
    found: list[str] = []
    top = first - layout.header_rows
    width = len(rows[top - 1])
    if layout.writer not in ("openpyxl", "xlsxwriter", "ods"):
        return found
    for column in range(width):
        left = layout.shift + column * layout.micro + 1
        right = left + layout.micro - 1
        found += _column_merges(rows, layout, top, first, column, left, right)
    return found


def _column_merges(
    rows: Sequence[Sequence[str]],
    layout: Layout,
    top: int,
    first: int,
    column: int,
    left: int,
    right: int,
) -> list[str]:
    micro = layout.micro > 1
    last = max(at for at, row in enumerate(rows, 1) if len(row) == len(rows[top - 1]))
    found = [f"{a1(r, left)}:{a1(r, right)}" for r in range(first, last + 1)] if micro else []
    lower = rows[first - 2][column]
    if layout.header_rows > 1 and not lower:
        found.append(f"{a1(top, left)}:{a1(first - 1, right)}")
    elif micro:
        found += [f"{a1(r, left)}:{a1(r, right)}" for r in range(first - 1, first)]
    return found
