"""Compute row heights; LibreOffice does not fit them when it opens a file."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from projects.domain.grid import Item

WIDTHS = {"number": 7.0, "name": 52.0, "role": 4.6, "description": 80.0}
_PIXELS_PER_UNIT = 7.0
_PIXELS_PER_INDENT = 9.0
_MAX_ROW = 409.0
_VERTICAL_PITCH = 1.42


def header_height(names: Sequence[str]) -> float:
    """Return the points of the row of vertical names: the longest still fits at 5 pt."""
    longest = max((len(name) for name in names), default=0)
    return min(_MAX_ROW, max(90.0, longest * 5 * _VERTICAL_PITCH))


def vertical_size(name: str, height: float) -> float:
    """Return the font size, 1 to 9 pt, at which a vertical name fits the height."""
    return min(9.0, max(1.0, int(height / (len(name) * _VERTICAL_PITCH) * 2) / 2))


def row_height(item: Item, more: Sequence[tuple[str, float]] = ()) -> float:
    """Return the points that a row needs for its wrapped texts, within Excel's limit.

    `more` has further texts with the widths of their columns in characters.
    """
    indent = (item.level - 1) * _PIXELS_PER_INDENT
    name = _lines(item.name, WIDTHS["name"] * _PIXELS_PER_UNIT - indent, size=10)
    texts = [(item.description, WIDTHS["description"]), *more]
    lines = max(_lines(text, width * _PIXELS_PER_UNIT, size=9) for text, width in texts)
    return min(_MAX_ROW, max(name * 13.5 + 4, lines * 12.0 + 4))


def list_height(texts: Sequence[tuple[str, float]], *, size: int = 9) -> float | None:
    """Return the points of a row of a plain list for texts in columns of so many characters.

    None where one line is enough, which needs no height of its own.
    """
    lines = max(
        (_lines(text, width * _PIXELS_PER_UNIT, size=size) for text, width in texts), default=1
    )
    return min(_MAX_ROW, lines * (size + 3.5) + 4) if lines > 1 else None


def _lines(text: str, width: float, *, size: int) -> int:
    """How many lines the text takes in a column of that many pixels, a little on the safe side."""
    if text.isascii() and len(text) * size < width:
        return 1
    return sum(max(1, math.ceil(_pixels(line, size) / (width - 8))) for line in text.split("\n"))


def _pixels(text: str, size: int) -> float:
    wide = sum(unicodedata.east_asian_width(char) in "WFA" for char in text)
    return (wide + (len(text) - wide) * 0.56) * size * 96 / 72
