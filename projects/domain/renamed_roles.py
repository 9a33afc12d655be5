"""Recognise renamed columns of a file by their marks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from projects.domain.grid import Grid

LEAST_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class _Column:
    """A column as one number for each symbol, with a bit for each row that has it."""

    name: str
    rows: Mapping[str, int]

    @property
    def marked(self) -> int:
        found = 0
        for bits in self.rows.values():
            found |= bits
        return found


def renamed_columns(old: Grid, new: Grid) -> dict[str, str]:
    """Return new → old names of columns that one side alone has and that have the same marks.

    They are when at least LEAST_ALIKE of the marks that either has are equal, on the rows that
    both sides have. The most alike come first, and each column is taken once.
    """
    gone, come = _strangers(old, new)
    found: dict[str, str] = {}
    for _, was, name in sorted(_candidates(gone, come), key=lambda one: one[0], reverse=True):
        if name not in found and was not in found.values():
            found[name] = was
    return found


def _candidates(
    gone: Sequence[_Column], come: Sequence[_Column]
) -> Iterator[tuple[tuple[float, int], str, str]]:
    """(how much alike, old name, new name) of every pair that is alike enough."""
    for was in gone:
        for column in come:
            marks = (was.marked | column.marked).bit_count()
            same = sum(
                (bits & column.rows.get(mark, 0)).bit_count() for mark, bits in was.rows.items()
            )
            if same and same >= LEAST_ALIKE * marks:
                yield (same / marks, same), was.name, column.name


def _strangers(old: Grid, new: Grid) -> tuple[list[_Column], list[_Column]]:
    """The columns of either side that the other has none of that name of."""
    names = [{role.name for role in grid.roles} for grid in (old, new)]
    if names[0] >= names[1] or names[1] >= names[0]:
        return [], []
    places = {item.uid: place for place, item in enumerate(old.items)}
    places = {item.uid: places[item.uid] for item in new.items if item.uid in places}
    return _columns(old, places, names[1]), _columns(new, places, names[0])


def _columns(grid: Grid, places: Mapping[str, int], known: set[str]) -> list[_Column]:
    rows = sorted((places[i.uid], i.marks) for i in grid.items if i.uid in places)
    return [
        _Column(role.name, _bits([marks[at] for _, marks in rows]))
        for at, role in enumerate(grid.roles)
        if role.name not in known
    ]


def _bits(marks: Sequence[str]) -> dict[str, int]:
    return {
        symbol: int("".join("1" if mark == symbol else "0" for mark in marks), 2)
        for symbol in set(marks) - {""}
    }
