"""Read the change sets after a revision, for pages that are open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from projects.store.cells import as_metadata
from raci.database.raw_sql import fetch

MOST_ACTS, MOST_CELLS, MOST_TEXTS = 200, 5_000, 50


@dataclass(slots=True)
class Happened:
    """One change set: who and when, and what open pages can show at once.

    `cells` are marks as (uid, role, symbol), `texts` rows as (uid, name, description). With
    `structure` more changed than that: rows, their order, columns, legend or titles; `fresh`
    are the uids of rows that came.
    """

    number: int
    user: int | None
    name: str
    at: datetime
    structure: bool
    cells: list[tuple[str, str, str]] = field(default_factory=list)
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)


_ACTS = """
WITH act AS (
    SELECT number, at, context_id FROM projects_changeset
    WHERE project_id = %(project)s AND number > %(since)s ORDER BY number LIMIT %(most)s
), other AS (
    SELECT pgh_created_at AS at, pgh_context_id AS context_id FROM projects_roleevent
    WHERE project_id = %(project)s AND pgh_created_at IN (SELECT at FROM act)
    UNION ALL SELECT pgh_created_at, pgh_context_id FROM projects_legendmarkevent
    WHERE project_id = %(project)s AND pgh_created_at IN (SELECT at FROM act)
    UNION ALL SELECT pgh_created_at, pgh_context_id FROM projects_projectevent
    WHERE pgh_obj_id = %(project)s AND pgh_created_at IN (SELECT at FROM act)
)
SELECT act.number, act.at, context.metadata, EXISTS (
    SELECT 1 FROM other
    WHERE other.at = act.at AND other.context_id IS NOT DISTINCT FROM act.context_id
)
FROM act LEFT JOIN pghistory_context context ON context.id = act.context_id ORDER BY act.number
"""

# Rows that an act touched: at most as many as tell whether it only changed a few texts.
_ROWS = """
SELECT act.number, e.uid, e.name, e.description, e.pgh_label <> 'update'
    OR (e.parent_id, e.position, e.number)
        IS DISTINCT FROM (prev.parent_id, prev.position, prev.number)
FROM projects_changeset act
JOIN LATERAL (
    SELECT * FROM projects_workitemevent e WHERE e.project_id = act.project_id
        AND e.pgh_created_at = act.at AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
    LIMIT %(texts)s
) e ON true
LEFT JOIN LATERAL (
    SELECT parent_id, position, number FROM projects_workitemevent p
    WHERE p.project_id = e.project_id AND p.pgh_obj_id = e.pgh_obj_id AND p.pgh_id < e.pgh_id
    ORDER BY p.pgh_id DESC LIMIT 1
) prev ON true
WHERE act.project_id = %(project)s AND act.number > %(since)s AND act.number <= %(last)s
"""

_FRESH = """
SELECT act.number, e.uid
FROM projects_changeset act
JOIN projects_workitemevent e ON e.project_id = act.project_id AND e.pgh_created_at = act.at
    AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id AND e.pgh_label = 'insert'
WHERE act.project_id = %(project)s AND act.number > %(since)s AND act.number <= %(last)s
ORDER BY e.pgh_id LIMIT %(texts)s
"""

_CELLS = """
SELECT act.number, item.uid, role.name,
    CASE e.pgh_label WHEN 'delete' THEN '' ELSE e.symbol END
FROM projects_changeset act
JOIN projects_assignmentevent e ON e.project_id = act.project_id AND e.pgh_created_at = act.at
    AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
JOIN projects_workitem item ON item.project_id = act.project_id AND item.id = e.item_id
JOIN projects_role role ON role.project_id = act.project_id AND role.id = e.role_id
WHERE act.project_id = %(project)s AND act.number > %(since)s AND act.number <= %(last)s
ORDER BY e.pgh_id LIMIT %(most)s
"""


def happened_since(project: int, number: int) -> list[Happened] | None:
    """Return the change sets after that number in order, None when there are too many."""
    found = fetch(_ACTS, {"project": project, "since": number, "most": MOST_ACTS + 1})
    acts = [_act(*row) for row in found]
    if len(acts) > MOST_ACTS:
        return None
    if not acts:
        return []
    span = {"project": project, "since": number, "last": acts[-1].number}
    rows = fetch(_CELLS, {**span, "most": MOST_CELLS + 1})
    touched = fetch(_ROWS, {**span, "texts": MOST_TEXTS + 1})
    fresh = fetch(_FRESH, {**span, "texts": MOST_TEXTS})
    if len(rows) > MOST_CELLS:
        return None
    by_number = {act.number: act for act in acts}
    for act_number, uid, name, description, more in touched:
        act = by_number[act_number]
        act.texts.append((uid, name, description))
        act.structure = act.structure or more or len(act.texts) > MOST_TEXTS
    for act_number, uid in fresh:
        by_number[act_number].fresh.append(uid)
    for act_number, uid, role, symbol in rows:
        by_number[act_number].cells.append((uid, role, symbol))
    return acts


def _act(number: int, at: datetime, metadata: Any, structure: bool) -> Happened:
    context = as_metadata(metadata)
    return Happened(number, context.get("user"), context.get("name", ""), at, structure)
