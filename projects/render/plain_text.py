"""Render a grid as CSV and Markdown, which any program reads and compares.

The same grid gives the same bytes. Both come back through the import as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from projects.domain.grid import Grid

LEVEL = "階層"
_ALIVE = tuple("=+-@\t\r\n＝＋－＠")


def harmless(text: str) -> str:
    """Escape a text for CSV, so that Excel does not take it for a formula."""
    return f"'{text}" if text.startswith(_ALIVE) else text


def as_csv(grid: Grid) -> bytes:
    """Render UTF-8 with a byte order mark and CRLF, as Excel wants it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in _rows(grid):
        writer.writerow([harmless(text) for text in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_markdown(grid: Grid) -> bytes:
    """Render a heading, the 凡例, and one table."""
    heading = f"{grid.document_number} {grid.title}".strip()
    legend = [f"{mark.symbol}…{mark.label}" for mark in grid.legend]
    head, *rows = [f"| {' | '.join(map(_cell, row))} |" for row in _rows(grid)]
    rule = f"|{'---|' * len(_head(grid))}"
    lines = [f"# {heading}", "", *legend, "", head, rule, *rows]
    return "\n".join([*lines, ""]).encode()


def _head(grid: Grid) -> list[str]:
    return ["項番", LEVEL, "作業項目", *(role.name for role in grid.roles), "作業内容"]


def _rows(grid: Grid) -> Iterator[list[str]]:
    yield _head(grid)
    for item in grid.items:
        yield [item.number, str(item.level), item.name, *item.marks, item.description]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
