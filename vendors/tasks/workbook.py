"""Export a company's tasks to Excel: the layout of 別紙10, cut down to the company's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from itertools import groupby, pairwise

from projects.domain.grid import Grid, Item, Mark, Role
from projects.excel import workbook
from projects.excel.workbook import Column, Part
from vendors.tasks.task import STATES, Task

TITLE = "担当作業一覧"
NOTHING = "該当する作業はありません。"


def sheets(tasks: Sequence[Task]) -> bytes:
    """Return an Excel file with a sheet per company and project, with changes and answers."""
    groups = groupby(tasks, key=lambda task: (task.seat.vendor_uid, task.seat.slug))
    parts = [_part(list(group)) for _, group in groups]
    return workbook.parts(TITLE, parts or [Part(TITLE, Grid(title=f"{TITLE}（{NOTHING}）"))])


def _part(tasks: list[Task]) -> Part:
    seat, edition = tasks[0].seat, tasks[0].edition
    names = _roles(tasks)
    head = {**edition.head, "title": f"{edition.head['title']}　{seat.vendor}　{edition.title}"}
    grid = Grid(
        **head,
        legend=tuple(Mark(*mark) for mark in edition.legend),
        roles=tuple(Role(name) for name in names.values()),
        items=tuple(_items(tasks, list(names))),
    )
    more = (
        Column("自社の分担", 20.0, {task.line.uid: task.own for task in tasks}),
        Column("前の版からの変更", 30.0, {task.line.uid: changes_text(task) for task in tasks}),
        Column("確認", 16.0, {task.line.uid: state_text(task) for task in tasks}),
    )
    return Part(seat.vendor, grid, more)


def changes_text(task: Task) -> str:
    """Return what the 版 changed in the task, one change per line."""
    if task.is_new:
        return "新規"
    return "\n".join(
        f"{c.what}: {c.before or '（なし）'} → {c.after or '（なし）'}" for c in task.changes
    )


def state_text(task: Task) -> str:
    """Return the state, who recorded it on which 版, and the state of the thread."""
    stamp = task.stamp
    signature = f"第{stamp.edition}版 {stamp.person}" if stamp else ""
    return "\n".join(filter(None, (STATES[task.state], signature, task.question_label)))


def _roles(tasks: Iterable[Task]) -> dict[int, str]:
    """Return the columns of the rows in an order that agrees with that of each row."""
    names: dict[int, str] = {}
    order: TopologicalSorter[int] = TopologicalSorter()
    for task in tasks:
        line = task.line
        names.update(zip(line.role_ids, line.role_names, strict=True))
        for role in line.role_ids:
            order.add(role)
        for left, right in pairwise(line.role_ids):
            order.add(right, left)
    return {role: names[role] for role in _sorted(order)}


def _sorted(order: TopologicalSorter[int]) -> Iterator[int]:
    """Sort topologically; where the rows leave the order open, the lower id comes first."""
    order.prepare()
    ready: list[int] = []
    while order.is_active():
        for role in order.get_ready():
            heappush(ready, role)
        first = heappop(ready)
        order.done(first)
        yield first


def _items(tasks: Iterable[Task], roles: Sequence[int]) -> Iterator[Item]:
    """Yield the rows with the headings above them, each heading once and without marks."""
    written: set[str] = set()
    for task in tasks:
        line = task.line
        path = zip(line.path_uids, line.path_numbers, line.path_names, strict=True)
        for level, (uid, number, name) in enumerate(path, 1):
            if uid not in written:
                written.add(uid)
                yield Item(uid, level, number, name, marks=("",) * len(roles))
        written.add(line.uid)
        marks = dict(zip(line.role_ids, line.symbols, strict=True))
        row = tuple(marks.get(role, "") for role in roles)
        yield Item(line.uid, line.level, line.number, line.name, line.description, row)
