"""Write a plan by COPY and set-based statements, within the caller's transaction.

Rows travel by COPY into a temporary table and from there by INSERT … SELECT through Django's
cursor: COPY straight into a tracked table would lose the history's context.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper

from projects.domain.grid import Grid, parents
from projects.domain.plan import TITLE_FIELDS, Act, CellLine, Plan
from projects.models import ChangeSet, LegendMark, Project, Role, WorkItem
from projects.store import waivers
from projects.store.waivers import parked

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SPECIAL = re.compile(r"[\\\t\n\r]")


def write(plan: Plan, project: Project) -> None:
    """Bring the database from `plan.before` to `plan.after`."""
    if plan.titles:
        values = {name: getattr(plan.after, name) for name in TITLE_FIELDS}
        Project.objects.filter(pk=project.pk).update(**values)
    with connection.cursor() as cursor:
        if plan.legend:
            _write_legend(plan.after, project)
        if any(line.act is not Act.UNCHANGED for line in plan.roles):
            _write_roles(plan, project)
        item_ids = _item_ids(project)
        cells = plan.cells
        blanked = [cell for cell in cells if not cell.after]
        _write_cells(cursor, project, blanked, item_ids)
        if _rows_change(plan):
            item_ids = _write_items(cursor, plan, project, item_ids)
        _write_cells(cursor, project, [cell for cell in cells if cell.after], item_ids)
        _remove_roles(plan, project)
        if plan.legend:
            _remove_marks(plan.after, project)


def _rows_change(plan: Plan) -> bool:
    return any(
        line.fields or line.moved or line.act in (Act.CREATED, Act.REMOVED) for line in plan.items
    )


def _write_legend(after: Grid, project: Project) -> None:
    """Write the marks of the legend; removed ones stay until no cell has them."""
    for position, mark in enumerate(after.legend, 1):
        LegendMark.objects.update_or_create(
            project=project,
            symbol=mark.symbol,
            defaults={"position": position, "label": mark.label, "leads": mark.leads},
        )


def _remove_marks(after: Grid, project: Project) -> None:
    """Delete the marks that left the legend; a foreign key protects those in use."""
    LegendMark.objects.filter(project=project).exclude(symbol__in=after.symbols).delete()


def _write_roles(plan: Plan, project: Project) -> None:
    """Write roles in one statement; existing ones keep their rows, also when renamed."""
    fresh = []
    renamed: dict[str, str] = {}
    pairs = [(line.before, line.after) for line in plan.roles if line.after]
    for position, (was, role) in enumerate(pairs, 1):
        values = {
            "position": position,
            "short_name": role.short_name,
            "kind": role.kind.value,
            "aliases": list(role.aliases),
        }
        if was is None:
            fresh.append(Role(project=project, name=role.name, **values))
            continue
        if was.name != role.name:
            renamed[was.name] = role.name
        Role.objects.filter(project=project, name=was.name).update(**values)
    _rename_roles(project, renamed)
    waivers.rename_columns(project, renamed)
    former = _former_role_ids(project, [row.name for row in fresh])
    for row in fresh:
        row.pk = former.get(row.name)
    Role.objects.bulk_create([row for row in fresh if row.pk])
    Role.objects.bulk_create([row for row in fresh if not row.pk])


def _rename_roles(project: Project, renamed: dict[str, str]) -> None:
    """Rename columns; those that swap names pass through a temporary one."""
    taken = renamed.keys() & set(renamed.values())
    rows = Role.objects.filter(project=project)
    for old in taken:
        rows.filter(name=old).update(name=parked(old))
    for old, new in renamed.items():
        rows.filter(name=parked(old) if old in taken else old).update(name=new)


def _remove_roles(plan: Plan, project: Project) -> None:
    gone = [line.before.name for line in plan.roles if line.act is Act.REMOVED and line.before]
    if gone:
        rows = Role.objects.filter(project=project, name__in=gone)
        rows._raw_delete(rows.db)


def _item_ids(project: Project) -> dict[str, int]:
    return dict(WorkItem.objects.filter(project=project).order_by().values_list("uid", "pk"))


def _write_items(
    cursor: CursorWrapper, plan: Plan, project: Project, known: Mapping[str, int]
) -> dict[str, int]:
    """Delete, then update, then insert, so that the tree is sound after every step."""
    gone = [line.shown.uid for line in plan.items if line.act is Act.REMOVED]
    if gone:
        rows = WorkItem.objects.filter(project=project, uid__in=gone)
        rows._raw_delete(rows.db)
    fresh = [line.shown.uid for line in plan.items if line.act is Act.CREATED]
    ids = {**known, **_former_ids(project, fresh)}
    unknown = [uid for uid in fresh if uid not in ids]
    ids.update(zip(unknown, _next_ids(cursor, len(unknown)), strict=True))
    _stage(cursor, "staged_item", _ITEM_TYPES, _item_rows(plan.after, ids))
    cursor.execute(_UPDATE_ITEMS, [project.pk])
    if fresh:
        cursor.execute(_INSERT_ITEMS, [project.pk, project.pk])
    return ids


_ITEM_TYPES = {
    "id": "bigint",
    "uid": "text",
    "parent_id": "bigint",
    "position": "integer",
    "number": "text",
    "name": "text",
    "description": "text",
}

_UPDATE_ITEMS = """
UPDATE projects_workitem item
SET parent_id = staged.parent_id, position = staged.position, number = staged.number,
    name = staged.name, description = staged.description
