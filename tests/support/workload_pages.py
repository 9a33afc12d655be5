"""Pages about the workload of the small project."""

from __future__ import annotations

from projects import store
from projects.models import Project
from tests.support.small_project import GRID, client_of

BASE = "/projects/small/"


def html(path: str, person: str = "viewer", status: int = 200) -> str:
    answer = client_of(person).get(path)
    assert answer.status_code == status
    return str(answer.content.decode())


def grown(project: Project) -> None:
    """Ten times the rows, all marked."""
    rows = [
        type(GRID.items[0])(f"{n:012d}", 1, str(n), f"作業{n}", "", ("◎", "○")) for n in range(60)
    ]
    store.change(
        project,
        lambda grid: type(grid)(
            title=grid.title, legend=grid.legend, roles=grid.roles, items=tuple(rows)
        ),
        by=None,
        kind=store.Kind.EDIT,
    )
