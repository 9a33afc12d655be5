"""A company says of its tasks that it has seen them, or that it has a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from raci.access import name_of
from vendors.models import Confirmation
from vendors.scope import Desk
from vendors.tasks import Task, Work


class Unknown(LookupError):
    """A named task is none of the desk's."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of it: the tasks that were stamped, and those that a newer 版 has changed."""

    done: tuple[Task, ...]
    overtaken: tuple[Task, ...]


def chosen(work: Work, keys: Iterable[str]) -> list[tuple[Task, int]]:
    """The tasks that the keys of a form name, each with the 版 that the person looked at.

    Raises Unknown, for all at once: what is not theirs is like what does not exist.
    """
    tasks = {task.key.rpartition(":")[0]: task for task in work.tasks}
    found = []
    for key in dict.fromkeys(keys):
        name, _, edition = key.rpartition(":")
        if name not in tasks or not (edition.isascii() and edition.isdecimal()):
            raise Unknown(key)
        found.append((tasks[name], int(edition[:9])))
    return found


def say(desk: Desk, tasks: Sequence[tuple[Task, int]], state: Confirmation.State) -> Said:
    """Stamps the tasks with state, 版 and person; not those that changed since they were seen."""
    done = tuple(task for task, seen in tasks if task.changed_in <= seen)
    Confirmation.objects.bulk_create(
        [Confirmation(**stamp(desk, task), state=state) for task in done],
        update_conflicts=True,
        unique_fields=["project", "vendor", "uid"],
        update_fields=["edition_number", "state", "person", "person_name", "at"],
    )
    return Said(done, tuple(task for task, seen in tasks if task.changed_in > seen))


def stamp(desk: Desk, task: Task) -> dict[str, Any]:
    """The fields of `models.work.Said`: who says something about the task now."""
    return {
        "project_id": task.seat.project_id,
        "vendor_id": task.seat.vendor_id,
        "uid": task.line.uid,
        "edition_number": task.edition.number,
        "person": desk.person,
        "person_name": name_of(desk.person),
        "at": timezone.now(),
    }
