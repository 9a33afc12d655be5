"""Classify what happens to the rows of a plan, in words and in document order. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from projects.domain.grid import Item, parents
from projects.domain.plan import Act, CellLine, ItemLine, Plan, cell_act


class Change(StrEnum):
    """What can happen to a row; a row that stays may have several."""

    ADDED = "added"
    REMOVED = "removed"
    MARK_ADDED = "mark_added"
    MARK_CHANGED = "mark_changed"
    MARK_REMOVED = "mark_removed"
    MOVED = "moved"
    RENUMBERED = "renumbered"
    RENAMED = "renamed"
    DESCRIBED = "described"
    UNCHANGED = "unchanged"


WORDS = {
    Change.ADDED: "行の追加",
    Change.REMOVED: "行の削除",
    Change.MARK_ADDED: "記号の追加",
    Change.MARK_CHANGED: "記号の変更",
    Change.MARK_REMOVED: "記号の削除",
    Change.MOVED: "移動",
    Change.RENUMBERED: "改番",
    Change.RENAMED: "改名",
    Change.DESCRIBED: "作業内容の変更",
    Change.UNCHANGED: "変更なし",
}

_FIELDS = {
    "number": Change.RENUMBERED,
    "name": Change.RENAMED,
    "description": Change.DESCRIBED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line to show; `context` marks a heading that only says where the others stand."""

    line: ItemLine
    context: bool = False


def changes_of(line: ItemLine) -> frozenset[Change]:
    """Return all changes of the row."""
    if line.act in (Act.CREATED, Act.REMOVED):
        return frozenset({Change.ADDED if line.act is Act.CREATED else Change.REMOVED})
    found = {_FIELDS[field] for field in line.fields} | {cell_change(cell) for cell in line.cells}
    if line.moved:
        found.add(Change.MOVED)
    return frozenset(found or {Change.UNCHANGED})


def cell_change(cell: CellLine) -> Change:
    return Change(f"mark_{cell_act(cell)}")


def counts(plan: Plan) -> Counter[Change]:
    """Count the rows with each change; of marks, the cells in rows that stay."""
    found: Counter[Change] = Counter()
    for line in plan.items:
        cells = Counter(cell_change(cell) for cell in line.cells)
        kinds = changes_of(line)
        found.update({kind: cells[kind] or 1 for kind in kinds})
    return found


def words_of(totals: Mapping[str, Mapping[str, int]]) -> str:
    """Say what a plan with these totals does, in one line."""
    rows, roles, cells = totals["items"], totals["roles"], totals["cells"]
    return (
        f"行：追加{rows['created']}、変更{rows['changed']}、"
        f"移動{rows['moved']}、削除{rows['removed']}　"
        f"記号：追加{cells['added']}、変更{cells['changed']}、削除{cells['removed']}　"
        f"列：追加{roles['created']}、変更{roles['changed'] + roles['moved']}、"
        f"削除{roles['removed']}"
    )


def in_order(plan: Plan) -> list[ItemLine]:
    """Return the lines in the order of the new document, deleted rows where they stood."""
    line_of = {line.shown.uid: line for line in plan.items}
    following: dict[str, list[ItemLine]] = {}
    last = ""
    for item in plan.before.items:
        line = line_of[item.uid]
        if line.act is Act.REMOVED:
            following.setdefault(last, []).append(line)
        else:
            last = item.uid
    found = list(following.get("", ()))
    for item in plan.after.items:
        found.append(line_of[item.uid])
        found += following.get(item.uid, [])
    return found


def chosen(lines: Iterable[ItemLine], wanted: Collection[Change]) -> list[Row]:
    """Return the rows with one of the wanted changes, and the headings above them."""
    return below_headings(lines, lambda line: not changes_of(line).isdisjoint(wanted))


def below_headings(lines: Iterable[ItemLine], keeps: Callable[[ItemLine], bool]) -> list[Row]:
    """Return the rows to keep, and the headings above them."""
    found: list[Row] = []
    above: list[ItemLine] = []
    for line in lines:
        level = line.shown.level
        while above and above[-1].shown.level >= level:
            above.pop()
        if keeps(line):
            found += [Row(heading, context=True) for heading in above]
            above = []
            found.append(Row(line))
        else:
            above.append(line)
    return found


def columns_of(plan: Plan) -> list[tuple[str, Act]]:
    """Return the role columns to show: the new ones, then the deleted ones."""
    names = [(line.after or line.before, line.act) for line in plan.roles]
    return [(role.name, act) for role, act in names if role is not None]


def headings(items: Sequence[Item]) -> dict[str, Item]:
    """Return the row above each row in the tree, by uid; top rows have none."""
    above = zip(items, parents(items), strict=True)
    return {item.uid: items[up] for item, up in above if up >= 0}
