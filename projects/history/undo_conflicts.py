"""Who changed since what an undo would take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projects.domain.revert import Obstacle
from projects.history.change_sets import Act, LogFilter, acts_of, described
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Later:
    """Something that stands in the way, and the latest change of it, None when it is not known."""

    what: str
    act: Act | None


def later_changes(project: Project, number: int, obstacles: Sequence[Obstacle]) -> list[Later]:
    """The latest change after that number of each thing in the way."""
    found = []
    for obstacle in obstacles:
        acts = acts_of(project, LogFilter(item=obstacle.uid, role=obstacle.role))
        latest = described(list(acts.filter(number__gt=number)[:1]))
        found.append(Later(obstacle.what, latest[0] if latest else None))
    return found
