"""Publish the current matrix as a 版: copy it into immutable tables by one statement.

The same statement, without the copying, gives the rows of today for comparing before publishing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from projects.domain.edition_rows import Line
from projects.domain.grid import Grid, Item, Mark, Role, RoleKind
from projects.models import ARCHIVED, Edition, Project
from projects.store.change_sets import Person, signed
from projects.store.loading import load
from raci.database.raw_sql import fetch

_COLUMNS = """position, level, uid, number, name, description, path_uids, path_numbers,
    path_names, role_ids, role_names, symbols, content"""
_NOW = """
WITH RECURSIVE tree AS (
    SELECT id, 1 AS level, '{}'::text[] AS uids, '{}'::text[] AS numbers, '{}'::text[] AS names
    FROM projects_workitem WHERE project_id = %(project)s AND parent_id IS NULL
    UNION ALL
    SELECT item.id, level + 1, uids || above.uid::text, numbers || above.number::text,
        names || above.name::text
    FROM tree JOIN projects_workitem above
        ON above.project_id = %(project)s AND above.id = tree.id
    JOIN projects_workitem item ON item.project_id = %(project)s AND item.parent_id = tree.id
), marks AS (
    SELECT item_id, array_agg(role_id ORDER BY role.position, role.id) AS role_ids,
        array_agg(role.name::text ORDER BY role.position, role.id) AS role_names,
        array_agg(symbol::text ORDER BY role.position, role.id) AS symbols,
        string_agg(role_id || ':' || symbol, ',' ORDER BY role_id) AS content
    FROM projects_assignment JOIN projects_role role
        ON role.project_id = projects_assignment.project_id AND role.id = role_id
    WHERE projects_assignment.project_id = %(project)s GROUP BY item_id
), now AS (
    SELECT position, level, uid, number, name, description,
        uids AS path_uids, numbers AS path_numbers, names AS path_names,
        COALESCE(role_ids, '{}') AS role_ids, COALESCE(role_names, '{}') AS role_names,
        COALESCE(symbols, '{}') AS symbols,
        encode(sha256(convert_to(
            json_build_array(name, description, names, marks.content)::text, 'UTF8'
        )), 'hex') AS content
    FROM projects_workitem item JOIN tree USING (id) LEFT JOIN marks ON item_id = item.id
    WHERE project_id = %(project)s
)
"""
_PUBLISH = f"""{_NOW}
INSERT INTO projects_editionrow (project_id, edition_id, {_COLUMNS}, changed_in)
SELECT %(project)s, %(edition)s, {", ".join(f"now.{name.strip()}" for name in _COLUMNS.split(","))},
    CASE WHEN last.content = now.content THEN last.changed_in ELSE %(number)s END
FROM now LEFT JOIN projects_editionrow last ON last.project_id = %(project)s
    AND last.edition_id = %(last)s AND last.uid = now.uid
