"""Records → the depth of each, from the first evidence that tells more than one level.

A column of levels, columns of names, indents, leading spaces, the shape of the numbers, runs of
headings: in that order, unless a person chose.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from projects.intake.rows import heading_runs
from projects.intake.rows.cell_ledger import Record
from projects.intake.text.corrections import Levels
from projects.intake.text.number_shapes import Shape, shapes

_HARDLY_ANY = 0.7


def take_levels(records: Sequence[Record], chosen: Levels | None) -> tuple[list[int], Levels]:
    """The level of each record, and what it was taken from."""
    if not records:
        return [], Levels.FLAT
    for source in (chosen,) if chosen else _ORDER:
        keys = _RANKS[source](records)
        if keys is not None:
            return keys, source
    return _by_headings(records), Levels.HEADINGS


def by_rank(ranks: Sequence[int]) -> list[int] | None:
    """Depths drawn by ranks such as indents; None when all are alike."""
    return heading_runs.depths(ranks) if len(set(ranks)) > 1 else None


def _by_column(records: Sequence[Record]) -> list[int] | None:
    depths = [unicodedata.normalize("NFKC", record.depth) for record in records]
    if not any(depths) or not all(d.isdecimal() for d in depths if d):
        return None
    ranks, last = [], 1
    for depth in depths:
        last = int(depth) if depth else last
        ranks.append(last)
    return heading_runs.depths(ranks)


def _by_columns(records: Sequence[Record]) -> list[int] | None:
    ranks = [max(record.names) for record in records]
    return heading_runs.depths(ranks) if any(ranks) else None


def _by_indent(records: Sequence[Record]) -> list[int] | None:
    return by_rank([record.indent for record in records])


def _by_spaces(records: Sequence[Record]) -> list[int] | None:
    return by_rank([record.spaces for record in records])


def _by_numbers(records: Sequence[Record]) -> list[int] | None:
    """By the shapes of the numbers, in a column of their own or before the names."""
    texts = [record.number for record in records]
    if sum(map(bool, texts)) < 2:
        found = shapes((record.name for record in records), prefix=True)
        if sum(map(bool, found)) < _HARDLY_ANY * len(found):
            return None
    else:
        found = shapes(texts)
    if len({each for each in found if each}) < 2 or _stray(found):
        return None
    return _by_stack(found)


def _stray(every: Sequence[Shape]) -> bool:
    """Whether one shape is nearly everything, so that the others are slips and not levels."""
    found = [each for each in every if each]
    most = max(map(found.count, set(found)))
    return len(found) > 50 and most >= 0.98 * len(found)


def _by_stack(every: Sequence[Shape]) -> list[int]:
    """A new shape goes one down; a known one comes back to its place. 1.1.1 is below 1.1."""
    open_shapes: list[Shape] = []
    depths = []
    for each in every:
        if each in open_shapes:
            del open_shapes[open_shapes.index(each) + 1 :]
        else:
            while open_shapes and each and _is_longer(open_shapes[-1], each):
                open_shapes.pop()
            open_shapes.append(each)
        depths.append(len(open_shapes))
    return depths


def _is_longer(one: Shape, other: Shape) -> bool:
    """1.1.1 and 1.1"""
    return len(one) > len(other) and one[: len(other)] == other


def _by_headings(records: Sequence[Record]) -> list[int]:
    return heading_runs.levels(
        [heading_runs.OutlineRow(r.name, bool(r.marks), bool(r.description)) for r in records]
    )


def _flat(records: Sequence[Record]) -> list[int]:
    return [1] * len(records)


_ORDER = (Levels.COLUMN, Levels.COLUMNS, Levels.INDENT, Levels.SPACES, Levels.NUMBERS)
_RANKS: dict[Levels, Callable[[Sequence[Record]], list[int] | None]] = {
    Levels.COLUMN: _by_column,
    Levels.COLUMNS: _by_columns,
    Levels.INDENT: _by_indent,
    Levels.SPACES: _by_spaces,
    Levels.NUMBERS: _by_numbers,
    Levels.HEADINGS: _by_headings,
    Levels.FLAT: _flat,
}
