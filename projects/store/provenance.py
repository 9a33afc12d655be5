"""Read the reasons and authors of rows and marks from the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projects.models import Project
from projects.store.cells import as_metadata
from raci.database.raw_sql import fetch


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason that was given for a change set that touched a row.

    `placed` when it only gave the row another place or number.
    """

    number: int
    at: datetime
    text: str
    placed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when a mark stands, by whose act, and why; `person` is a login name, "" for none.

    `of` is the column's name on a row, the row's uid in a column.
    """

    of: str
    at: datetime
    person: str
    kind: str
    reason: str


# A row's events are told apart from those that only renumber or push it by comparing each with
# the one before it, in one pass over the project's events.
_TOUCHED = """
WITH act AS (
    SELECT change.number, change.at, change.context_id, context.metadata->>'reason' AS reason
    FROM projects_changeset change JOIN pghistory_context context ON context.id = change.context_id
    WHERE project_id = %(project)s AND number > %(since)s AND number <= %(until)s
        AND context.metadata->>'reason' <> ''
), event AS (
    SELECT pgh_obj_id, pgh_created_at, pgh_context_id, uid, pgh_label = 'update'
        AND (name, description) IS NOT DISTINCT FROM (lag(name) OVER own, lag(description) OVER own)
        AS placed
    FROM projects_workitemevent WHERE project_id = %(project)s
    WINDOW own AS (PARTITION BY pgh_obj_id ORDER BY pgh_id)
), touched AS (
    SELECT uid, number, at, reason, placed FROM act JOIN event
        ON pgh_created_at = at AND pgh_context_id = context_id
    UNION ALL
    SELECT item.uid, number, at, reason, false FROM act JOIN projects_assignmentevent mark
        ON mark.project_id = %(project)s AND mark.pgh_created_at = at
        AND mark.pgh_context_id = context_id
    JOIN (SELECT DISTINCT pgh_obj_id, uid FROM event) item ON item.pgh_obj_id = mark.item_id
)
SELECT uid, number, at, reason, bool_and(placed) FROM touched
GROUP BY uid, number, at, reason ORDER BY number
"""


def between(project: Project, since: int, until: int) -> dict[str, list[Reason]]:
    """Return the reasons given between two revisions, in order, by uid. One query."""
    found: dict[str, list[Reason]] = defaultdict(list)
    values = {"project": project.pk, "since": min(since, until), "until": max(since, until)}
    for uid, *reason in fetch(_TOUCHED, values):
        found[uid].append(Reason(*reason))
    return found


# The last change of each mark, by column on one row, and by row in one column.
_STANDING = """
SELECT DISTINCT ON (mark.role_id) role.name, mark.pgh_created_at, context.metadata
FROM projects_assignmentevent mark
JOIN projects_workitem item ON item.project_id = mark.project_id AND item.id = mark.item_id
JOIN projects_role role ON role.project_id = mark.project_id AND role.id = mark.role_id
LEFT JOIN pghistory_context context ON context.id = mark.pgh_context_id
WHERE mark.project_id = %(project)s AND item.uid = %(uid)s
ORDER BY mark.role_id, mark.pgh_id DESC
"""
_STANDING_BELOW = """
SELECT DISTINCT ON (mark.item_id) item.uid, mark.pgh_created_at, context.metadata
FROM projects_assignmentevent mark
JOIN projects_workitem item ON item.project_id = mark.project_id AND item.id = mark.item_id
LEFT JOIN pghistory_context context ON context.id = mark.pgh_context_id
WHERE mark.project_id = %(project)s AND mark.role_id = %(role)s
ORDER BY mark.item_id, mark.pgh_id DESC
"""


def standing(project: Project, uid: str) -> list[Standing]:
    """Return the last change of the row's mark in each column. One query."""
    return _all(_STANDING, {"project": project.pk, "uid": uid})


def standing_below(project: Project, role: int) -> list[Standing]:
    """Return the last change of each row's mark in the column with that key. One query."""
    return _all(_STANDING_BELOW, {"project": project.pk, "role": role})


def _all(statement: str, values: Mapping[str, Any]) -> list[Standing]:
    return [
        _standing(of, at, as_metadata(metadata)) for of, at, metadata in fetch(statement, values)
    ]


def _standing(of: str, at: datetime, metadata: Mapping[str, Any]) -> Standing:
    texts = (metadata.get(name, "") for name in ("name", "kind", "reason"))
    return Standing(of, at, *texts)
