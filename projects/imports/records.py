"""Write the rows of imports: the only writer of them.

Rows are changed by statements that name the state they expect, so that of two steps at once the
second finds nothing to change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models.functions import Now

from projects.domain.grid import clean_line, clean_text
from projects.intake import Problem
from projects.models import Import, Project
from projects.models.import_ import MAX_FILE_NAME

State = Import.State


def create(project: Project, *, data: bytes, name: str, by: User) -> Import:
    """Keep an uploaded file as an import that is to be read."""
    return Import.objects.create(
        project=project,
        file=data,
        file_name=clean_line(name)[-MAX_FILE_NAME:],
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        person=by,
        person_name=by.get_username(),
    )


def locked(row: Import) -> Import:
    """Lock the row until the end of the transaction and return it as it is now, light."""
    return Import.objects.itself(row).light().select_for_update(no_key=True).get()


def begin(row: Import, **values: Any) -> None:
    """Begin a step of a locked row: no stop is asked for, and no problems are known."""
    values = {"stop": False, "problems": [], **values}
    Import.objects.itself(row).update(**values)


def request_stop(row: Import) -> bool:
    """Ask the running job to end. Return whether one may be running."""
    running = Import.objects.itself(row).filter(state__in=(State.READING, State.APPLYING))
    return bool(running.update(stop=True))


def stop_requested(row: Import) -> bool:
    """Return whether the job was asked to end."""
    return Import.objects.itself(row).filter(stop=True).exists()


def save_progress(row: Import, part: float) -> None:
    """Save how far the job is, from 0 to 1."""
    Import.objects.itself(row).update(progress=min(max(part, 0), 1))


def end_reading(row: Import, **values: Any) -> None:
    """Save the result of a reading, or cancel it where that was asked for meanwhile."""
    rows = Import.objects.itself(row).filter(state=State.READING)
    if not rows.filter(stop=False).update(**values):
        rows.update(state=State.CANCELLED, stop=False)


def refuse(row: Import, problems: Sequence[Problem]) -> None:
    """End a reading with the reasons why the file is not taken."""
    end_reading(row, state=State.REFUSED, problems=problems_as_json(problems))


def end_applying(row: Import, *, number: int, totals: dict[str, dict[str, int]]) -> bool:
    """Save that the import became the change set. False when a stop was asked for meanwhile."""
    running = Import.objects.itself(row).filter(state=State.APPLYING, stop=False)
    return bool(
        running.update(
            state=State.APPLIED, number=number, totals=totals, finished_at=Now(), progress=1
        )
    )


def return_to_preview(row: Import, problems: Sequence[Problem]) -> None:
    """Save what kept the matrix from changing, and make the import ready again."""
    rows = Import.objects.itself(row).filter(state=State.APPLYING)
    rows.update(state=State.READY, stop=False, problems=problems_as_json(problems))


def problems_as_json(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Return message, place and raw text of each problem, as a row keeps them."""
    return [_problem(problem) for problem in problems]


def _problem(problem: Problem) -> dict[str, str]:
    where = str(problem.place) if problem.place else ""
    texts = {"message": problem.message, "place": where, "raw": problem.raw}
    return {name: clean_text(text) for name, text in texts.items()}
