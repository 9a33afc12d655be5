"""Record a company's answers to its tasks: seen, or with a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from raci.access import name_of
from vendors.access.seats import Desk
from vendors.models import Confirmation
from vendors.tasks.task import Task, Work


class UnknownTaskError(LookupError):
    """None of the submitted keys names a task of the desk."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The submitted tasks with the 版 that the person saw; `lost` counts unknown keys."""

    tasks: tuple[tuple[Task, int], ...]
    lost: int


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """The outcome of `record_answers`.

    `done` are the recorded tasks, `overtaken` those that a newer 版 has changed.
    """

    done: tuple[Task, ...]
    overtaken: tuple[Task, ...]


def chosen(work: Work, keys: Iterable[str]) -> Chosen:
    """Return the tasks that the submitted keys name.

    A newer 版 may have taken some away: these are counted, not named. Raises UnknownTaskError when
    no key names a task of the desk.
    """
    tasks = {task.key.rpartition(":")[0]: task for task in work.tasks}
    found, lost = [], 0
    for key in dict.fromkeys(keys):
        name, _, edition = key.rpartition(":")
        if name in tasks and edition.isascii() and edition.isdecimal():
            found.append((tasks[name], int(edition[:9])))
        else:
            lost += 1
    if lost and not found:
        raise UnknownTaskError
    return Chosen(tuple(found), lost)


def record_answers(
    desk: Desk, tasks: Sequence[tuple[Task, int]], state: Confirmation.State
) -> AnswerOutcome:
    """Record state, 版 and person for tasks that have not changed since they were seen."""
    done = tuple(task for task, seen in tasks if task.changed_in <= seen)
    Confirmation.objects.bulk_create(
        [Confirmation(**stamp(desk, task), state=state) for task in done],
        update_conflicts=True,
        unique_fields=["project", "vendor", "uid"],
        update_fields=["edition_number", "state", "person", "person_name", "at"],
    )
    return AnswerOutcome(done, tuple(task for task, seen in tasks if task.changed_in > seen))


def stamp(desk: Desk, task: Task) -> dict[str, Any]:
    """Return the fields of `models.work.TaskRecord` for a record of this person now."""
    return {
        "project_id": task.seat.project_id,
        "vendor_id": task.seat.vendor_id,
        "uid": task.line.uid,
        "edition_number": task.edition.number,
        "person": desk.person,
        "person_name": name_of(desk.person),
        "at": timezone.now(),
    }
