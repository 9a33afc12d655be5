"""Where a sheet's tables begin: header rows found by what they say, never by their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from projects.domain.text.match_key import match_key
from projects.intake.files.book import Merge, Position, Sheet
from projects.intake.text.mark_symbols import looks_like_mark
from projects.intake.text.title_block import says_something
from projects.intake.text.vocabulary import NOTE, PAGE, field_of, header_text, level_word

SEARCHED_ROWS = 400
HEADER_ROWS = 4
LONGEST_HEADER = 80
SPREAD_CELLS = 10_000
_MARK_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Head:
    """The header text of a column, and the cell it comes from; `above` are the groups over it."""

    text: str
    at: Position
    above: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """Header rows `top`…`bottom` of a sheet, its columns' heads, and the rows of data below.

    `legend_rows` are rows below that explain the marks.
    """

    sheet: Sheet
    top: int
    bottom: int
    heads: dict[int, Head] = field(default_factory=dict)
    last: int = 0
    legend_rows: set[int] = field(default_factory=set)

    @property
    def rows(self) -> range:
        return range(self.bottom + 1, self.last + 1)


class Spread:
    """Which merged cell covers a cell, for merges small enough to be about single cells."""

    def __init__(self, merges: Iterable[Merge]) -> None:
        self._over: dict[Position, Merge] = {}
        self.rows: set[int] = set()
        for merge in merges:
            if (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1) <= SPREAD_CELLS:
                self.rows.update(range(merge.top, merge.bottom + 1))
                for row in range(merge.top, merge.bottom + 1):
                    for column in range(merge.left, merge.right + 1):
                        self._over[row, column] = merge

    def over(self, row: int, column: int) -> Merge | None:
        return self._over.get((row, column))

    def anchor(self, row: int, column: int) -> Position:
        """The cell whose text is seen here."""
        merge = self._over.get((row, column))
        return (merge.top, merge.left) if merge else (row, column)


def find_tables(
    sheet: Sheet, spread: Spread, roles: Mapping[str, int], *, header: int | None = None
) -> list[Table]:
    """The tables of a sheet from the top; `header` is the row a person named, if one did.

    A header repeated on every page begins a table of its own. [] when there is none.
    """
    found = [header] if header else list(_anchors(sheet, roles))
    if not found:
        found = _by_shape(sheet)
    tables: list[Table] = []
    for anchor in found:
        if tables and anchor <= tables[-1].bottom:
            continue
        table = _extent(sheet, spread, anchor, floor=tables[-1].bottom + 1 if tables else 1)
        if tables:
            tables[-1].last = table.top - 1
        table.last = len(sheet.rows)
        tables.append(table)
    return tables


def _anchors(sheet: Sheet, roles: Mapping[str, int]) -> Iterator[int]:
    """The rows whose words make them headers; behind the first one only rows with its words."""
    columns: list[int] = []
    words: set[str] = set()
    for row, cells in enumerate(sheet.rows, 1):
        if columns:
            texts = [cells[column - 1] for column in columns if column <= len(cells)]
            if any(text.isdecimal() for text in texts):
                continue  # a number of a task; most rows end here
            if not any(text and field_of(header_text(text)) for text in texts if len(text) < 20):
                continue
        elif row > SEARCHED_ROWS:
            return
        meanings = _meanings(sheet, row, roles)
        if _is_header(meanings) and (not columns or _comes_again(sheet, row, meanings, words)):
            yield row
            words |= _words(sheet, row)
            columns = columns or [
                column for column, meaning in meanings.items() if meaning in ("name", "number")
            ]


def _comes_again(sheet: Sheet, row: int, meanings: Mapping[int, str], words: set[str]) -> bool:
    """Whether a row below the first header is one too, and no task called 作業内容."""
    kinds = set(meanings.values())
    same = len(_words(sheet, row) & words)
    return same * 2 > len(meanings) or ("number" in kinds and bool(kinds & {"name", "level"}))


def _words(sheet: Sheet, row: int) -> set[str]:
    return {match_key(header_text(text)) for _, text in sheet.filled(row)}


def _meanings(sheet: Sheet, row: int, roles: Mapping[str, int]) -> dict[int, str]:
    """Column → what its words say, for the cells of a row that are short enough for a header."""
    found = {}
    for column, raw in sheet.filled(row):
        if len(raw) > LONGEST_HEADER:
            continue
        text = header_text(raw)
        known = field_of(text)
        if known:
            found[column] = known.value
        elif level_word(text):
            found[column] = "level"
        else:
            found[column] = "role" if match_key(text) in roles else "other"
    return found


def _is_header(meanings: Mapping[int, str]) -> bool:
    kinds = list(meanings.values())
    known = {kind for kind in kinds if kind != "other"}
    if "name" in known or kinds.count("level") >= 2:
        return len(known) >= 2 or len(kinds) >= 3
    return kinds.count("role") >= 2 or ("number" in known and len(kinds) >= 3)


def _by_shape(sheet: Sheet) -> list[int]:
    """The row above the first marks, when no header says a known word."""
    marks: dict[int, int] = defaultdict(int)
    filled: dict[int, int] = defaultdict(int)
    first: dict[int, int] = {}
    for row in range(1, min(len(sheet.rows), 5 * SEARCHED_ROWS) + 1):
        for column, text in sheet.filled(row):
            filled[column] += 1
            if looks_like_mark(text):
                marks[column] += 1
                first.setdefault(column, row)
    columns = [c for c, n in marks.items() if n >= 2 and n >= _MARK_SHARE * (filled[c] - 2)]
    if not columns:
        return []
    top = min(first[column] for column in columns)
    for row in range(top - 1, 0, -1):
        texts = sheet.cells(row)
        if sum(column in texts for column in columns) * 2 >= len(columns):
            return [row]
    return []


def _extent(sheet: Sheet, spread: Spread, anchor: int, *, floor: int) -> Table:
    """The whole header around its row of words, one to four rows."""
    bottom = _bottom(sheet, spread, anchor)
    top = _top(sheet, spread, anchor, floor=max(floor, bottom - HEADER_ROWS + 1))
    table = Table(sheet, top, bottom)
    table.heads = _heads(sheet, spread, top, bottom)
    return table


def _bottom(sheet: Sheet, spread: Spread, anchor: int) -> int:
    fields = [c for c, kind in _meanings(sheet, anchor, {}).items() if kind in ("name", "number")]
    merged = [m.bottom for c in fields if (m := spread.over(anchor, c)) and m.top == anchor]
    bottom = min(max(merged, default=anchor), anchor + HEADER_ROWS - 1)
    while bottom + 1 < anchor + HEADER_ROWS and _continues(sheet, spread, bottom + 1, fields):
        bottom += 1
    return bottom


def _continues(sheet: Sheet, spread: Spread, row: int, fields: Sequence[int]) -> bool:
    """Whether the row below still belongs to the header: texts for other columns only."""
    texts = sheet.cells(row)
    if not texts or not fields:
        return False
    if any(column in texts and field_of(header_text(texts[column])) is None for column in fields):
        return all(level_word(header_text(texts[c])) for c in fields if c in texts)
    others = [text for column, text in texts.items() if column not in fields]
    if (
        len(others) == 1
        and len(sheet.rows[row - 1]) > 4
        and not _under_group(spread, row, next(c for c in texts if c not in fields))
    ):
        return False
    return bool(others) and not any(looks_like_mark(text) for text in others)


def _under_group(spread: Spread, row: int, column: int) -> bool:
    above = spread.over(row - 1, column)
    return above is not None and above.right > above.left


def _top(sheet: Sheet, spread: Spread, anchor: int, *, floor: int) -> int:
    """Rows above that hold groups over several columns, or names merged down into the header."""
    top = anchor
    own = sheet.cells(anchor).keys()
    first = min(own, default=1)
    while top > floor:
        texts = sheet.cells(top - 1)
        if not texts or not all(
            _is_group(spread, top - 1, column, text, first, own) for column, text in texts.items()
        ):
            break
        top -= 1
    return top


def _is_group(
    spread: Spread, row: int, column: int, text: str, first: int, own: Collection[int]
) -> bool:
    if says_something(text) or NOTE.match(text) or PAGE.match(text.strip()):
        return False
    merge = spread.over(row, column)
    if merge and merge.bottom > row:
        return True
    if merge and merge.right > merge.left:
        return merge.left > first
    return column > first and (column not in own or field_of(header_text(text)) is not None)


def _heads(sheet: Sheet, spread: Spread, top: int, bottom: int) -> dict[int, Head]:
    """Each column's lowest header text, with the texts above it from the top."""
    width = max((len(sheet.rows[row - 1]) for row in range(top, bottom + 1)), default=0)
    merged = [m.right for m in sheet.merges if top <= m.top <= bottom]
    heads = {}
    for column in range(1, max([width, *merged]) + 1):
        texts: list[tuple[str, Position]] = []
        for row in range(top, bottom + 1):
            at = spread.anchor(row, column)
            text = header_text(sheet.text(*at))
            if text and (not texts or texts[-1][1] != at):
                texts.append((text, at))
        if texts:
            text, at = texts[-1]
            heads[column] = Head(text, at, tuple(above for above, _ in texts[:-1]))
    return heads