FROM staged_item staged
WHERE item.project_id = %s AND item.id = staged.id AND
    (item.parent_id, item.position, item.number, item.name, item.description) IS DISTINCT FROM
    (staged.parent_id, staged.position, staged.number, staged.name, staged.description)
"""

_INSERT_ITEMS = """
INSERT INTO projects_workitem
    (id, project_id, uid, parent_id, position, number, name, description)
SELECT id, %s, uid, parent_id, position, number, name, description
FROM staged_item staged
WHERE NOT EXISTS (
    SELECT 1 FROM projects_workitem item WHERE item.project_id = %s AND item.id = staged.id
)
ORDER BY position
"""


def _former_ids(project: Project, uids: Sequence[str]) -> dict[str, int]:
    """Return the ids of rows that existed before, so that their history goes on."""
    if not uids or not ChangeSet.objects.filter(project=project, number__gt=1).exists():
        return {}
    events = apps.get_model("projects", "WorkItemEvent")._default_manager
    found = events.filter(project=project, uid__in=uids, pgh_label="delete")
    return dict(found.values_list("uid", "pgh_obj_id"))


def _former_role_ids(project: Project, names: Sequence[str]) -> dict[str, int]:
    """Return the ids of deleted columns of these names, so that their history goes on."""
    if not names or not ChangeSet.objects.filter(project=project, number__gt=1).exists():
        return {}
    events = apps.get_model("projects", "RoleEvent")._default_manager
    gone = events.filter(project=project, name__in=names, pgh_label="delete").order_by("pgh_id")
    alive = set(Role.objects.filter(project=project).values_list("pk", flat=True))
    found = dict(gone.values_list("name", "pgh_obj_id"))
    return {name: pk for name, pk in found.items() if pk not in alive}


def _next_ids(cursor: CursorWrapper, count: int) -> list[int]:
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('projects_workitem', 'id')) "
        "FROM generate_series(1, %s)",
        [count],
    )
    return [row[0] for row in cursor.fetchall()]


def _item_rows(grid: Grid, ids: Mapping[str, int]) -> Iterable[Sequence[object]]:
    up = parents(grid.items)
    for index, item in enumerate(grid.items):
        parent = ids[grid.items[up[index]].uid] if up[index] >= 0 else None
        row = (ids[item.uid], item.uid, parent, index + 1)
        yield (*row, item.number, item.name, item.description)


def _write_cells(
    cursor: CursorWrapper, project: Project, cells: Sequence[CellLine], ids: Mapping[str, int]
) -> None:
    """Cells that all end blank, or that all end with a mark."""
    if not cells:
        return
    roles = dict(Role.objects.filter(project=project).order_by().values_list("name", "pk"))
    rows = ((ids[cell.uid], roles[cell.role], cell.after) for cell in cells)
    _stage(cursor, "staged_cell", _CELL_TYPES, rows)
    if not cells[0].after:
        cursor.execute(_DELETE_CELLS, [project.pk])
        return
    if any(cell.before for cell in cells):
        cursor.execute(_UPDATE_CELLS, [project.pk])
    if any(not cell.before for cell in cells):
        cursor.execute(_INSERT_CELLS, [project.pk, project.pk])


_CELL_TYPES = {"item_id": "bigint", "role_id": "bigint", "symbol": "text"}

_DELETE_CELLS = """
DELETE FROM projects_assignment mark USING staged_cell staged
WHERE mark.project_id = %s
    AND mark.item_id = staged.item_id AND mark.role_id = staged.role_id
"""

_UPDATE_CELLS = """
UPDATE projects_assignment mark SET symbol = staged.symbol FROM staged_cell staged
WHERE mark.project_id = %s AND mark.symbol <> staged.symbol
    AND mark.item_id = staged.item_id AND mark.role_id = staged.role_id
"""

_INSERT_CELLS = """
INSERT INTO projects_assignment (project_id, item_id, role_id, symbol)
SELECT %s, item_id, role_id, symbol FROM staged_cell staged
WHERE NOT EXISTS (
    SELECT 1 FROM projects_assignment mark
    WHERE mark.project_id = %s
        AND mark.item_id = staged.item_id AND mark.role_id = staged.role_id
)
"""


def _stage(
    cursor: CursorWrapper, name: str, types: Mapping[str, str], rows: Iterable[Sequence[object]]
) -> None:
    """Copy the rows into a temporary table that lives until the end of the transaction."""
    columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
    remaining = iter(rows)
    while block := "".join(_copy_line(row) for row in islice(remaining, 10_000)):
        cursor.copy_expert(f"COPY {name} FROM STDIN", io.StringIO(block))


def _copy_line(row: Sequence[object]) -> str:
    return "\t".join(map(_copy_value, row)) + "\n"


def _copy_value(value: object) -> str:
    if value.__class__ is int:
        return str(value)
    return "\\N" if value is None else _SPECIAL.sub(_escaped, str(value))


def _escaped(sign: re.Match[str]) -> str:
    return sign[0].translate(_ESCAPES)
