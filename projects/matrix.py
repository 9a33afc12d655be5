"""Grid → the HTML of the matrix table, joined in one place and escaped once.

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

from projects.grid import Grid, Item, Mark, column_counts, is_heading, subtree_ends

PACK_ABOVE = 50_000
CHUNK = (12, 24)
LINE = 21
NAME_UNITS, DESCRIPTION_UNITS = 44, 50
FULL_WIDTH_SPACE = "\u3000"


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


def table(grid: Grid, shown: Sequence[int], fold: Fold, *, item_url: str) -> Table:
    """The body and foot for the shown rows. `item_url` is the path before an item's uid."""
    rows = _Rows(grid, shown, fold, item_url)
    body = "".join(rows.chunks())
    return Table(body, _foot(grid, shown), rows.packed, rows.closed)


def glyphs(legend: Iterable[Mark]) -> dict[str, str] | None:
    """Symbol → one full-width character, None when a symbol has no such form."""
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
        self._link = f'<a class="n" tabindex="-1" href="{escape(item_url)}'
        self._cell = _cells(grid.legend)
        self._glyph = glyphs(grid.legend)
        self._leads = {mark.symbol for mark in grid.legend if mark.leads}
        self.packed = bool(self._glyph) and len(shown) * len(grid.roles) > PACK_ABOVE
        self._blank = self._marks(("",) * len(grid.roles))

    def chunks(self) -> Iterator[str]:
        lines: list[str] = []
        height = visible = 0
        for html, pixels, starts_chunk in self._lines():
            if lines and (len(lines) >= CHUNK[1] or (starts_chunk and len(lines) >= CHUNK[0])):
                yield _chunk(lines, height, visible)
                lines, height, visible = [], 0, 0
            lines.append(html)
            height += pixels
            visible += pixels > 0
        if lines:
            yield _chunk(lines, height, visible)

    def _lines(self) -> Iterator[tuple[str, int, bool]]:
        """(HTML, height in pixels or 0 when hidden, may start a chunk) per shown row."""
        items = self.grid.items
        hidden_below = 0
        for place, index in enumerate(self.shown):
            item = items[index]
            if hidden_below and item.level <= hidden_below:
                hidden_below = 0
            heading = is_heading(items, index)
            closed = heading and self.fold.closes(item)
            hidden = bool(hidden_below)
            html = self._row(place, index, heading, closed, hidden)
            if closed:
                self.closed += 1
                hidden_below = hidden_below or item.level
            yield html, 0 if hidden else _height(item, heading), heading

    def _row(self, place: int, index: int, heading: bool, closed: bool, hidden: bool) -> str:
        item = self.grid.items[index]
        kind = f"l{min(item.level, 3)}" if heading else "t"
        state = ' hidden="until-found" aria-hidden="true"' if hidden else ""
        expanded = f' aria-expanded="{"false" if closed else "true"}"' if heading else ""
        focus = ' tabindex="0"' if place == 0 else ""
        sign = "<i></i>" if heading else ""
        marks = self._counts(place, index) if closed else self._task_marks(item, heading)
        return (
            f'<tr id="{item.uid}" role="row" class="{kind}" aria-level="{item.level}"{state}>'
            f'<th role="rowheader" scope="row" class="nm"{expanded}{focus}>'
            f'{self._link}{item.uid}/">{escape(item.number, quote=False)}</a>{sign}'
            f"{escape(item.name, quote=False)}</th>{marks}"
            f'<td role="gridcell" class="ds">{escape(item.description, quote=False)}</td></tr>\n'
        )

    def _task_marks(self, item: Item, heading: bool) -> str:
        return self._blank if heading and not any(item.marks) else self._marks(item.marks)

    def _marks(self, marks: Sequence[str]) -> str:
        if not self.packed or self._glyph is None:
            return "".join(map(self._cell.__getitem__, marks))
        packed = "".join(self._packed(self._glyph, marks)).rstrip(FULL_WIDTH_SPACE)
        return f'<td role="gridcell" class="c" aria-colspan="{len(marks)}">{packed}</td>'

    def _packed(self, glyph: Mapping[str, str], marks: Sequence[str]) -> Iterator[str]:
        for mark in marks:
            yield f"<b>{glyph[mark]}</b>" if mark in self._leads else glyph[mark]

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
    """「◎4 ○8」 on lines of their own, "" for none; escaped."""
    parts = (f"{m.symbol}{counts[m.symbol]}" for m in legend if counts[m.symbol])
    return escape("\n".join(parts), quote=False)


def subtree_item_count(items: Sequence[Item], index: int) -> int:
    """How many rows stand below the row."""
    return subtree_ends(items)[index] - index - 1


def _cells(legend: Iterable[Mark]) -> dict[str, str]:
    found = {"": '<td role="gridcell"></td>'}
    for mark in legend:
        kind = "p" if mark.leads else "s"
        text = escape(mark.symbol, quote=False)
        found[mark.symbol] = f'<td role="gridcell" class="{kind}">{text}</td>'
    return found


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