"""
_READ_NOW = f"{_NOW} SELECT {_COLUMNS} FROM now ORDER BY position"
_READ = f"""
SELECT {_COLUMNS} FROM projects_editionrow
WHERE project_id = %(project)s AND edition_id = %(edition)s ORDER BY position
"""
_READ_SEVERAL = f"""
SELECT edition_id, {_COLUMNS} FROM projects_editionrow
WHERE project_id = %s AND edition_id = ANY(%s) ORDER BY edition_id, position
"""


# In a table that PostgreSQL does not know yet, it expects one row and compares each with each.
_NO_LOOPS, _LOOPS = "SET LOCAL enable_nestloop = off", "SET LOCAL enable_nestloop TO DEFAULT"


class PublishError(Exception):
    """There is nothing to publish, or the matrix changed since it was looked at; says which."""


def published(project: Project) -> QuerySet[Edition]:
    """Return the 版 of the project, the latest first."""
    return Edition.objects.filter(project=project).order_by("-number")


def listed(project: Project) -> QuerySet[Edition]:
    """Return the same without the parts of the grid that each holds."""
    return published(project).defer("head", "legend", "roles")


def latest(project: Project) -> Edition | None:
    """Return the latest 版, which is what companies see."""
    return Edition.objects.filter(project=project).order_by("-number").first()


def publish(
    project: Project,
    *,
    title: str,
    date: date,
    note: str = "",
    revision: int,
    last: int | None = None,
    by: Person,
) -> Edition:
    """Publish the matrix as the next 版.

    PublishError when it is not at that revision, or when number `last` (0 for none) is given and
    not that of the latest.
    """
    with transaction.atomic():
        locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if locked.revision != revision:
            raise PublishError(
                "確認した後に役割分担表が変更されました。変更点を確認し直してください。"
            )
        if locked.archived_at:
            raise PublishError(ARCHIVED)
        before = latest(locked)
        number = before.number + 1 if before else 1
        if last is not None and last != number - 1:
            raise PublishError(
                f"確認した後に{before}が公開されました。変更点を確認し直してください。"
            )
        edition = _head(locked, number, by)
        edition.title, edition.date, edition.note = title or f"第{number}版", date, note
        edition.save()
        _copy_rows(edition, before)
        return edition


def lines(edition: Edition) -> list[Line]:
    """Return the rows of the 版 in document order."""
    return _lines(_READ, project=edition.project_id, edition=edition.pk)


def lines_now(project: Project) -> list[Line]:
    """Return the rows that `publish` would copy now, in document order."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NO_LOOPS)
        found = _lines(_READ_NOW, project=project.pk)
        cursor.execute(_LOOPS)
        return found


def grid(edition: Edition) -> Grid:
    """Return the whole table of the 版."""
    return _grid(edition, lines(edition))


def grids(found: Sequence[Edition]) -> list[Grid]:
    """Return the tables of several 版 of one project, in one query."""
    if not found:
        return []
    rows: dict[int, list[Line]] = defaultdict(list)
    values: tuple[Any, ...] = (found[0].project_id, [edition.pk for edition in found])
    for edition, *row in fetch(_READ_SEVERAL, values):
        rows[edition].append(Line(*row))
    return [_grid(edition, rows[edition.pk]) for edition in found]


def _grid(edition: Edition, rows: Iterable[Line]) -> Grid:
    ids = [role[0] for role in edition.roles]
    return Grid(
        **edition.head,
        legend=tuple(Mark(*mark) for mark in edition.legend),
        roles=tuple(_role(*role) for role in edition.roles),
        items=tuple(_item(line, ids) for line in rows),
    )


def _head(project: Project, number: int, by: Person) -> Edition:
    now = load(project)
    if not now.items:
        raise PublishError("作業項目がないため、版を公開できません。")
    ids = project.roles.order_by("position", "pk").values_list("pk", flat=True)
    return Edition(
        project=project,
        number=number,
        revision=project.revision,
        head={name: getattr(now, name) for name in ("title", "document_number", "issuer", "date")},
        legend=[[mark.symbol, mark.label, mark.leads] for mark in now.legend],
        roles=[[pk, *asdict(role).values()] for pk, role in zip(ids, now.roles, strict=True)],
        **signed(by),
    )


def _copy_rows(edition: Edition, last: Edition | None) -> None:
    values = {
        "project": edition.project_id,
        "edition": edition.pk,
        "number": edition.number,
        "last": last.pk if last else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NO_LOOPS)
        cursor.execute(_PUBLISH, values)
        cursor.execute(_LOOPS)


def _lines(statement: str, **values: Any) -> list[Line]:
    return [Line(*row) for row in fetch(statement, values)]


def _role(_: int, name: str, short_name: str, kind: str, aliases: list[str]) -> Role:
    return Role(name, short_name, RoleKind(kind), tuple(aliases))


def _item(line: Line, role_ids: list[int]) -> Item:
    marks = dict(zip(line.role_ids, line.symbols, strict=True))
    row = tuple(marks.get(role, "") for role in role_ids)
    return Item(line.uid, line.level, line.number, line.name, line.description, row)
