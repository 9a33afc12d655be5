"""Build the page of one role: its tasks, and since when and why it has each mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projects import store
from projects.domain.role_tasks import Duty, Part, Phase, part_of
from projects.history import row_history
from projects.history.row_history import Standing
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Section:
    """The role's tasks in one フェーズ, each with its last change; None where none was kept."""

    phase: Phase
    lines: Sequence[tuple[Duty, Standing | None]]


@dataclass(frozen=True, slots=True)
class RolePage:
    """All that the page shows."""

    part: Part
    sections: Sequence[Section]


def role_page(project: Project, place: int, key: int) -> RolePage:
    """The page of the column at that place, from 0, whose primary key is `key`."""
    part = part_of(store.load(project), place)
    since = row_history.standing_below(project, key)
    sections = [
        Section(phase, [(duty, since.get(duty.item.uid)) for duty in phase.duties])
        for phase in part.phases
    ]
    return RolePage(part, sections)
