"""How far the values of an OpenDocument sheet reach, where cells and rows are said to repeat."""

from __future__ import annotations

import re
from collections.abc import Callable

from projects.intake.files.xlsx_extent import Box
from projects.intake.text.remarks import Place

_TAG = re.compile(
    rb"<(?:[\w.-]+:)?(table|table-row|table-cell|covered-table-cell)(?=[\s/>])"
    rb"((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>(</)?"
)
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"']\s*([0-9]{1,9})")
_VALUE = re.compile(rb"\s[\w.-]+:(?:value-type|formula)\s*=")


class OdsCells:
    """Follows rows and cells as they repeat; only those with a value count."""

    def __init__(self, place: Callable[[str], Place]) -> None:
        self._place = place
        self._box = Box(place)
        self._row = self._column = 0
        self._rows_here = 1

    def feed(self, buffer: bytes, cut: int) -> None:
        for tag in _TAG.finditer(buffer):
            if tag.start() >= cut:
                break
            self._tag(tag[1], tag[2], followed_by_end=tag[3] is not None)

    def _tag(self, name: bytes, attributes: bytes, *, followed_by_end: bool) -> None:
        repeated = _REPEATED.search(attributes)
        times = max(int(repeated[1]), 1) if repeated else 1
        if name == b"table":
            self._box = Box(self._place)
            self._row, self._rows_here = 0, 1
        elif name == b"table-row":
            self._row += self._rows_here
            self._rows_here, self._column = times, 0
        else:
            self._column += times
            empty = attributes.endswith(b"/") or followed_by_end
            if _VALUE.search(attributes) or not empty:
                self._box.add(max(self._row, 1) + self._rows_here - 1, self._column)
