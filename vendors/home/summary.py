"""Summarise open work for the start page: of companies, for the PMO and for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse

from projects.models import Project
from raci.database.raw_sql import fetch
from vendors.access import row_security
from vendors.access.seats import own_desk
from vendors.tasks.filter import ANSWERED, CHANGED
from vendors.tasks.queries import work_of
from vendors.tasks.task import Gone, State, Task

SHOWN = 10
# Tasks as on the board, less those with an answer that still counts. One answer, one row looked up:
# joined, PostgreSQL would compare every row with every answer.
_WAITING = """
WITH edition AS (
    SELECT DISTINCT ON (project_id) project_id, id FROM projects_edition
    WHERE project_id = ANY(%(projects)s) ORDER BY project_id, number DESC
), company AS MATERIALIZED (
    SELECT project_id, vendor_id, array_agg(role_id) AS roles FROM vendors_contract
    WHERE project_id = ANY(%(projects)s) GROUP BY project_id, vendor_id
)
SELECT own.id, (
    SELECT count(*) FROM company JOIN edition USING (project_id)
    JOIN projects_editionrow row ON row.project_id = edition.project_id
        AND row.edition_id = edition.id AND row.role_ids && company.roles
    WHERE company.project_id = own.id
) - (
    SELECT count(*) FROM vendors_confirmation answer
    JOIN company ON company.project_id = answer.project_id AND company.vendor_id = answer.vendor_id
    JOIN edition ON edition.project_id = answer.project_id
    CROSS JOIN LATERAL (
        SELECT role_ids, changed_in FROM projects_editionrow row
        WHERE row.project_id = answer.project_id AND row.edition_id = edition.id
            AND row.uid = answer.uid LIMIT 1
    ) row
    WHERE answer.project_id = own.id AND answer.state <> 'withdrawn'
        AND row.role_ids && company.roles AND answer.edition_number >= row.changed_in
), (
    SELECT count(*) FROM vendors_question question
    WHERE question.project_id = own.id AND question.state = 'open'
)
FROM unnest(%(projects)s) AS own(id)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts of tasks without a valid answer, and of open questions."""

    unconfirmed: int = 0
    questions: int = 0


@dataclass(frozen=True, slots=True)
class Some:
    """The first of some tasks, their total, and the address of all of them."""

    tasks: tuple[Task, ...]
    total: int
    url: str

    @property
    def more(self) -> int:
        return self.total - len(self.tasks)


@dataclass(frozen=True, slots=True)
class Work:
    """A company person's tasks: to confirm, answered, and changed by the latest 版."""

    companies: str
    base: str
    total: int
    new: Some
    reset: Some
    answered: Some
    changed: Some
    gone: tuple[Gone, ...]
    unpublished: tuple[str, ...]


def waiting(projects: Sequence[Project]) -> dict[int, Waiting]:
    """Return the counts by project id, in one query for any number."""
    rows = fetch(_WAITING, {"projects": [project.pk for project in projects]})
    return {key: Waiting(*counts) for key, *counts in rows}


def own_work(person: User) -> Work:
    """Return the person's tasks, read with the database role of companies."""
    with row_security.seen_by(person):
        desk = own_desk(person, base=reverse("vendors:tasks"))
        work = work_of(desk)
    found = work.tasks
    return Work(
        companies=desk.name,
        base=desk.base,
        total=len(found),
        new=_some(desk.base, "new", [t for t in found if t.state == State.NEW]),
        reset=_some(desk.base, "reset", [t for t in found if t.state == State.RESET]),
        answered=_some(desk.base, ANSWERED, [t for t in found if t.question == "answered"]),
        changed=_some(desk.base, CHANGED, [t for t in found if t.is_changed]),
        gone=work.gone,
        unpublished=work.unpublished,
    )


def _some(base: str, state: str, tasks: Sequence[Task]) -> Some:
    return Some(tuple(tasks[:SHOWN]), len(tasks), f"{base}?state={state}")
