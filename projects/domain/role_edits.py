"""Edit a grid's columns and its 凡例, and count what is lost. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from projects.domain.grid import Grid, Item, Mark, Role


class Keep(StrEnum):
    """Which mark stays where both columns of a merge have one."""

    TARGET = "target"
    SOURCE = "source"
    STRONGER = "stronger"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column as it shall be; `old` is its name so far, "" for a new one."""

    old: str
    role: Role


@dataclass(frozen=True, slots=True)
class Clash:
    """A row in which both columns of a merge have different marks, and what stays."""

    item: Item
    target: str
    source: str
    kept: str


def with_roles(grid: Grid, wanted: Sequence[Wanted]) -> Grid:
    """Set the columns in this order; columns that are not named go with their marks."""
    at = {role.name: place for place, role in enumerate(grid.roles)}
    places = [at.get(column.old) for column in wanted]
    items = tuple(
        replace(item, marks=tuple("" if p is None else item.marks[p] for p in places))
        for item in grid.items
    )
    return replace(grid, roles=tuple(column.role for column in wanted), items=items)


def renames(wanted: Sequence[Wanted]) -> dict[str, str]:
    """Return old → new names of the renamed columns."""
    return {c.old: c.role.name for c in wanted if c.old and c.old != c.role.name}


def lost_marks(grid: Grid, wanted: Sequence[Wanted]) -> dict[str, int]:
    """Count the marks of each column that is deleted."""
    kept = {column.old for column in wanted}
    return {
        role.name: sum(bool(item.marks[place]) for item in grid.items)
        for place, role in enumerate(grid.roles)
        if role.name not in kept
    }


def merged(grid: Grid, source: str, target: str, keep: Keep) -> tuple[Grid, tuple[Clash, ...]]:
    """Merge one column into another; return the grid and the rows with different marks.

    The source's name and aliases become aliases of the target, so that files still find it.
    KeyError when a column is not there or both are the same.
    """
    at = {role.name: place for place, role in enumerate(grid.roles)}
    from_, into = at[source], at[target]
    if from_ == into:
        raise KeyError(source)
    items, clashes = [], []
    for item in grid.items:
        mark, other = item.marks[into], item.marks[from_]
        kept = _kept(grid, mark, other, keep)
        if mark and other and mark != other:
            clashes.append(Clash(item, mark, other, kept))
        marks = list(item.marks)
        marks[into] = kept
        del marks[from_]
        items.append(replace(item, marks=tuple(marks)))
    roles = list(grid.roles)
    roles[into] = _with_aliases(roles[into], roles[from_])
    del roles[from_]
    return replace(grid, roles=tuple(roles), items=tuple(items)), tuple(clashes)


def with_legend(grid: Grid, legend: Sequence[Mark], replaced: Mapping[str, str]) -> Grid:
    """Set the 凡例. `replaced` says what becomes of each old symbol ("" blank).

    ValueError in words for a symbol that goes, is in use and is not in `replaced`.
    """
    known = {mark.symbol for mark in legend}
    for symbol, count in used(grid).items():
        if symbol not in known and symbol not in replaced:
            raise ValueError(f"記号「{symbol}」は{count}個のセルで使われています。")
    items = tuple(
        replace(item, marks=tuple(replaced.get(mark, mark) for mark in item.marks))
        if any(mark in replaced for mark in item.marks)
        else item
        for item in grid.items
    )
    return replace(grid, legend=tuple(legend), items=items)


def used(grid: Grid) -> dict[str, int]:
    """Count the cells with each symbol."""
    counts = dict.fromkeys(grid.symbols, 0)
    for item in grid.items:
        for mark in item.marks:
            if mark:
                counts[mark] += 1
    return counts


def _kept(grid: Grid, mark: str, other: str, keep: Keep) -> str:
    if not mark or not other:
        return mark or other
    if keep is Keep.STRONGER:
        return min(mark, other, key=grid.symbols.index)
    return mark if keep is Keep.TARGET else other


def _with_aliases(role: Role, gone: Role) -> Role:
    names = dict.fromkeys((*role.aliases, gone.name, *gone.aliases))
    names.pop(role.name, None)
    return replace(role, aliases=tuple(names))
