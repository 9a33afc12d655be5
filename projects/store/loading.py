"""Load grids from PostgreSQL, in three queries for any size.

The statements are constants: the ORM took longer to build them than PostgreSQL to answer.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from projects.domain.grid import Grid, Item, Mark, Role, RoleKind
from projects.models import Project
from raci.database.raw_sql import fetch

_Row = tuple[int, int | None, int, str, str, str, str]


def _statements(which: str, key: str) -> tuple[str, str, str]:
    """Return the statements for head, rows and marks of the projects that `which` names."""
    head = f"""
SELECT {key.replace("project_", "")}title, document_number, issuer, date,
    (SELECT json_agg(json_build_array(symbol, label, leads) ORDER BY position, id)
        FROM projects_legendmark WHERE project_id = project.id)::text,
    (SELECT json_agg(json_build_array(id, name, short_name, kind, aliases) ORDER BY position, id)
        FROM projects_role WHERE project_id = project.id)::text
FROM projects_project project WHERE id {which}
"""
    rows = f"""
SELECT {key}id, parent_id, position, uid, number, name, description
FROM projects_workitem WHERE project_id {which} ORDER BY {key}position
"""
    marks = f"""
SELECT {key}role_id, symbol, array_agg(item_id)
FROM projects_assignment WHERE project_id {which} GROUP BY {key}role_id, symbol
"""
    return head, rows, marks


_OF_ONE = _statements("= %s", "")
_OF_SEVERAL = _statements("= ANY(%s)", "project_id, ")


def load(project: Project) -> Grid:
    """Load the current grid of the project. Project.DoesNotExist when it was deleted.

    Rows that a writer adds or removes between the queries are left out; whoever compares
    `project.revision` afterwards sees that it moved.
    """
    head, rows, marks = (fetch(statement, [project.pk]) for statement in _OF_ONE)
    if not head:
        raise Project.DoesNotExist
    return _grid(head[0], rows, marks)


def load_all(projects: Sequence[Project]) -> dict[int, Grid]:
    """Load the grids of several projects, by id; deleted projects are left out."""
    keys = [project.pk for project in projects]
    heads, *rest = (fetch(statement, [keys]) for statement in _OF_SEVERAL)
    rows, marks = (_by_project(found) for found in rest)
    return {key: _grid(head, rows[key], marks[key]) for key, *head in heads}


def _by_project(found: Sequence[Any]) -> defaultdict[int, list[Any]]:
    groups: defaultdict[int, list[Any]] = defaultdict(list)
    for key, *row in found:
        groups[key].append(row)
    return groups


def _grid(head: Sequence[Any], rows: list[_Row], marks: Sequence[Any]) -> Grid:
    title, document_number, issuer, date, legend, roles = head
    columns = json.loads(roles or "[]")
    return Grid(
        title=title,
        document_number=document_number,
        issuer=issuer,
        date=date,
        legend=tuple(Mark(*mark) for mark in json.loads(legend or "[]")),
        roles=tuple(_role(*column) for column in columns),
        items=tuple(items_of(rows, _marks(marks, rows, [pk for pk, *_ in columns]))),
    )


def _role(_: int, name: str, short_name: str, kind: str, aliases: Sequence[str]) -> Role:
    return Role(name, short_name, RoleKind(kind), tuple(aliases))


def _marks(
    found: Sequence[Any], rows: Sequence[_Row], roles: Sequence[int]
) -> dict[int, list[str]]:
    """Return the marks of each row in the order of the roles."""
    blank = [""] * len(roles)
    marks = {row[0]: blank.copy() for row in rows}
    places = {role: place for place, role in enumerate(roles)}
    for role, symbol, items in found:
        if role in places:
            place = places[role]
            for item in items:
                if item in marks:
                    marks[item][place] = symbol
    return marks


def items_of(rows: list[_Row], marks: dict[int, list[str]]) -> Iterator[Item]:
    """Return the items in preorder, also where positions interleave subtrees."""
    levels = _levels(rows)
    if levels is None:
        rows = _in_preorder(rows)
        levels = _levels(rows) or []
    for level, (pk, _, _, uid, number, name, description) in zip(levels, rows, strict=True):
        yield Item(uid, level, number, name, description, tuple(marks[pk]))


def _levels(rows: Sequence[_Row]) -> list[int] | None:
    """Return each row's depth in the tree, None when the rows are not in preorder. Linear."""
    levels = []
    path: list[int | None] = [None]
    for pk, parent, *_ in rows:
        while path[-1] != parent:
            path.pop()
            if not path:
                return None
        levels.append(len(path))
        path.append(pk)
    return levels


def _in_preorder(rows: Sequence[_Row]) -> list[_Row]:
    paths: dict[int | None, tuple[int, ...]] = {None: ()}
    for pk, parent, position, *_ in rows:
        paths[pk] = (*paths[parent], position)
    return sorted(rows, key=lambda row: paths[row[0]])
