"""The columns that are no party's: numbers, names, levels and descriptions, by words and shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from projects.domain.text.match_key import match_key
from projects.intake.tables.column_profile import Column, How, are_numbers
from projects.intake.tables.header_search import Head, Table
from projects.intake.text.column_definitions import Level, Meaning, Party
from projects.intake.text.legend import is_legend_head, legend_entries
from projects.intake.text.vocabulary import (
    DESCRIPTIONS,
    STAGES,
    Field,
    field_of,
    level_word,
)

_HARDLY_ANY = 0.1
_NONE: frozenset[str] = frozenset()


def name_fields(columns: Mapping[int, Column]) -> None:
    """What the words of the header say."""
    first_marks = min((c.at for c in columns.values() if c.is_marks), default=10**6)
    for column in columns.values():
        if column.how is How.CHOSEN or not column.head:
            continue
        meaning = _by_words(column, column.head, before_marks=column.at < first_marks)
        if meaning is not None:
            column.meaning, column.how = meaning, How.WORD
    names = [c.at for c in columns.values() if c.meaning is Field.NAME]
    for column in columns.values():
        # Only where no names stand before the marks may they stand behind them.
        if not names and column.meaning is None and field_of(column.text) is Field.NAME:
            column.meaning, column.how = Field.NAME, How.WORD
    for column in columns.values():
        stage = STAGES.get(column.text.casefold())
        if column.meaning is None and stage and (not names or column.at < names[0]):
            column.meaning, column.how = Level(stage), How.WORD


def _by_words(column: Column, head: Head, *, before_marks: bool) -> Meaning | None:
    known = field_of(head.text)
    if known is Field.DESCRIPTION and column.is_drawn:
        return None  # a header that slid over a party's marks
    if known is not None and (known is not Field.NAME or before_marks):
        return known
    rank = level_word(head.text)
    if rank and before_marks:
        return Level(rank)
    if before_marks and any(field_of(text) is Field.NAME for text in head.above):
        return Field.NAME
    return None


def find_legend(columns: Mapping[int, Column]) -> None:
    """Columns right of the table that explain its marks."""
    last = max((c.at for c in columns.values() if c.head and not is_legend_head(c.text)), default=0)
    found = False
    for column in sorted(columns.values(), key=lambda c: c.at):
        if column.at <= last or column.meaning is not None:
            continue
        texts = [column.text, *column.values]
        found = found or any(is_legend_head(t) or legend_entries(t, _NONE) for t in texts)
        if found:
            column.meaning, column.how = Field.LEGEND, How.SHAPE


def extend_fields(table: Table, columns: Mapping[int, Column]) -> None:
    """Columns without a header beside numbers or names, with more of them in staggered rows."""
    for left, column in pairwise(columns[at] for at in sorted(columns)):
        if column.head or column.meaning or column.is_marks:
            continue
        if left.meaning is Field.NAME and _take_turns(table, left.at, column.at):
            column.meaning, column.how = Field.NAME, How.SHAPE
        elif left.meaning is Field.NUMBER and are_numbers(column):
            column.meaning, column.how = Field.NUMBER, How.SHAPE


def _take_turns(table: Table, left: int, right: int) -> bool:
    """Whether hardly any row has texts in both columns."""
    filled = [table.sheet.text(row, left).strip() for row in _rows_with(table, right)]
    return bool(filled) and sum(map(bool, filled)) <= _HARDLY_ANY * len(filled)


def _rows_with(table: Table, column: int) -> Iterator[int]:
    return (row for row in table.rows if table.sheet.text(row, column).strip())


def number_by_shape(columns: Mapping[int, Column]) -> None:
    """No header says 項番: the last column of numbers before the names is it."""
    names = [c.at for c in columns.values() if c.meaning is Field.NAME or is_level(c)]
    if not names or any(c.meaning is Field.NUMBER for c in columns.values()):
        return
    before = [c for c in columns.values() if c.at < names[0] and c.meaning is None]
    for column in reversed(before):
        if are_numbers(column):
            column.meaning, column.how = Field.NUMBER, How.SHAPE
            return


def settle_names(columns: Mapping[int, Column]) -> None:
    """Several columns of names are levels from left to right; a single one is just the names."""
    names = [c for c in columns.values() if c.meaning is Field.NAME or is_level(c)]
    chosen = [c for c in names if c.how is How.CHOSEN]
    filled = [c for c in names if c.values] or names[:1]
    if not filled and not chosen:
        _name_by_shape(columns)
        return
    for column in names:
        if column not in filled:
            column.meaning = Field.IGNORE if column.how is not How.CHOSEN else column.meaning
    if len(filled) == 1:
        filled[0].meaning = Field.NAME
        return
    for rank, column in enumerate(sorted(filled, key=lambda c: c.at), 1):
        column.meaning = Level(rank)


def _name_by_shape(columns: Mapping[int, Column]) -> None:
    """No header says 作業項目: the column left of the marks with the longest texts is it."""
    first = min((c.at for c in columns.values() if isinstance(c.meaning, Party)), default=0)
    open_columns = [c for c in columns.values() if c.meaning is None and c.at < first and c.values]
    if open_columns:
        best = max(open_columns, key=lambda c: sum(len(t) for t in c.values))
        best.meaning, best.how = Field.NAME, How.SHAPE


def settle_single(columns: Mapping[int, Column], field_: Field) -> None:
    """Of several columns with the same words the first with anything in it counts.

    Columns under one merged header stay together.
    """
    found = [c for c in columns.values() if c.meaning is field_]
    _keep_one(found, next((c for c in found if c.values), found[0] if found else None))


def settle_description(columns: Mapping[int, Column]) -> None:
    found = [c for c in columns.values() if c.meaning is Field.DESCRIPTION]
    best = next((c for c in found if c.how is How.CHOSEN), None)
    _keep_one(found, best or min(found, key=_description_rank, default=None))


def _keep_one(found: Sequence[Column], kept: Column | None) -> None:
    """The others mean nothing, but for those below the same header and those a person chose."""
    for column in found:
        same = kept is not None and (column is kept or column.shares_head(kept))
        if not same and column.how is not How.CHOSEN:
            column.meaning, column.how = None, How.UNKNOWN


def _description_rank(column: Column) -> tuple[bool, int, int]:
    return (not column.values, DESCRIPTIONS.get(match_key(column.text), 99), column.at)


def is_level(column: Column) -> bool:
    return isinstance(column.meaning, Level)
