"""Compare two grids side by side (新旧対照) and filter the differences. Pure.

Rows are the same by uid, columns by who they are: a column that is called otherwise is a rename.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from projects.domain.change_kinds import (
    WORDS,
    Change,
    Row,
    below_headings,
    changes_of,
    counts,
    in_order,
)
from projects.domain.grid import Grid, Item, Role, parents
from projects.domain.plan import Act, CellLine, ItemLine, Plan, RoleLine, diff
from projects.domain.text.match_key import match_key

KINDS = tuple(change for change in Change if change is not Change.UNCHANGED)
UNCHANGED = "変更なし"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its grid, and per column what it is in the other too, "" for unknown."""

    grid: Grid
    columns: Sequence[int | str] = ()

    @property
    def keys(self) -> list[int | str]:
        names = [role.name for role in self.grid.roles]
        return [key or name for key, name in zip(self.columns or names, names, strict=True)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a comparison to show: kinds of changes, and what the rows have to do with.

    `role` is a column's name as in the plan, `phase` the uid of a top row, `words` a text in the
    row's number, name or description; "" for all.
    """

    kinds: Collection[Change] = KINDS
    role: str = ""
    phase: str = ""
    words: str = ""


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Pair:
    """What is different between two grids. In the plan columns have the new side's names.

    `old_names` has those of the old side, by the names in the plan.
    """

    plan: Plan
    old_names: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        return self.plan.is_empty

    def counts(self) -> Counter[Change]:
        return counts(self.plan)

    @property
    def words(self) -> str:
        """Say how many changes of each kind there are, in one line."""
        found = self.counts()
        words = [f"{WORDS[kind]} {found[kind]}" for kind in KINDS if found[kind]]
        columns = sum(line.act is not Act.UNCHANGED for line in self.plan.roles)
        words += [f"列の変更 {columns}"] if columns else []
        words += ["凡例の変更"] if self.plan.legend else []
        words += ["表題の変更"] if self.plan.titles else []
        return "、".join(words) or UNCHANGED

    def rows(self, wanted: Wanted = EVERYTHING) -> list[Row]:
        """Return the different rows that pass the filter with their headings, in document order."""
        return below_headings(in_order(self.plan), _Keeps(self.plan, wanted))

    def only_renumbered(self, wanted: Wanted = EVERYTHING) -> int:
        """Count the rows that `rows` hides because only their number changed."""
        if Change.RENUMBERED in wanted.kinds:
            return 0
        keeps = _Keeps(self.plan, replace(wanted, kinds=(Change.RENUMBERED,)))
        lines = (line for line in self.plan.items if keeps(line))
        return sum(kinds_of(line, wanted.role) == {Change.RENUMBERED} for line in lines)

    @property
    def phases(self) -> list[Item]:
        """Return the top rows of either side, in document order."""
        return [line.shown for line in in_order(self.plan) if line.shown.level == 1]


def pair(old: Side, new: Side) -> Pair:
    """Return the plan that leads from the old side to the new one."""
    names = _names(old, new)
    known = tuple(replace(r, name=n) for r, n in zip(old.grid.roles, names, strict=True))
    plan = diff(replace(old.grid, roles=known), new.grid)
    was = dict(zip(names, old.grid.roles, strict=True))
    roles = tuple(_as_it_was(line, was) for line in plan.roles)
    return Pair(replace(plan, roles=roles), {name: role.name for name, role in was.items()})


def kinds_of(line: ItemLine, role: str = "") -> frozenset[Change]:
    """Return what happens to the row; with a role, only what happens to its mark."""
    found = changes_of(line)
    if not role or line.act in (Act.CREATED, Act.REMOVED):
        return found
    own = replace(line, fields=(), moved=False, cells=_cells(line, role))
    return changes_of(own)


class _Keeps:
    """Whether a line is among what was asked for."""

    def __init__(self, plan: Plan, wanted: Wanted) -> None:
        self._wanted = wanted
        self._kinds = frozenset(wanted.kinds) - {Change.UNCHANGED}
        self._key = match_key(wanted.words)
        self._phases = [_phases(grid.items) for grid in (plan.before, plan.after)]

    def __call__(self, line: ItemLine) -> bool:
        wanted = self._wanted
        if kinds_of(line, wanted.role).isdisjoint(self._kinds):
            return False
        if wanted.role and not _cells(line, wanted.role):
            return False
        if wanted.phase and not self._is_in(line, wanted.phase):
            return False
        return not self._key or any(self._key in match_key(text) for text in _texts(line))

    def _is_in(self, line: ItemLine, phase: str) -> bool:
        """On either side: a row that left a phase is a change of it."""
        uid = line.shown.uid
        return any(phases.get(uid) == phase for phases in self._phases)


def _names(old: Side, new: Side) -> list[str]:
    """The old side's columns as they are called in the plan, all different.

    A column that was made again under its name is the same. One that goes, whose name another
    one has now, is told apart by a note.
    """
    now = dict(zip(new.keys, (role.name for role in new.grid.roles), strict=True))
    again = {name for key, name in now.items() if key not in set(old.keys)}
    taken = set(now.values())
    names = []
    for key, role in zip(old.keys, old.grid.roles, strict=True):
        free = role.name if role.name in again else _free(role.name, taken)
        name = now.get(key, free)
        taken.add(name)
        names.append(name)
    return names


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name = f"{name}（旧）"
    return name


def _as_it_was(line: RoleLine, was: Mapping[str, Role]) -> RoleLine:
    """The line with the column as the old side had it, unless that one goes."""
    if line.before is None or line.after is None:
        return line
    before = was[line.before.name]
    renamed = before.name != line.after.name
    return replace(line, before=before, act=Act.CHANGED if renamed else line.act)


def _cells(line: ItemLine, role: str) -> tuple[CellLine, ...]:
    return tuple(cell for cell in line.cells if cell.role == role)


def _texts(line: ItemLine) -> Iterator[str]:
    for item in (line.before, line.after):
        if item is not None:
            yield from (item.number, item.name, item.description)


def _phases(items: Sequence[Item]) -> dict[str, str]:
    """uid → the uid of the top row above it, or its own."""
    tops: dict[str, str] = {}
    for item, up in zip(items, parents(items), strict=True):
        tops[item.uid] = tops[items[up].uid] if up >= 0 else item.uid
    return tops
