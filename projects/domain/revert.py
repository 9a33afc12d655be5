"""Revert one earlier change of a grid. Pure.

Given the grid now, and before and after the change, everything the change did is undone where it
still stands as the change left it. Where something later touched it, that is an obstacle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from projects.domain.grid import TEXTS, Grid, Item, parents
from projects.domain.plan import Act, CellLine, ItemLine, Plan, diff


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that a later change touched: a row, one of its texts or marks, or the frame.

    `role` is set for a mark, `uid` for everything of a row.
    """

    what: str
    uid: str = ""
    role: str = ""


def reverted(
    now: Grid, before: Grid, after: Grid, *, numbers: bool, renamed: Mapping[str, str] | None = None
) -> tuple[Grid, tuple[Obstacle, ...]]:
    """Revert in `now` what led from `before` to `after`; return the grid and the obstacles.

    `numbers` says whether 項番 are kept as given; otherwise they follow and count for nothing.
    `renamed` holds old → new names of columns. With obstacles the grid is as far as it went.
    """
    back = {new: old for old, new in (renamed or {}).items()}
    work = _Work(now, diff(after, before, renamed=back), numbers)
    work.frame()
    work.columns()
    work.texts_and_marks()
    work.structure()
    return work.grid, tuple(work.obstacles)


class _Work:
    def __init__(self, now: Grid, back: Plan, numbers: bool) -> None:
        self.grid, self.back, self.numbers = now, back, numbers
        self.obstacles: list[Obstacle] = []

    def frame(self) -> None:
        """Revert titles and legend."""
        back = self.back
        for name in back.titles:
            if getattr(self.grid, name) != getattr(back.before, name):
                self.obstacles.append(Obstacle("表の標題など"))
            self.grid = replace(self.grid, **{name: getattr(back.after, name)})
        if back.legend:
            if self.grid.legend != back.before.legend:
                self.obstacles.append(Obstacle("凡例"))
            self.grid = replace(self.grid, legend=back.after.legend)

    def columns(self) -> None:
        """Return the roles with the marks of every row in their order; new columns are blank."""
        if all(line.act is Act.UNCHANGED for line in self.back.roles):
            return
        if self.grid.roles != self.back.before.roles:
            self.obstacles.append(Obstacle("関連業者の列"))
            return
        at = {role.name: place for place, role in enumerate(self.grid.roles)}
        self._check_going_columns()
        places = [
            at.get(line.before.name) if line.before else None
            for line in self.back.roles
            if line.after
        ]
        self.grid = replace(
            self.grid,
            roles=self.back.after.roles,
            items=tuple(
                replace(
                    item,
                    marks=tuple("" if p is None else item.marks[p] for p in places),
                )
                for item in self.grid.items
            ),
        )

    def _check_going_columns(self) -> None:
        """Marks that came later into a column that goes."""
        going = {line.before.name for line in self.back.roles if line.before and not line.after}
        was = {item.uid: item.marks for item in self.back.before.items}
        for item in self.grid.items:
            then = was.get(item.uid, ("",) * len(item.marks))
            for role, mark, old in zip(self.grid.roles, item.marks, then, strict=True):
                if role.name in going and mark not in ("", old):
                    self._stop(item, f"の「{role.name}」の記号", role.name)

    def _known_marks(self) -> set[str]:
        return {"", *self.grid.symbols}

    def texts_and_marks(self) -> None:
        """Revert rows that exist before and after the change."""
        lines = {
            line.after.uid: line
            for line in self.back.items
            if line.before and line.after and (line.fields or line.cells)
        }
        columns = {role.name: place for place, role in enumerate(self.grid.roles)}
        items = []
        for item in self.grid.items:
            line = lines.pop(item.uid, None)
            items.append(item if line is None else self._row(item, line, columns))
        self.grid = replace(self.grid, items=tuple(items))
        for line in lines.values():
            self._stop(line.shown, "は削除されています")

    def _row(self, item: Item, line: ItemLine, columns: Mapping[str, int]) -> Item:
        for field in line.fields:
            if field == "number" and not self.numbers:
                continue
            was, wanted = getattr(line.before, field), getattr(line.after, field)
            if getattr(item, field) not in (was, wanted):
                self._stop(item, f"の{TEXTS[field]}")
            item = replace(item, **{field: wanted})
        marks = list(item.marks)
        for cell in line.cells:
            self._mark(item, cell, marks, columns.get(cell.role))
        return replace(item, marks=tuple(marks))

    def _mark(self, item: Item, cell: CellLine, marks: list[str], place: int | None) -> None:
        if place is None:
            if cell.role not in self._leaving():
                self._stop(item, f"の「{cell.role}」の列", cell.role)
            return
        fresh = cell.before and not marks[place] and cell.role in self._returning()
        if marks[place] not in (cell.before, cell.after) and not fresh:
            self._stop(item, f"の「{cell.role}」の記号", cell.role)
        if cell.after not in self._known_marks():
            self._stop(item, f"の記号「{cell.after}」は凡例にありません", cell.role)
        marks[place] = cell.after

    def _leaving(self) -> set[str]:
        return {line.before.name for line in self.back.roles if line.before and not line.after}

    def _returning(self) -> set[str]:
        return {line.after.name for line in self.back.roles if line.after and not line.before}

    def structure(self) -> None:
        """Restore, delete or move back rows, each with all below it."""
        lines = self.back.items
        going = {line.shown.uid: line for line in lines if line.act is Act.REMOVED}
        placed = {line.shown.uid: line for line in lines if line.moved or line.act is Act.CREATED}
        if going or placed:
            tree = _Tree(self.grid)
            self._check_places(tree, {*going, *(uid for uid in placed if placed[uid].moved)})
            self._place(tree, placed)
            self._remove(tree, going)
            self.grid = replace(self.grid, items=tree.items())

    def _check_places(self, tree: _Tree, uids: set[str]) -> None:
        """Rows that stand elsewhere than the change left them, or among others in another order."""
        then = _Tree(self.back.before)
        for uid in uids & tree.rows.keys():
            parent = then.parent[uid]
            if tree.parent[uid] != parent:
                self._stop(tree.rows[uid], "は別の場所に移動されています")
            elif _order(tree.children[parent], uid, then.children[parent]) != _order(
                then.children[parent], uid, tree.children[parent]
            ):
                self._stop(tree.rows[uid], "は並べ替えられています")

    def _remove(self, tree: _Tree, going: Mapping[str, ItemLine]) -> None:
        for uid, line in going.items():
            item = tree.rows.get(uid)
            if item is None:
                continue
            was = line.shown
            same = (item.name, item.description) == (was.name, was.description)
            used = any(child not in going for child in tree.children[uid])
            if not same or used or self._marked_since(item, was):
                self._stop(item, "")
                return
        for uid in going:
            if uid in tree.rows:
                tree.detach(uid)

    def _marked_since(self, item: Item, was: Item) -> bool:
        then = dict(zip((role.name for role in self.back.before.roles), was.marks, strict=True))
        now = zip(self.grid.roles, item.marks, strict=True)
        return any(mark != then.get(role.name, "") for role, mark in now)

    def _place(self, tree: _Tree, placed: Mapping[str, ItemLine]) -> None:
        """In the order of the grid before, so that parents stand before their children."""
        wanted = _Tree(self.back.after)
        for item in self.back.after.items:
            line = placed.get(item.uid)
            if line is None:
                continue
            parent = wanted.parent[item.uid]
            there = item.uid in tree.rows
            if line.moved and not there:
                self._stop(item, "は削除されています")
            elif there and not line.moved:
                self._stop(item, "は既に戻されています")
            elif parent and (parent not in tree.rows or tree.is_below(parent, item.uid)):
                self._stop(item, "の上位の項目")
            else:
                siblings = wanted.children[parent]
                before = siblings[: siblings.index(item.uid)]
                row = tree.rows[item.uid] if there else self._returned(item)
                tree.put(row, parent, before)

    def _returned(self, item: Item) -> Item:
        """A row that comes back, its marks in the columns of today."""
        names = (role.name for role in self.back.after.roles)
        then = {name: mark for name, mark in zip(names, item.marks, strict=True) if mark}
        marks = tuple(then.pop(role.name, "") for role in self.grid.roles)
        for name in then:
            self._stop(item, f"の「{name}」の列", name)
        for mark in {*marks} - self._known_marks():
            self._stop(item, f"の記号「{mark}」は凡例にありません")
        return replace(item, marks=marks)

    def _stop(self, item: Item, what: str, role: str = "") -> None:
        where = f"項番{item.number}「{item.name}」{what}"
        self.obstacles.append(Obstacle(where, item.uid, role))


