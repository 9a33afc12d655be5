"""What a company's person has to do: the rows on which the company's roles have a mark.

The other marks of such a row are shown, since these are the partners; no other row is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q

from projects.keys import match_key
from projects.models import Assignment, LegendMark, WorkItem
from vendors.models import Contract


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the company's list.

    `path` has the headings above, from the top; `leaders` and `partners` all roles of the row
    by their marks, the company's own among them.
    """

    project: str
    number: str
    position: int
    path: tuple[str, ...]
    name: str
    description: str
    marks: tuple[str, ...]
    own: str
    leaders: tuple[str, ...]
    partners: tuple[str, ...]

    @property
    def phase(self) -> str:
        """The top heading, "" for a row without one."""
        return self.path[0] if self.path else ""


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What the person asked for; the default is everything."""

    phase: str = ""
    mark: str = ""
    words: tuple[str, ...] = ()

    def keeps(self, task: Task) -> bool:
        if self.phase and self.phase not in task.path:
            return False
        if self.mark and self.mark not in task.marks:
            return False
        text = match_key("\n".join((*task.path, task.name, task.description)))
        return all(word in text or word == match_key(task.number) for word in self.words)


def tasks_of(user: User) -> list[Task]:
    """All tasks of the person's companies in document order, in five queries."""
    contracts = list(
        Contract.objects.filter(vendor__members__user=user).values_list("project", "role")
    )
    if not contracts:
        return []
    own_roles = {role for _, role in contracts}
    projects = {project for project, _ in contracts}
    own = Assignment.objects.filter(project__in=projects, role__in=own_roles)
    items = list(
        WorkItem.objects.filter(project__in=projects, pk__in=own.values("item"))
        .select_related("project")
        .order_by("project__slug", "position")
    )
    above = _headings_above(items)
    leads = set(
        LegendMark.objects.filter(project__in=projects, leads=True).values_list("project", "symbol")
    )
    marks = _marks(items)
    return [_task(item, above, marks[item.pk], own_roles, leads) for item in items]


def _marks(items: Iterable[WorkItem]) -> dict[int, list[Assignment]]:
    found: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.filter(
        project__in={item.project_id for item in items}, item__in=[item.pk for item in items]
    )
    for mark in rows.select_related("role").order_by("role__position", "pk"):
        found[mark.item_id].append(mark)
    return found


def _headings_above(items: Iterable[WorkItem]) -> dict[int, WorkItem]:
    """Every heading above the items, by key: one query, since only headings have children."""
    projects = {item.project_id for item in items}
    headings = WorkItem.objects.filter(project__in=projects).filter(
        Q(pk__in=WorkItem.objects.filter(project__in=projects).values("parent"))
    )
    return headings.only("pk", "parent_id", "name", "project_id").in_bulk()


def _task(
    item: WorkItem,
    above: dict[int, WorkItem],
    marks: list[Assignment],
    own_roles: set[int],
    leads: set[tuple[int, str]],
) -> Task:
    own = [mark for mark in marks if mark.role_id in own_roles]
    return Task(
        project=str(item.project),
        number=item.number,
        position=item.position,
        path=_path(item, above),
        name=item.name,
        description=item.description,
        marks=tuple(dict.fromkeys(mark.symbol for mark in own)),
        own="、".join(f"{mark.symbol} {mark.role.name}" for mark in own),
        leaders=tuple(m.role.name for m in marks if (m.project_id, m.symbol) in leads),
        partners=tuple(m.role.name for m in marks if (m.project_id, m.symbol) not in leads),
    )


def _path(item: WorkItem, above: dict[int, WorkItem]) -> tuple[str, ...]:
    names = []
    parent = item.parent_id
    while parent is not None:
        names.append(above[parent].name)
        parent = above[parent].parent_id
    return tuple(names[::-1])
