"""Records → the depth of each, from the first evidence that tells more than one level.

A column of levels, columns of names, indents, leading spaces, the shape of the numbers, runs of
headings: in that order, unless a person chose.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from projects.intake import outline
from projects.intake.choices import Levels
from projects.intake.records import Record

_TOKEN = re.compile(
    r"第\s*(?:[0-9]+|[一二三四五六七八九十]+)\s*[編部章節項条]?|[(（][^()（）]{1,3}[)）]|[0-9]+"
    r"|[①-⑳]|[ア-ヴ](?=$|[\s　.．、)）\-0-9(（])|[ⅰ-ⅻⅠ-Ⅻ]|[A-Za-z](?=$|[\s　.．、)）\-0-9(（])"
)
_BETWEEN = " \u3000.．、。-‐－―–_:：)）"
_HARDLY_ANY = 0.7
# Wide digits, letters and brackets as narrow ones; ① stays what it is.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def take_levels(records: Sequence[Record], chosen: Levels | None) -> tuple[list[int], Levels]:
    """The level of each record, and what it was taken from."""
    for source in (chosen,) if chosen else _ORDER:
        keys = _RANKS[source](records)
        if keys is not None:
            return keys, source
    return _by_headings(records), Levels.HEADINGS


def by_rank(ranks: Sequence[int]) -> list[int] | None:
    """Depths drawn by ranks such as indents; None when all are alike."""
    return outline.depths(ranks) if len(set(ranks)) > 1 else None


def _by_column(records: Sequence[Record]) -> list[int] | None:
    depths = [unicodedata.normalize("NFKC", record.depth) for record in records]
    if not any(depths) or not all(d.isdecimal() for d in depths if d):
        return None
    ranks, last = [], 1
    for depth in depths:
        last = int(depth) if depth else last
        ranks.append(last)
    return outline.depths(ranks)


def _by_columns(records: Sequence[Record]) -> list[int] | None:
    ranks = [max(record.names) for record in records]
    return outline.depths(ranks) if any(ranks) else None


def _by_indent(records: Sequence[Record]) -> list[int] | None:
    return by_rank([record.indent for record in records])


def _by_spaces(records: Sequence[Record]) -> list[int] | None:
    return by_rank([record.spaces for record in records])


def _by_numbers(records: Sequence[Record]) -> list[int] | None:
    """By the shapes of the numbers, in a column of their own or before the names."""
    texts = [record.number for record in records]
    if sum(map(bool, texts)) < 2:
        shapes = [shape(record.name, prefix=True) for record in records]
        if sum(map(bool, shapes)) < _HARDLY_ANY * len(shapes):
            return None
    else:
        shapes = [shape(text) for text in texts]
    found = {s for s in shapes if s}
    if len(found) < 2 or _stray(shapes):
        return None
    return _by_stack(shapes)


def _stray(shapes: Sequence[tuple[str, ...]]) -> bool:
    """Whether one shape is nearly everything, so that the others are slips and not levels."""
    found = [s for s in shapes if s]
    most = max(map(found.count, set(found)))
    return len(found) > 50 and most >= 0.98 * len(found)


def _by_stack(shapes: Sequence[tuple[str, ...]]) -> list[int]:
    """A new shape goes one down; a known one comes back to its place. 1.1.1 is below 1.1."""
    open_shapes: list[tuple[str, ...]] = []
    depths = []
    for each in shapes:
        if each in open_shapes:
            del open_shapes[open_shapes.index(each) + 1 :]
        else:
            if _is_dotted(each):
                while (
                    open_shapes and _is_dotted(open_shapes[-1]) and len(open_shapes[-1]) > len(each)
                ):
                    open_shapes.pop()
            open_shapes.append(each)
        depths.append(len(open_shapes))
    return depths


def _is_dotted(each: tuple[str, ...]) -> bool:
    return bool(each) and set(each) == {"1"}


def shape(text: str, *, prefix: bool = False) -> tuple[str, ...]:
    """The kinds of the parts of a number: ("1", "1") for 1.1 and １－１, ("第",) for 第1.

    () for a text that is none. With `prefix` the number may stand before a name.
    """
    kinds, rest = [], text.strip().translate(_NARROW)
    while rest:
        found = _TOKEN.match(rest)
        if not found:
            break
        kinds.append(_kind(found[0]))
        rest = rest[found.end() :]
        stripped = rest.lstrip(_BETWEEN)
        if prefix and rest[:1] in (" ", "\u3000"):
            return tuple(kinds)
        rest = stripped
    return tuple(kinds) if prefix or not rest else ()


def _kind(token: str) -> str:
    first = token[0]
    if first == "第":
        return "第" + (token[-1] if token[-1] in "編部章節項条" else "")
    if first in "(（":
        return "(" + _kind(token[1:-1].strip() or "1")
    if "①" <= first <= "⑳":
        return "①"
    if unicodedata.normalize("NFKC", first).isdecimal():
        return "1"
    if "ァ" <= first <= "ヴ":
        return "ア"
    if "Ⅰ" <= first <= "ⅿ":
        return "Ⅰ"
    return "A" if first.isupper() else "a" if first.isalpha() else first


def _by_headings(records: Sequence[Record]) -> list[int]:
    return outline.levels(
        [outline.OutlineRow(r.name, bool(r.marks), bool(r.description)) for r in records]
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
