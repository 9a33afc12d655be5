"""Compute the Plan that leads from one grid to another, each line named. Pure.

`matched` first gives the rows of a grid from elsewhere the identities they already have;
`diff` then compares by identity alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from projects.domain.grid import Grid, Item, Mark, Role, ancestors, parents
from projects.domain.row_alignment import Key, align, increasing
from projects.domain.text.match_key import match_key

TITLE_FIELDS = ("title", "document_number", "issuer", "date")


class Act(StrEnum):
    """What happens to a row or a column. A row that changes and moves counts as changed."""

    CREATED = "created"
    CHANGED = "changed"
    MOVED = "moved"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class CellLine:
    """One mark that changes: old → new, blank as the empty string."""

    uid: str
    role: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One row's fate. `fields` names the texts that change; `cells` the marks that do."""

    act: Act
    before: Item | None
    after: Item | None
    fields: tuple[str, ...] = ()
    cells: tuple[CellLine, ...] = ()
    moved: bool = False

    @property
    def shown(self) -> Item:
        """Return the row to show: the new one, or the old one when it is deleted."""
        row = self.after or self.before
        assert row is not None, "a line has at least one side"
        return row


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One column's fate."""

    act: Act
    before: Role | None
    after: Role | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that leads from `before` to `after`; `items` covers every row of both."""

    before: Grid
    after: Grid
    items: tuple[ItemLine, ...]
    roles: tuple[RoleLine, ...]
    titles: tuple[str, ...]
    legend: tuple[tuple[Mark | None, Mark | None], ...]

    @property
    def is_empty(self) -> bool:
        acts = {line.act for line in self.items} | {line.act for line in self.roles}
        return not (acts - {Act.UNCHANGED} or self.titles or self.legend)

    @property
    def cells(self) -> tuple[CellLine, ...]:
        return tuple(cell for line in self.items for cell in line.cells)

    def totals(self) -> dict[str, dict[str, int]]:
        """Count the acts.

        {"items": {act: n}, "roles": {act: n}, "cells": {"added", "changed", "removed"}}
        """
        items = Counter(line.act for line in self.items)
        roles = Counter(line.act for line in self.roles)
        cells = Counter(cell_act(cell) for cell in self.cells)
        return {
            "items": {act.value: items[act] for act in Act},
            "roles": {act.value: roles[act] for act in Act},
            "cells": {name: cells[name] for name in ("added", "changed", "removed")},
        }


def matched(current: Grid, wanted: Grid, *, pinned: Mapping[str, str] | None = None) -> Grid:
    """Give `wanted` the identities of `current`: uids of rows and names of roles.

    Rows that share a uid keep it; the others are aligned by number, name and place. A role
    whose name is an alias of a current one becomes that one; missing role details are kept.
    `pinned` holds wanted uids that a person matched: to a current one, or to "" for none.
    """
    known = {item.uid for item in current.items}
    wanted, fresh = _with_pins(wanted, known, pinned or {})
    present = {item.uid for item in wanted.items} & known
    olds = [i for i, item in enumerate(current.items) if item.uid not in present]
    sure = known | fresh
    news = [i for i, item in enumerate(wanted.items) if item.uid not in sure]
    old_keys, new_keys = _keys(current.items), _keys(wanted.items)
    pairs = align([old_keys[i] for i in olds], [new_keys[i] for i in news])
    uid_of = {news[n]: current.items[olds[o]].uid for n, o in pairs.items()}
    items = tuple(
        replace(item, uid=uid_of[i]) if i in uid_of else item for i, item in enumerate(wanted.items)
    )
    return replace(wanted, roles=_matched_roles(current.roles, wanted.roles), items=items)


def diff(before: Grid, after: Grid, *, renamed: Mapping[str, str] | None = None) -> Plan:
    """Return the plan from one grid to another. Rows are matched by uid, roles by name.

    `renamed` holds old → new names of columns that are the same; the marks of such a column do
    not change by it, and they are named by the new name.
    """
    new_names = renamed or {}
    known = replace(
        before,
        roles=tuple(replace(r, name=new_names.get(r.name, r.name)) for r in before.roles),
    )
    return Plan(
        before=before,
        after=after,
        items=tuple(_item_lines(known if renamed else before, after)),
        roles=tuple(_role_lines(before.roles, after.roles, new_names)),
        titles=tuple(n for n in TITLE_FIELDS if getattr(before, n) != getattr(after, n)),
        legend=tuple(_legend_lines(before.legend, after.legend)),
    )


def _with_pins(
    wanted: Grid, known: set[str], pinned: Mapping[str, str]
) -> tuple[Grid, frozenset[str]]:
    """The grid with the pinned identities, and the uids that are new rows for sure."""
    uids = {new: old for new, old in pinned.items() if old in known}
    if len(set(uids.values())) < len(uids) or known & {i.uid for i in wanted.items} & set(
        uids.values()
    ):
        uids = {}
    fresh = frozenset(new for new, old in pinned.items() if not old)
    if not uids:
        return wanted, fresh
    items = tuple(replace(i, uid=uids[i.uid]) if i.uid in uids else i for i in wanted.items)
    return replace(wanted, items=items), fresh


def _keys(items: Sequence[Item]) -> list[Key]:
    up = parents(items)
    names = [match_key(item.name) for item in items]
    return [
        Key(item.number, names[i], tuple(names[a] for a in ancestors(up, i)))
        for i, item in enumerate(items)
    ]


def _matched_roles(current: Sequence[Role], wanted: Sequence[Role]) -> tuple[Role, ...]:
    exact = {role.name: role for role in current}
    by_name = {match_key(role.name): role for role in current}
    by_alias = {match_key(alias): role for role in current for alias in role.aliases}
    found = []
    for role in wanted:
        key = match_key(role.name)
        known = exact.get(role.name) or by_name.get(key) or by_alias.get(key)
        found.append(_filled(role, known) if known else role)
    return tuple(found)


def _filled(role: Role, known: Role) -> Role:
    """The wanted role under its known name; a bare column header keeps what is known."""
    if role == Role(role.name):
        return known
    return replace(role, name=known.name)


def _item_lines(before: Grid, after: Grid) -> list[ItemLine]:
    old_at = {item.uid: index for index, item in enumerate(before.items)}
    kept = {item.uid for item in after.items} & old_at.keys()
    moved = _moved(before.items, after.items, old_at)
    columns = _columns(before.roles, after.roles)
    lines = [
        _kept_line(before, old_at[item.uid], after, item, item.uid in moved, columns)
        if item.uid in kept
        else ItemLine(Act.CREATED, None, item, cells=_cell_lines(None, item, columns))
        for item in after.items
    ]
    removed = (item for item in before.items if item.uid not in kept)
    return lines + [
        ItemLine(Act.REMOVED, item, None, cells=_cell_lines(item, None, columns))
        for item in removed
    ]


def _columns(old: Sequence[Role], new: Sequence[Role]) -> list[tuple[str, int, int]]:
    """(role name, index before, index after) for every role of either side, −1 for none."""
    at_old = {role.name: i for i, role in enumerate(old)}
    at_new = {role.name: i for i, role in enumerate(new)}
    return [(name, at_old.get(name, -1), at_new.get(name, -1)) for name in {**at_new, **at_old}]


def _kept_line(
    before: Grid,
    old_index: int,
    after: Grid,
    item: Item,
    moved: bool,
    columns: Sequence[tuple[str, int, int]],
) -> ItemLine:
    old = before.items[old_index]
    if not moved and old == item and before.roles == after.roles:
        return ItemLine(Act.UNCHANGED, old, item)
    fields = tuple(
        name
        for name in ("number", "name", "description")
        if getattr(old, name) != getattr(item, name)
    )
    cells = _cell_lines(old, item, columns)
    act = Act.CHANGED if fields or cells else Act.MOVED if moved else Act.UNCHANGED
    return ItemLine(act, old, item, fields, cells, moved)


def _cell_lines(
    old: Item | None, new: Item | None, columns: Sequence[tuple[str, int, int]]
) -> tuple[CellLine, ...]:
    uid = (new or old or _NOBODY).uid
    olds = (*old.marks, "") if old else ()
    news = (*new.marks, "") if new else ()
    found = []
    for name, was, will in columns:
        before = olds[was] if olds else ""
        after = news[will] if news else ""
        if before != after:
            found.append(CellLine(uid, name, before, after))
    return tuple(found)


_NOBODY = Item("", 1, "", "")


def _moved(old: Sequence[Item], new: Sequence[Item], old_at: Mapping[str, int]) -> set[str]:
    """Rows with another parent, or out of the order that most rows keep."""
    common = [item.uid for item in new if item.uid in old_at]
    steady = increasing([old_at[uid] for uid in common])
    shuffled = {uid for position, uid in enumerate(common) if position not in steady}
    old_parent, new_parent = _parent_uids(old), _parent_uids(new)
    return shuffled | {uid for uid in common if old_parent[uid] != new_parent[uid]}


def _parent_uids(items: Sequence[Item]) -> dict[str, str]:
    up = parents(items)
    return {item.uid: items[up[i]].uid if up[i] >= 0 else "" for i, item in enumerate(items)}


def _role_lines(
    old: Sequence[Role], new: Sequence[Role], new_names: Mapping[str, str]
) -> list[RoleLine]:
    was = {new_names.get(role.name, role.name): (index, role) for index, role in enumerate(old)}
    names = {role.name for role in new}
    steady = increasing([was[role.name][0] for role in new if role.name in was])
    lines, position = [], 0
    for role in new:
        if role.name not in was:
            lines.append(RoleLine(Act.CREATED, None, role))
            continue
        before = was[role.name][1]
        moved = position not in steady
        act = Act.CHANGED if before != role else Act.MOVED if moved else Act.UNCHANGED
        lines.append(RoleLine(act, before, role))
        position += 1
    gone = (role for name, (_, role) in was.items() if name not in names)
    return lines + [RoleLine(Act.REMOVED, role, None) for role in gone]


def _legend_lines(
    old: Sequence[Mark], new: Sequence[Mark]
) -> list[tuple[Mark | None, Mark | None]]:
    if tuple(old) == tuple(new):
        return []
    was = {mark.symbol: mark for mark in old}
    will = {mark.symbol: mark for mark in new}
    return [(was.get(symbol), will.get(symbol)) for symbol in {**was, **will}]


def cell_act(cell: CellLine) -> str:
    """Return one of added, changed and removed."""
    if not cell.before:
        return "added"
    return "changed" if cell.after else "removed"
