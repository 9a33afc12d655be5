"""Exclude some of the changes of a plan. Pure.

A change is named by a key: "cell:UID:ROLE", "text:UID:FIELD" (number, name or description),
"row:UID" for a row that comes or goes, with all below it, "role:NAME" for a column that comes,
goes or changes, "title:FIELD", "legend".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from projects.domain.grid import Grid, Item, Role, ancestors, parents, role_places, subtree_ends
from projects.domain.plan import Act, Plan


def without(plan: Plan, left_out: Collection[str]) -> Grid:
    """Return `plan.after` without the excluded changes.

    Keys that name nothing in the plan are passed over. A row that stays below one that goes
    keeps its heading too.
    """
    if not left_out:
        return plan.after
    found = _titles(plan, plan.after, left_out)
    found = _without_new_rows(plan, found, left_out)
    found = _cells_and_texts(plan, found, left_out)
    found = _with_old_rows(plan, found, left_out)
    return _roles(plan, found, left_out)


def _titles(plan: Plan, grid: Grid, left_out: Collection[str]) -> Grid:
    kept = {name: getattr(plan.before, name) for name in plan.titles if f"title:{name}" in left_out}
    if "legend" in left_out and {m for i in grid.items for m in i.marks if m} <= set(
        plan.before.symbols
    ):
        kept["legend"] = plan.before.legend
    return replace(grid, **kept)


def _without_new_rows(plan: Plan, grid: Grid, left_out: Collection[str]) -> Grid:
    created = {line.shown.uid for line in plan.items if line.act is Act.CREATED}
    ends = subtree_ends(grid.items)
    dropped: set[int] = set()
    for at, item in enumerate(grid.items):
        if item.uid in created and f"row:{item.uid}" in left_out:
            below = range(at, ends[at])
            dropped |= {i for i in below if grid.items[i].uid in created}
    rows = [item for at, item in enumerate(grid.items) if at not in dropped]
    return replace(grid, items=tuple(_sound(rows)))


def _cells_and_texts(plan: Plan, grid: Grid, left_out: Collection[str]) -> Grid:
    column = {role.name: at for at, role in enumerate(grid.roles)}
    changed: dict[str, Item] = {item.uid: item for item in grid.items}
    for line in plan.items:
        if line.after is None or line.after.uid not in changed:
            continue
        item = changed[line.after.uid]
        for cell in line.cells:
            if f"cell:{cell.uid}:{cell.role}" in left_out and cell.role in column:
                at = column[cell.role]
                item = replace(item, marks=(*item.marks[:at], cell.before, *item.marks[at + 1 :]))
        for name in line.fields:
            if line.before and f"text:{item.uid}:{name}" in left_out:
                text: dict[str, str] = {name: getattr(line.before, name)}
                item = replace(item, **text)  # type: ignore[arg-type]
        changed[item.uid] = item
    return replace(grid, items=tuple(changed[item.uid] for item in grid.items))


def _with_old_rows(plan: Plan, grid: Grid, left_out: Collection[str]) -> Grid:
    """Rows that were to go and stay: behind the row that stood before them, headings included."""
    here = {item.uid for item in grid.items}
    olds = plan.before.items
    ends, up = subtree_ends(olds), parents(olds)
    staying: set[int] = set()
    for at, item in enumerate(olds):
        if item.uid not in here and f"row:{item.uid}" in left_out:
            staying |= {i for i in range(at, ends[at]) if olds[i].uid not in here}
            staying |= {i for i in ancestors(up, at) if olds[i].uid not in here}
    if not staying:
        return grid
    columns = role_places((role.name for role in grid.roles), plan.before.roles)
    after: dict[str, list[Item]] = {}
    last = ""
    for at, item in enumerate(olds):
        if at in staying:
            marks = tuple("" if c is None else item.marks[c] for c in columns)
            after.setdefault(last, []).append(replace(item, marks=marks))
        elif item.uid in here:
            last = item.uid
    rows = [*after.get("", [])]
    for item in grid.items:
        rows += [item, *after.get(item.uid, [])]
    return replace(grid, items=tuple(_sound(rows)))


def _roles(plan: Plan, grid: Grid, left_out: Collection[str]) -> Grid:
    """Columns that come are dropped, that go are kept at the end, that change stay as they were."""
    olds = {item.uid: item for item in plan.before.items}
    roles: list[Role] = []
    takes: list[tuple[int | None, int | None]] = []
    by_name = {role.name: at for at, role in enumerate(grid.roles)}
    for line in plan.roles:
        shown = line.after or line.before
        if shown is None:
            continue
        left = f"role:{shown.name}" in left_out
        if line.after and not (left and line.act is Act.CREATED):
            roles.append(line.before if left and line.before else line.after)
            takes.append((by_name[line.after.name], None))
        elif left and line.before and not line.after:
            roles.append(line.before)
            takes.append((None, plan.before.roles.index(line.before)))
    if len(roles) == len(grid.roles) and roles == list(grid.roles):
        return grid

    def marks(item: Item) -> tuple[str, ...]:
        old = olds.get(item.uid)
        return tuple(
            item.marks[new]
            if new is not None
            else (old.marks[was] if old and was is not None else "")
            for new, was in takes
        )

    items = tuple(replace(item, marks=marks(item)) for item in grid.items)
    return replace(grid, roles=tuple(roles), items=items)


def _sound(rows: list[Item]) -> list[Item]:
    """The rows with levels that never go down by more than one."""
    found: list[Item] = []
    for item in rows:
        deepest = found[-1].level + 1 if found else 1
        found.append(item if item.level <= deepest else replace(item, level=deepest))
    return found
