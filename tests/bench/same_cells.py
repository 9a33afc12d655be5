"""That all contenders show the same: no figure counts unless they do."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

from projects.domain.grid import Grid

SIZE_TOLERANCE = 0.1
_TAG = re.compile(r"<[^>]*>")
_ROWS = re.compile(r"<tbody.*</tbody>|<tr id=.*</table>", re.DOTALL)


class DiffersError(Exception):
    """A contender shows something else than the grid."""


def check(body: bytes, grid: Grid) -> None:
    """Every text of the grid stands in the page's rows in order, and as many marks as it has."""
    found = _ROWS.search(body.decode())
    if found is None:
        raise DiffersError("no table rows")
    text = _plain(found.group())
    wanted = Counter(mark for item in grid.items for mark in item.marks if mark)
    texts = "".join(f"{item.name}{item.description}" for item in grid.items)
    for symbol, times in wanted.items():
        if text.count(symbol) - texts.count(symbol) != times:
            raise DiffersError(f"{text.count(symbol)} times {symbol}, wanted {times}")
    _check_order(text, grid)


def check_size(ours: bytes, floor: bytes) -> None:
    """The floor sends about as many bytes."""
    if abs(len(floor) / len(ours) - 1) > SIZE_TOLERANCE:
        raise DiffersError(f"{len(ours):,} bytes against {len(floor):,}")


def _check_order(text: str, grid: Grid) -> None:
    at = 0
    for item in grid.items:
        for wanted in (item.number, item.name, item.description):
            at = text.find(_folded(wanted), at)
            if at < 0:
                raise DiffersError(f"row {item.number}: {wanted!r} is missing")


def _plain(html: str) -> str:
    return _folded(unescape(_TAG.sub(" ", html)))


def _folded(text: str) -> str:
    return " ".join(text.split(" "))
