"""A measured figure, what is wanted of it, and the table of them."""

from __future__ import annotations

import json
import os
import platform
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from raci.database import programs

RESULTS_FILE = "RACI_BENCH_RESULTS"
_TITLES = ("benchmark", "ours", "peer", "figure", "wanted", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `value` should be at most or at least so much; None: only told.

    `unit` stands behind the value: "×" for a ratio.
    """

    name: str
    ours: str
    peer: str
    value: float
    at_most: float | None = None
    at_least: float | None = None
    unit: str = "×"

    @property
    def is_missed(self) -> bool:
        above = self.at_most is not None and self.value > self.at_most
        return above or (self.at_least is not None and self.value < self.at_least)

    @property
    def wanted(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g} {self.unit}"
        return "" if self.at_least is None else f"≥ {self.at_least:g} {self.unit}"

    @property
    def verdict(self) -> str:
        return "missed" if self.is_missed else "OK" if self.wanted else "told"

    def cells(self) -> tuple[str, ...]:
        value = f"{self.value:.2f}" if self.value < 10 else f"{self.value:.1f}"
        shown = f"{value} {self.unit}"
        return (self.name, self.ours, self.peer, shown, self.wanted, self.verdict)


def slower(name: str, ours: float, peer: float, *, at_most: float | None = None) -> Figure:
    """How many times the seconds of the peer ours takes."""
    return Figure(name, duration(ours), duration(peer), ours / peer, at_most=at_most)


def faster(name: str, ours: float, peer: float, *, at_least: float | None = None) -> Figure:
    """How many times faster than the peer ours is, both in seconds."""
    return Figure(name, duration(ours), duration(peer), peer / ours, at_least=at_least)


def run(measure: Callable[[], Iterable[Figure]], compared: str) -> None:
    """Says what is compared, measures, shows the figures, and exits with 1 if one is missed."""
    say(f"{compared}\n")
    figures = list(measure())
    say(table(figures))
    if path := os.environ.get(RESULTS_FILE):
        Path(path).write_text(json.dumps([asdict(figure) for figure in figures]))
    sys.exit(any(figure.is_missed for figure in figures))


def table(figures: Iterable[Figure]) -> str:
    """The figures in columns, as Markdown."""
    rows = [_TITLES, *(figure.cells() for figure in figures)]
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def machine() -> str:
    """The machine in neutral words."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB memory, "
        f"Python {platform.python_version()}, PostgreSQL {programs.major_version()}"
    )


def duration(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def per_cell(seconds: float) -> str:
    return f"{seconds * 1e9:,.0f} ns/cell"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
    return f"| {' | '.join(cells)} |"


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
