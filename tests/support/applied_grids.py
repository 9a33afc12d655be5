"""Make a project's matrix equal to a grid."""

from __future__ import annotations

from projects import store
from projects.domain.grid import Grid
from projects.domain.plan import diff
from projects.models import Project


def become(project: Project, wanted: Grid) -> None:
    """Applies the difference between what is there and what is wanted."""
    plan = diff(store.load(project), wanted)
    store.apply(plan, project=project, by=None, kind=store.Kind.IMPORT)
