"""Read a desk's tasks in four queries for any size.

They run as the database role of companies (`row_security`); the conditions here narrow further what
that role may read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from projects.domain.edition_rows import Line
from raci.database.raw_sql import fetch
from vendors.access.seats import Desk, Seat
from vendors.tasks.task import Gone, Publication, Stamp, Task, Work

_LINE = """row.position, row.level, row.uid, row.number, row.name, row.description,
    row.path_uids, row.path_numbers, row.path_names, row.role_ids, row.role_names, row.symbols,
    row.content"""
_COMPANY = """
WITH company AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(companies)s) AS given(
        place integer, vendor bigint, project bigint, edition bigint, before bigint, roles bigint[]
    )
)
"""
_TASKS = f"""{_COMPANY}
SELECT place, row.changed_in, {_LINE}
FROM company JOIN projects_editionrow row ON row.project_id = project
    AND row.edition_id = edition AND row.role_ids && roles
WHERE %(uid)s = '' OR row.uid = %(uid)s
ORDER BY place, row.position
"""
# Not joined to the rows: PostgreSQL expects two of these and compares each with every answer.
_ANSWERS = f"""{_COMPANY}
SELECT place, uid, answer.state, answer.edition_number, answer.person_name, answer.at,
    question.state
FROM (
    SELECT place, own.* FROM company JOIN vendors_confirmation own ON own.project_id = project
        AND vendor = vendor_id WHERE %(uid)s = '' OR uid = %(uid)s
) answer FULL JOIN (
    SELECT place, own.* FROM company JOIN vendors_question own ON own.project_id = project
        AND vendor = vendor_id WHERE %(uid)s = '' OR uid = %(uid)s
) question USING (place, uid)
"""
_BEFORE = f"""{_COMPANY}
SELECT place, {_LINE}
FROM company JOIN projects_editionrow row ON row.project_id = project
    AND row.edition_id = before AND row.role_ids && roles
WHERE (%(uid)s = '' OR row.uid = %(uid)s) AND NOT EXISTS (
    SELECT 1 FROM projects_editionrow later WHERE later.project_id = project
        AND later.edition_id = edition AND later.uid = row.uid AND later.content = row.content
)
ORDER BY place, row.position
"""
_EDITIONS = """
SELECT DISTINCT ON (project_id) project_id, id, number, title, date, note, head::text, legend::text,
    lead(id) OVER (PARTITION BY project_id ORDER BY number DESC)
FROM projects_edition WHERE project_id = ANY(%(projects)s) ORDER BY project_id, number DESC
"""
_NO_ANSWER: Sequence[Any] = (None,) * 5


@dataclass(frozen=True, slots=True)
class _Company:
    """A company in a project with its roles, the 版 that it sees, and the one before."""

    seat: Seat
    roles: frozenset[int]
    edition: Publication
    before: int | None


def work_of(desk: Desk, *, uid: str = "") -> Work:
    """Return the desk's tasks by project in document order; with `uid` those of one row."""
    editions = _editions({seat.project_id for seat in desk.seats})
    companies = _companies(desk, editions)
    missing = dict.fromkeys(s.project for s in desk.seats if s.project_id not in editions)
    if not companies:
        return Work(unpublished=tuple(missing))
    values = {"companies": _json(companies), "uid": uid}
    before = {(place, row[2]): Line(*row) for place, *row in fetch(_BEFORE, values)}
    answer = {(place, row_uid): row for place, row_uid, *row in fetch(_ANSWERS, values)}
    tasks = {}
    for place, changed_in, *row in fetch(_TASKS, values):
        line = Line(*row)
        key = place, line.uid
        task = _task(companies[place], line, changed_in, answer.get(key), before.get(key))
        tasks[key] = task
    gone = [
        _gone(companies[place], line)
        for (place, row_uid), line in before.items()
        if (place, row_uid) not in tasks
    ]
    return Work(tuple(tasks.values()), tuple(gone), tuple(missing))


def _editions(projects: set[int]) -> dict[int, tuple[Publication, int | None]]:
    """Return, by project, the 版 that companies see and the id of the one before."""
    found = fetch(_EDITIONS, {"projects": sorted(projects)}) if projects else []
    return {project: (_publication(*columns), before) for project, *columns, before in found}


def _publication(
    pk: int, number: int, title: str, date: date, note: str, head: str, legend: str
) -> Publication:
    marks = json.loads(legend)
    leading = frozenset(symbol for symbol, _, leads in marks if leads)
    return Publication(pk, number, title, date, note, json.loads(head), marks, leading)


def _companies(
    desk: Desk, editions: Mapping[int, tuple[Publication, int | None]]
) -> list[_Company]:
    groups: dict[tuple[int, int], list[Seat]] = {}
    for seat in desk.seats:
        groups.setdefault((seat.project_id, seat.vendor_id), []).append(seat)
    return [
        _Company(seats[0], frozenset(seat.role_id for seat in seats), *editions[project])
        for (project, _), seats in groups.items()
        if project in editions
    ]


def _json(companies: Sequence[_Company]) -> str:
    return json.dumps(
        [
            {
                "place": place,
                "vendor": company.seat.vendor_id,
                "project": company.seat.project_id,
                "edition": company.edition.pk,
                "before": company.before,
                "roles": sorted(company.roles),
            }
            for place, company in enumerate(companies)
        ]
    )


def _task(
    company: _Company,
    line: Line,
    changed_in: int,
    answer: Sequence[Any] | None,
    before: Line | None,
) -> Task:
    *stamp, question = answer or _NO_ANSWER
    return Task(
        seat=company.seat,
        edition=company.edition,
        line=line,
        changed_in=changed_in,
        roles=company.roles,
        stamp=_stamp(*stamp),
        question=question or "",
        before=before,
    )


def _stamp(state: str | None, edition: int, person: str, at: datetime) -> Stamp | None:
    return Stamp(state, edition, person, at) if state else None


def _gone(company: _Company, line: Line) -> Gone:
    return Gone(company.seat, company.edition, line, company.roles)
