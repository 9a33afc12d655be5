"""A project larger than any real one."""

from __future__ import annotations

from projects import store
from projects.domain.grid import Grid, Item, Role, new_uid
from projects.domain.plan import diff
from projects.models import Project


def large_project(*, rows: int, width: int) -> Project:
    """A tree of tasks with ◎ in the last column and ○ in the first."""
    marks = ("○", *[""] * (width - 2), "◎")
    head = Item(new_uid(), 1, "1", "工程", "", ("",) * width)
    tasks = (Item(new_uid(), 2, str(n), f"作業{n}", "", marks) for n in range(2, rows + 1))
    project = store.create(slug="large", title="大きな表", by=None)
    roles = tuple(Role(f"業者{n}") for n in range(1, width + 1))
    grid = Grid(title="大きな表", roles=roles, items=(head, *tasks))
    plan = diff(store.load(project), grid)
    store.apply(plan, project=project, by=None, kind=store.Kind.IMPORT)
    return project
