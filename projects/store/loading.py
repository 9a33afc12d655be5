"""PostgreSQL → Grid, in three queries for any size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from projects.grid import Grid, Item, Mark, Role, RoleKind
from projects.models import Assignment, LegendMark, Project, WorkItem
from projects.models import Role as RoleRow

_Row = tuple[int, int | None, int, str, str, str, str]


def load(project: Project) -> Grid:
    """The project's grid as it stands.

    Rows that a writer adds or removes between the queries are left out; whoever compares
    `project.revision` afterwards sees that it moved.
    """
    head = _head(project)
    columns = {role["id"]: index for index, role in enumerate(head["role_list"])}
    rows = _rows(project)
    blank = [""] * len(columns)
    marks = {row[0]: blank.copy() for row in rows}
    for item, role, symbol in _marks(project):
        if item in marks and role in columns:
            marks[item][columns[role]] = symbol
    return Grid(
        title=head["title"],
        document_number=head["document_number"],
        issuer=head["issuer"],
        date=head["date"],
        legend=tuple(Mark(m["symbol"], m["label"], m["leads"]) for m in head["mark_list"]),
        roles=tuple(_role(role) for role in head["role_list"]),
        items=tuple(_items(rows, marks)),
    )


def _head(project: Project) -> dict[str, Any]:
    """Title block, legend and roles in one query."""
    marks = LegendMark.objects.filter(project=OuterRef("pk")).order_by("position", "pk")
    roles = RoleRow.objects.filter(project=OuterRef("pk")).order_by("position", "pk")
    found = (
        Project.objects.filter(pk=project.pk)
        .values("title", "document_number", "issuer", "date")
        .annotate(
            mark_list=ArraySubquery(
                marks.values(one=JSONObject(symbol="symbol", label="label", leads="leads"))
            ),
            role_list=ArraySubquery(roles.values(one=JSONObject(**_role_fields()))),
        )
        .get()
    )
    return dict(found)


def _role_fields() -> dict[str, F]:
    names = ("id", "name", "short_name", "kind", "aliases")
    return {name: F(name) for name in names}


def _role(values: dict[str, Any]) -> Role:
    return Role(
        values["name"], values["short_name"], RoleKind(values["kind"]), tuple(values["aliases"])
    )


def _rows(project: Project) -> list[_Row]:
    found = WorkItem.objects.filter(project=project).order_by("position")
    return list(
        found.values_list("pk", "parent_id", "position", "uid", "number", "name", "description")
    )


def _marks(project: Project) -> list[tuple[int, int, str]]:
    found = Assignment.objects.filter(project=project).order_by()
    return list(found.values_list("item_id", "role_id", "symbol"))


def _items(rows: list[_Row], marks: dict[int, list[str]]) -> Iterator[Item]:
    """The items in preorder, also where somebody set positions that interleave subtrees."""
    paths: dict[int | None, tuple[int, ...]] = {None: ()}
    for pk, parent, position, *_ in rows:
        paths[pk] = (*paths[parent], position)
    for pk, _, _, uid, number, name, description in sorted(rows, key=lambda row: paths[row[0]]):
        yield Item(uid, len(paths[pk]), number, name, description, tuple(marks[pk]))
