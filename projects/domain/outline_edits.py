"""Edit the outline: insert, delete and move rows, each with all below it. Pure.

Rows are named by uid. KeyError when one is not there, OutlineError in words when it cannot be done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum

from projects.domain.grid import Grid, Item, index_of, subtree_ends


class OutlineError(ValueError):
    """An edit that the outline does not allow, in words."""


class Where(StrEnum):
    """A place relative to a row."""

    ABOVE = "above"
    BELOW = "below"
    CHILD = "child"


class Way(StrEnum):
    """One step of a row in the outline."""

    UP = "up"
    DOWN = "down"
    INDENT = "indent"
    OUTDENT = "outdent"


def inserted(grid: Grid, item: Item, anchor: str | None, where: Where) -> Grid:
    """Insert a row above, behind or at the end below another; alone without one."""
    blank = replace(item, marks=("",) * len(grid.roles))
    if anchor is None:
        return replace(grid, items=(*grid.items, replace(blank, level=1)))
    return replace(grid, items=_put(grid.items, (blank,), anchor, where))


def removed(grid: Grid, uids: Sequence[str]) -> Grid:
    """Delete the rows and all below them."""
    return _without(grid, roots(grid, uids))[1]


def moved(grid: Grid, uids: Sequence[str], anchor: str, where: Where) -> Grid:
    """Move the rows, in their order, above, behind or at the end below another."""
    branches, grid = _without(grid, roots(grid, uids))
    block = [
        replace(item, level=item.level - branch[0].level + 1)
        for branch in branches
        for item in branch
    ]
    if any(item.uid == anchor for item in block):
        raise OutlineError("自分自身または自分の下位の項目には移動できません。")
    return replace(grid, items=_put(grid.items, block, anchor, where))


def stepped(grid: Grid, uids: Sequence[str], way: Way) -> Grid:
    """Move each row one step up, down, in or out."""
    order = roots(grid, uids)
    for uid in order if way in (Way.UP, Way.INDENT) else reversed(order):
        grid = _STEPS[way](grid, uid)
    return grid


def roots(grid: Grid, uids: Sequence[str]) -> list[str]:
    """Return the named rows in document order, without those below another of them."""
    ends = subtree_ends(grid.items)
    at = {item.uid: index for index, item in enumerate(grid.items)}
    found: list[str] = []
    behind = 0
    for index in sorted({at[uid] for uid in uids}):
        if index >= behind:
            found.append(grid.items[index].uid)
            behind = ends[index]
    return found


def _without(grid: Grid, tops: Sequence[str]) -> tuple[list[tuple[Item, ...]], Grid]:
    """The subtrees of rows of which none stands below another, and the grid without them."""
    ends = subtree_ends(grid.items)
    wanted = set(tops)
    spans = [(i, ends[i]) for i, item in enumerate(grid.items) if item.uid in wanted]
    gone = {index for start, end in spans for index in range(start, end)}
    rest = tuple(item for index, item in enumerate(grid.items) if index not in gone)
    return [grid.items[start:end] for start, end in spans], replace(grid, items=rest)


def _span(grid: Grid, uid: str) -> tuple[int, int]:
    index = index_of(grid, uid)
    return index, subtree_ends(grid.items)[index]


def _put(
    items: Sequence[Item], block: Sequence[Item], anchor: str, where: Where
) -> tuple[Item, ...]:
    """The rows with a block whose top rows have level 1, shifted to where it goes."""
    grid = Grid(items=tuple(items))
    start, end = _span(grid, anchor)
    level = items[start].level + (where is Where.CHILD)
    top = block[0].level
    at = start if where is Where.ABOVE else end
    shifted = (replace(item, level=item.level - top + level) for item in block)
    return (*items[:at], *shifted, *items[at:])


def _up(grid: Grid, uid: str) -> Grid:
    above = _sibling_above(grid, uid)
    if above is None:
        raise OutlineError("同じ階層でこれより上には移動できません。")
    return moved(grid, [uid], above, Where.ABOVE)


def _down(grid: Grid, uid: str) -> Grid:
    start, end = _span(grid, uid)
    if end >= len(grid.items) or grid.items[end].level != grid.items[start].level:
        raise OutlineError("同じ階層でこれより下には移動できません。")
    return moved(grid, [uid], grid.items[end].uid, Where.BELOW)


def _indent(grid: Grid, uid: str) -> Grid:
    above = _sibling_above(grid, uid)
    if above is None:
        raise OutlineError("直前に同じ階層の項目がないため、階層を下げられません。")
    return moved(grid, [uid], above, Where.CHILD)


def _outdent(grid: Grid, uid: str) -> Grid:
    start, _ = _span(grid, uid)
    level = grid.items[start].level
    above = next((i for i in range(start - 1, -1, -1) if grid.items[i].level < level), None)
    if above is None:
        raise OutlineError("最上位の項目のため、階層を上げられません。")
    return moved(grid, [uid], grid.items[above].uid, Where.BELOW)


def _sibling_above(grid: Grid, uid: str) -> str | None:
    start, _ = _span(grid, uid)
    level = grid.items[start].level
    for item in reversed(grid.items[:start]):
        if item.level <= level:
            return item.uid if item.level == level else None
    return None


_STEPS: dict[Way, Callable[[Grid, str], Grid]] = {
    Way.UP: _up,
    Way.DOWN: _down,
    Way.INDENT: _indent,
    Way.OUTDENT: _outdent,
}