def _order(siblings: Sequence[str], uid: str, others: Sequence[str]) -> tuple[set[str], set[str]]:
    """Which of the others stand before and behind a row."""
    at = siblings.index(uid)
    known = set(others)
    return known & set(siblings[:at]), known & set(siblings[at + 1 :])


class _Tree:
    """Rows by parent, so that subtrees move as one. The parent of a top row is ""."""

    def __init__(self, grid: Grid) -> None:
        self.rows = {item.uid: item for item in grid.items}
        self.parent: dict[str, str] = {}
        self.children: dict[str, list[str]] = {"": [], **{uid: [] for uid in self.rows}}
        up = parents(grid.items)
        for index, item in enumerate(grid.items):
            above = grid.items[up[index]].uid if up[index] >= 0 else ""
            self.parent[item.uid] = above
            self.children[above].append(item.uid)

    def detach(self, uid: str) -> None:
        """Take a row out; what stands below it stays below it."""
        self.children[self.parent.pop(uid)].remove(uid)
        del self.rows[uid]

    def put(self, item: Item, parent: str, before: list[str]) -> None:
        """Place a row below a parent, behind the nearest of `before` that stands there."""
        if item.uid in self.parent:
            self.detach(item.uid)
        siblings = self.children[parent]
        place = max((siblings.index(uid) + 1 for uid in before if uid in siblings), default=0)
        siblings.insert(place, item.uid)
        self.parent[item.uid] = parent
        self.rows[item.uid] = item
        self.children.setdefault(item.uid, [])

    def is_below(self, uid: str, above: str) -> bool:
        while uid:
            if uid == above:
                return True
            uid = self.parent[uid]
        return False

    def items(self) -> tuple[Item, ...]:
        found: list[Item] = []
        waiting = [(uid, 1) for uid in reversed(self.children[""])]
        while waiting:
            uid, level = waiting.pop()
            found.append(replace(self.rows[uid], level=level))
            waiting += [(child, level + 1) for child in reversed(self.children[uid])]
        return tuple(found)
