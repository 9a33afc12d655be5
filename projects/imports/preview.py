"""Build the values that the preview of an import shows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlencode

from projects.domain.change_kinds import (
    WORDS,
    Change,
    chosen,
    columns_of,
    counts,
    in_order,
    words_of,
)
from projects.domain.grid import column_counts
from projects.imports.compare import Comparison
from projects.intake import Reading
from projects.intake.text.remarks import Code, Remark
from projects.render.column_header import Header
from projects.render.difference_parts import USUAL, Column, Filter, Point, points
from projects.render.difference_table import PER_PAGE, Table

REMARKS_SHOWN = 50

CODE_WORDS = {
    Code.TWO_MARKS: "1つのセルに2つの記号",
    Code.SYMBOL_VARIANT: "記号の字形の違い",
    Code.MACROS_IGNORED: "マクロ",
    Code.SHEET_SKIPPED: "取り込まないシート",
    Code.CELL_SKIPPED: "取り込まないセル",
    Code.ROW_SKIPPED: "取り込まない行",
    Code.MARK_ASKED: "読み方の分からない記号",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Remarks of one kind: how many, and the first of them."""

    label: str
    count: int
    shown: tuple[Remark, ...]

    @property
    def rest(self) -> int:
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class RoleCount:
    """A column's cells as they stand in the file beside the marks that were read."""

    name: str
    in_file: tuple[tuple[str, int], ...]
    read: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The difference as the page shows it."""

    is_empty: bool
    summary: str
    was: str
    points: tuple[Point, ...]
    filters: tuple[Filter, ...]
    columns: tuple[Column, ...]
    body: str
    rows: int
    page: int
    pages: int
    query: str = ""


def preview(
    comparison: Comparison,
    *,
    left_out: Collection[str],
    shown: Collection[Change] = USUAL,
    page: int = 1,
) -> Preview:
    """Return one page of the difference with the wanted kinds of rows."""
    whole = comparison.whole
    whole_points = tuple(points(whole, left_out))
    rows = chosen(in_order(whole), shown)
    pages = max(1, -(-len(rows) // PER_PAGE))
    page = min(max(page, 1), pages)
    found = counts(whole)
    table = Table(whole, left_out)
    body = table.html(rows[(page - 1) * PER_PAGE : page * PER_PAGE])
    was = [*(point.key for point in whole_points if point.left_out), *table.checked]
    return Preview(
        is_empty=comparison.plan.is_empty,
        summary=words_of(comparison.plan.totals()),
        was="\n".join(was),
        points=whole_points,
        filters=tuple(Filter(c, WORDS[c], found[c], c in shown) for c in Change),
        columns=tuple(Column(Header(name), act) for name, act in columns_of(whole)),
        body=body,
        rows=sum(not row.context for row in rows),
        page=page,
        pages=pages,
        query=urlencode([("show", change.value) for change in Change if change in shown]),
    )


def remark_groups(remarks: Iterable[Remark]) -> tuple[Group, ...]:
    """Group the remarks by kind, in the order of `Code`."""
    order = list(Code)
    by_code = sorted(remarks, key=lambda remark: order.index(remark.code))
    groups = ((code, tuple(found)) for code, found in groupby(by_code, key=attrgetter("code")))
    return tuple(
        Group(CODE_WORDS.get(code, found[0].message), len(found), found[:REMARKS_SHOWN])
        for code, found in groups
    )


def role_counts(reading: Reading) -> tuple[RoleCount, ...]:
    """Count the cells of each column in the file and the marks that were read."""
    grid = reading.grid
    read = column_counts(grid.items, len(grid.roles))
    return tuple(
        RoleCount(
            role.name,
            tuple(reading.counted.get(role.name, {}).items()),
            _in_order(marks, grid.symbols),
        )
        for role, marks in zip(grid.roles, read, strict=True)
    )


def _in_order(marks: Counter[str], symbols: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((symbol, marks[symbol]) for symbol in symbols)
