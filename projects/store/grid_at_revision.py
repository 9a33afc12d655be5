"""Read the grid after any change set back from the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects.domain.grid import Grid, Mark, Role, RoleKind
from projects.models import Project
from projects.store.loading import items_of
from raci.database.raw_sql import fetch

# The last event of every object at or before a change set, without the objects then deleted.
_LAST = """
SELECT {columns} FROM (
    SELECT DISTINCT ON (event.pgh_obj_id) event.*
    FROM {table} event JOIN projects_changeset act ON act.at = event.pgh_created_at
        AND act.context_id IS NOT DISTINCT FROM event.pgh_context_id
    WHERE act.project_id = %(project)s AND act.number <= %(number)s AND event.{owner} = %(project)s
    ORDER BY event.pgh_obj_id, event.pgh_id DESC
) last WHERE pgh_label <> 'delete' ORDER BY {order}
"""


def at(project: Project, number: int) -> Grid:
    """Return the grid after the change set with that number; 0 is before the first."""
    titles = _last(
        project, number, "projectevent", "title, document_number, issuer, date", owner="pgh_obj_id"
    )
    title, document_number, issuer, date = titles[0] if titles else ("", "", "", "")
    legend = _last(
        project, number, "legendmarkevent", "symbol, label, leads", "position, pgh_obj_id"
    )
    roles = _last(
        project,
        number,
        "roleevent",
        "pgh_obj_id, name, short_name, kind, aliases",
        "position, pgh_obj_id",
    )
    rows = _last(
        project,
        number,
        "workitemevent",
        "pgh_obj_id, parent_id, position, uid, number, name, description",
        "position",
    )
    marks = _marks(project, number, [row[0] for row in rows], [role[0] for role in roles])
    return Grid(
        title=title,
        document_number=document_number,
        issuer=issuer,
        date=date,
        legend=tuple(Mark(*mark) for mark in legend),
        roles=tuple(
            Role(name, short, RoleKind(kind), tuple(aliases))
            for _, name, short, kind, aliases in roles
        ),
        items=tuple(items_of(rows, marks)),
    )


_ONLY_CELLS = """
SELECT NOT EXISTS (SELECT 1 FROM projects_workitemevent e WHERE e.project_id = {same})
    AND NOT EXISTS (SELECT 1 FROM projects_roleevent e WHERE e.project_id = {same})
    AND NOT EXISTS (SELECT 1 FROM projects_legendmarkevent e WHERE e.project_id = {same})
    AND NOT EXISTS (SELECT 1 FROM projects_projectevent e WHERE e.pgh_obj_id = {same})
FROM projects_changeset act WHERE project_id = %s AND number = %s
""".replace(
    "{same}",
    "act.project_id AND e.pgh_created_at = act.at"
    " AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id",
)
_CELLS = """
SELECT item.uid, item.number, item.name, role.name,
    CASE WHEN prev.pgh_label = 'delete' THEN '' ELSE COALESCE(prev.symbol, '') END,
    CASE WHEN last.pgh_label = 'delete' THEN '' ELSE last.symbol END
FROM (
    SELECT e.project_id, e.item_id, e.role_id, min(e.pgh_id) AS first_id, max(e.pgh_id) AS last_id
    FROM projects_changeset act
    JOIN projects_assignmentevent e ON e.project_id = act.project_id AND e.pgh_created_at = act.at
        AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
    WHERE act.project_id = %s AND act.number = %s
    GROUP BY e.project_id, e.item_id, e.role_id
) e
JOIN projects_assignmentevent last ON last.project_id = e.project_id AND last.pgh_id = e.last_id
JOIN LATERAL (
    SELECT uid, number, name FROM projects_workitemevent i
    WHERE i.project_id = e.project_id AND i.pgh_obj_id = e.item_id ORDER BY i.pgh_id DESC LIMIT 1
) item ON true
JOIN LATERAL (
    SELECT name FROM projects_roleevent r
    WHERE r.project_id = e.project_id AND r.pgh_obj_id = e.role_id ORDER BY r.pgh_id DESC LIMIT 1
) role ON true
LEFT JOIN LATERAL (
    SELECT symbol, pgh_label FROM projects_assignmentevent p
    WHERE p.project_id = e.project_id AND p.item_id = e.item_id AND p.role_id = e.role_id
        AND p.pgh_id < e.first_id
    ORDER BY p.pgh_id DESC LIMIT 1
) prev ON true
ORDER BY e.first_id
"""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One mark that a change set changed; the row and the column as they are called now."""

    uid: str
    number: str
    name: str
    role: str
    before: str
    after: str


def only_cells(project: Project, number: int) -> list[CellChange] | None:
    """Return the marks that the change set changed, None when it changed anything else."""
    if fetch(_ONLY_CELLS, [project.pk, number]) != [(True,)]:
        return None
    return [CellChange(*row) for row in fetch(_CELLS, [project.pk, number])]


def names(project: Project, number: int) -> dict[int, str]:
    """Return the names of the columns by id after the change set with that number."""
    return dict(_last(project, number, "roleevent", "pgh_obj_id, name", "pgh_obj_id"))


def renames(was: Mapping[int, str], now: Mapping[int, str]) -> dict[str, str]:
    """Return old → new names of the renamed columns, from two mappings of names by id."""
    return {was[pk]: now[pk] for pk in was.keys() & now.keys() if was[pk] != now[pk]}


def _marks(
    project: Project, number: int, items: list[int], roles: list[int]
) -> dict[int, list[str]]:
    marks = {item: [""] * len(roles) for item in items}
    places = {role: place for place, role in enumerate(roles)}
    for item, role, symbol in _last(project, number, "assignmentevent", "item_id, role_id, symbol"):
        marks[item][places[role]] = symbol
    return marks


def _last(
    project: Project,
    number: int,
    table: str,
    columns: str,
    order: str = "pgh_obj_id",
    owner: str = "project_id",
) -> list[Any]:
    statement = _LAST.format(columns=columns, table=f"projects_{table}", owner=owner, order=order)
    return fetch(statement, {"project": project.pk, "number": number})
