"""Render a grid as the HTML of the matrix table, joined in one place and escaped once.

At 648 × 16 a template engine would spend most of the request here. Rows come in `tbody` chunks
that the browser lays out only when they come near. Above 50,000 cells a row's marks travel as
one text cell with a glyph per role; the page's script makes real cells where scrolling rests.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from projects.domain.grid import Grid, Item, Mark, column_counts, is_heading

PACK_ABOVE = 50_000
CHUNK = (12, 24)
LINE = 21
NAME_UNITS, DESCRIPTION_UNITS = 44, 50
FULL_WIDTH_SPACE = "\u3000"
_OPEN, _CLOSED = ' aria-expanded="true"', ' aria-expanded="false"'
_HIDDEN = ' hidden="until-found" aria-hidden="true"'
_FOCUS = ' tabindex="0"'


@dataclass(frozen=True, slots=True)
class Fold:
    """Which headings are closed: all from a level on, flipped for the named ones."""

    level: int | None = None
    flipped: frozenset[str] = field(default=frozenset())

    def closes(self, item: Item) -> bool:
        by_level = self.level is not None and item.level >= self.level
        return by_level is not (item.uid in self.flipped)


@dataclass(frozen=True, slots=True)
class Table:
    """The parts of the table that are not plain template work, as HTML."""

    body: str
    foot: str
    packed: bool
    closed: int

    @property
    def html(self) -> str:
        return f'{self.body}<tfoot role="rowgroup">{self.foot}</tfoot>'


def table(grid: Grid, shown: Sequence[int], fold: Fold, *, item_url: str) -> Table:
    """Render body and foot for the shown rows.

    `item_url` is the path before an item's uid, "" for 項番 that lead nowhere.
    """
    rows = _Rows(grid, shown, fold, item_url)
    body = "".join(rows.chunks())
    return Table(body, _foot(grid, shown), rows.packed, rows.closed)


def glyphs(legend: Iterable[Mark]) -> dict[str, str] | None:
    """Return one full-width character per symbol, None when a symbol has no such form."""
    found = {"": FULL_WIDTH_SPACE}
    for mark in legend:
        char = mark.symbol
        if len(char) == 1 and "!" <= char <= "~":
            char = chr(ord(char) + 0xFEE0)
        if len(char) != 1 or unicodedata.east_asian_width(char) not in "WFA":
            return None
        found[mark.symbol] = char
    return found if len(set(found.values())) == len(found) else None


class _Rows:
    """Joins the rows; holds what is the same for every row."""

    def __init__(self, grid: Grid, shown: Sequence[int], fold: Fold, item_url: str) -> None:
        self.grid, self.shown, self.fold = grid, shown, fold
        self.closed = 0
        self._link = f'<a class="n" tabindex="-1" href="{escape(item_url)}' if item_url else ""
        glyph = glyphs(grid.legend)
        self.packed = bool(glyph) and len(shown) * len(grid.roles) > PACK_ABOVE
        self._cell = _packed(glyph, grid.legend) if glyph and self.packed else _cells(grid.legend)
        self._joined: dict[tuple[str, ...], str] = {}
        self._numbers = _escaped([item.number for item in grid.items])
        self._names = _escaped([item.name for item in grid.items])
        self._descriptions = _escaped([item.description for item in grid.items])

    def chunks(self) -> Iterator[str]:
        items, shown = self.grid.items, self.shown
        lines: list[str] = []
        height = visible = hidden_below = 0
        for place, index in enumerate(shown):
            item = items[index]
            level = item.level
            heading = is_heading(items, index)
            if lines and (len(lines) >= CHUNK[1] or (heading and len(lines) >= CHUNK[0])):
                yield _chunk(lines, height, visible)
                lines, height, visible = [], 0, 0
            if hidden_below and level <= hidden_below:
                hidden_below = 0
            if not hidden_below:
                height += _height(item, heading)
                visible += 1
            if heading:
                lines.append(self._heading(place, index, bool(hidden_below)))
                if not hidden_below and self.fold.closes(item):
                    hidden_below = level
            else:
                lines.append(
                    self._row(place, index, bool(hidden_below), "t", self._marks(item.marks))
                )
        if lines:
            yield _chunk(lines, height, visible)

    def _heading(self, place: int, index: int, hidden: bool) -> str:
        item = self.grid.items[index]
        closed = self.fold.closes(item)
        self.closed += closed
        state = _CLOSED if closed else _OPEN
        marks = self._counts(place, index) if closed else self._marks(item.marks)
        return self._row(place, index, hidden, f"l{min(item.level, 3)}", marks, state, "<i></i>")

    def _row(
        self,
        place: int,
        index: int,
        hidden: bool,
        kind: str,
        marks: str,
        state: str = "",
        sign: str = "",
    ) -> str:
        item = self.grid.items[index]
        uid, focus = item.uid, "" if place else _FOCUS
        return (
            f'<tr id="{uid}" role="row" class="{kind}" aria-level="{item.level}"'
            f"{_HIDDEN if hidden else ''}>"
            f'<th role="rowheader" scope="row" class="nm"{state}{focus}>'
            f"{self._number(index, uid)}{sign}{self._names[index]}</th>{marks}"
            f'<td role="gridcell" class="ds">{self._descriptions[index]}</td></tr>\n'
        )

    def _number(self, index: int, uid: str) -> str:
        number = self._numbers[index]
        return f'{self._link}{uid}/">{number}</a>' if self._link else f'<b class="n">{number}</b>'

    def _marks(self, marks: tuple[str, ...]) -> str:
        joined = self._joined.get(marks)
        if joined is None:
            joined = self._joined[marks] = self._join(marks)
        return joined

    def _join(self, marks: Sequence[str]) -> str:
        joined = "".join(map(self._cell.__getitem__, marks))
        if not self.packed:
            return joined
        packed = joined.rstrip(FULL_WIDTH_SPACE)
        return f'<td role="gridcell" class="c" aria-colspan="{len(marks)}">{packed}</td>'

    def _counts(self, place: int, index: int) -> str:
        """The cells of a closed heading: how many of each mark stand below it, per role."""
        level = self.grid.items[index].level
        below = []
        for other in self.shown[place + 1 :]:
            if self.grid.items[other].level <= level:
                break
            below.append(self.grid.items[other])
        counts = column_counts(below, len(self.grid.roles))
        texts = (count_text(count, self.grid.legend) for count in counts)
        return "".join(f'<td role="gridcell">{text}</td>' for text in texts)


def count_text(counts: Counter[str], legend: Iterable[Mark]) -> str:
    """Return 「◎4 ○8」 on lines of their own, "" for none; escaped."""
    parts = (f"{m.symbol}{counts[m.symbol]}" for m in legend if counts[m.symbol])
    return escape("\n".join(parts), quote=False)


def _escaped(texts: Sequence[str]) -> list[str]:
    """All texts escaped in one call; PostgreSQL keeps no NUL, so it can stand between them."""
    return escape("\0".join(texts), quote=False).split("\0")


def _cells(legend: Iterable[Mark]) -> dict[str, str]:
    found = {"": '<td role="gridcell"></td>'}
    for mark in legend:
        kind = "p" if mark.leads else "s"
        text = escape(mark.symbol, quote=False)
        found[mark.symbol] = f'<td role="gridcell" class="{kind}">{text}</td>'
    return found


def _packed(glyph: Mapping[str, str], legend: Iterable[Mark]) -> dict[str, str]:
    """Symbol → its glyph as it stands in the one cell of a packed row."""
    leads = {mark.symbol for mark in legend if mark.leads}
    return {mark: f"<b>{char}</b>" if mark in leads else char for mark, char in glyph.items()}


def _foot(grid: Grid, shown: Sequence[int]) -> str:
    counts = column_counts((grid.items[i] for i in shown), len(grid.roles))
    cells = (f'<td role="gridcell">{count_text(count, grid.legend)}</td>' for count in counts)
    return (
        '<tr role="row" class="ft"><th role="rowheader" scope="row" class="nm">合計</th>'
        f'{"".join(cells)}<td role="gridcell" class="ds"></td></tr>'
    )


def _chunk(lines: Sequence[str], height: int, visible: int) -> str:
    state = f'data-h="{height}px"' if visible else 'data-h="0px" class="off" aria-hidden="true"'
    return f'<tbody role="rowgroup" {state}>\n{"".join(lines)}</tbody>\n'


def _height(item: Item, heading: bool) -> int:
    """About how many pixels the row takes; the browser corrects it when the row comes near."""
    name = -(-2 * len(item.name) // NAME_UNITS)
    description = min(2, -(-2 * len(item.description) // DESCRIPTION_UNITS))
    return max(1, name, description) * LINE + (14 if heading else 12)
