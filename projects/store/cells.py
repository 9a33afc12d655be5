"""Single marks: each operation says what it replaces, and is answered for itself.

Different cells never conflict. A person's retry after a lost answer finds the mark already there
and counts as saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from projects.models import Project
from projects.store.change_sets import Kind, Person, act, change_set


class Outcome(StrEnum):
    """The outcome of one operation."""

    SAVED = "saved"
    CONFLICT = "conflict"
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Operation:
    """One mark to set: the row's uid, the column's name, the symbol now and wanted ("" blank)."""

    uid: str
    role: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an operation; for a conflict the symbol there now, who set it and when."""

    outcome: Outcome
    now: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The results in the order of the operations, and the revision after them."""

    results: tuple[Result, ...]
    revision: int
    changed: bool


@dataclass(slots=True)
class _Cell:
    item: int
    role: int
    was: str
    now: str


def save(
    project: Project,
    operations: Sequence[Operation],
    *,
    by: Person,
    kind: Kind = Kind.EDIT,
    reason: str = "",
) -> Saved:
    """Write the operations without conflict as one change set and return the outcome of each."""
    if len(operations) == 1:
        with act(by=by, kind=kind, reason=reason), connection.cursor() as cursor:
            if saved := save_one(cursor, project, operations[0]):
                return saved
    with change_set(by=by, kind=kind, reason=reason), connection.cursor() as cursor:
        revision, symbols, cells = _locked(cursor, project, operations)
        outcomes = [_take(cells.get((o.uid, o.role)), o, symbols) for o in operations]
        changed = [cell for cell in cells.values() if cell.now != cell.was]
        _write(cursor, project, changed)
        results = tuple(_results(cursor, project, operations, outcomes, cells))
    return Saved(results, revision + bool(changed), bool(changed))


def save_one(cursor: CursorWrapper, project: Project, operation: Operation) -> Saved | None:
    """Write one mark in one round trip, so that the project is locked as briefly as possible.

    Outside a transaction the statements, sent together, are one: it ends in the server, and nobody
    waits for this process. None when nothing was written; then the longer way finds out why.
    """
    if operation.before == operation.after:
        return None
    write = _ONE_INSERT if not operation.before else _ONE_UPDATE if operation.after else _ONE_DELETE
    cursor.execute(
        f"{_ONE_LOCK};{write};{_ONE_NOW}",
        {
            "project": project.pk,
            "uid": operation.uid,
            "role": operation.role,
            "before": operation.before,
            "after": operation.after,
        },
    )
    row = cursor.fetchone()
    if row is None or row[1] != operation.after:
        return None
    return Saved((Result(Outcome.SAVED, row[1]),), row[0], row[2])


def stands(cell: _Cell, before: str) -> bool:
    """Return whether the cell still holds the symbol that the person saw."""
    return cell.now == before


def _take(cell: _Cell | None, operation: Operation, symbols: frozenset[str]) -> Outcome:
    if cell is None:
        return Outcome.GONE
    if operation.after and operation.after not in symbols:
        return Outcome.REFUSED
    if cell.now != operation.after:
        if not stands(cell, operation.before):
            return Outcome.CONFLICT
        cell.now = operation.after
    return Outcome.SAVED


# The first words must not be SELECT: pghistory would not put its context in front.
# Subqueries, not joins: planning the order of four tables takes longer than writing the mark.
_ONE_LOCK = """
WITH own AS (SELECT id FROM projects_project WHERE id = %(project)s FOR NO KEY UPDATE)
SELECT id FROM own"""
_ITEM = "(SELECT id FROM projects_workitem WHERE project_id = %(project)s AND uid = %(uid)s)"
_ROLE = "(SELECT id FROM projects_role WHERE project_id = %(project)s AND name = %(role)s)"
_IS_MARK = """EXISTS (
    SELECT FROM projects_legendmark WHERE project_id = %(project)s AND symbol = %(after)s
)"""
_IS_CELL = f"project_id = %(project)s AND item_id = {_ITEM} AND role_id = {_ROLE}"
_ONE_INSERT = f"""
INSERT INTO projects_assignment (project_id, item_id, role_id, symbol)
SELECT %(project)s, {_ITEM}, {_ROLE}, %(after)s
WHERE {_IS_MARK} AND EXISTS {_ITEM} AND EXISTS {_ROLE}
ON CONFLICT DO NOTHING"""
_ONE_UPDATE = f"""
UPDATE projects_assignment SET symbol = %(after)s
WHERE {_IS_CELL} AND symbol = %(before)s AND {_IS_MARK}"""
_ONE_DELETE = f"""
DELETE FROM projects_assignment WHERE {_IS_CELL} AND symbol = %(before)s"""
_ONE_NOW = f"""
SELECT revision, COALESCE((SELECT symbol FROM projects_assignment WHERE {_IS_CELL}), ''),
    last_act = current_setting('pghistory.context_id', true)
FROM projects_project
WHERE id = %(project)s AND EXISTS {_ITEM} AND EXISTS {_ROLE}"""

# Two statements in one round trip: the second sees what was committed before the lock was had.
_LOCKED = """
SELECT FROM projects_project WHERE id = %(project)s FOR NO KEY UPDATE;
SELECT project.revision,
    ARRAY(SELECT symbol FROM projects_legendmark WHERE project_id = project.id),
    found.*
FROM projects_project project LEFT JOIN (
    SELECT item.uid, role.name, item.id, role.id, COALESCE(mark.symbol, '')
    FROM unnest(%(uids)s, %(roles)s) AS wanted(uid, role)
    JOIN projects_workitem item ON item.project_id = %(project)s AND item.uid = wanted.uid
    JOIN projects_role role ON role.project_id = %(project)s AND role.name = wanted.role
    LEFT JOIN projects_assignment mark ON mark.project_id = %(project)s
        AND mark.item_id = item.id AND mark.role_id = role.id
) found ON true
WHERE project.id = %(project)s
"""
_DELETE = """
DELETE FROM projects_assignment mark USING unnest(%s, %s) AS gone(item, role)
WHERE project_id = %s AND mark.item_id = gone.item AND mark.role_id = gone.role
"""
_UPDATE = """
UPDATE projects_assignment mark SET symbol = wanted.symbol
FROM unnest(%s, %s, %s) AS wanted(item, role, symbol)
WHERE project_id = %s AND mark.item_id = wanted.item AND mark.role_id = wanted.role
"""
_INSERT = """
INSERT INTO projects_assignment (project_id, item_id, role_id, symbol)
SELECT %s, item, role, symbol FROM unnest(%s, %s, %s) AS wanted(item, role, symbol)
"""
_LAST = """
SELECT DISTINCT ON (item_id, role_id) item_id, role_id, pgh_created_at, context.metadata
FROM projects_assignmentevent event
LEFT JOIN pghistory_context context ON context.id = event.pgh_context_id
WHERE project_id = %s AND item_id = ANY(%s) AND role_id = ANY(%s)
ORDER BY item_id, role_id, pgh_id DESC
"""


def _locked(
    cursor: CursorWrapper, project: Project, operations: Sequence[Operation]
) -> tuple[int, frozenset[str], dict[tuple[str, str], _Cell]]:
    """Lock the project, so that batches cannot deadlock, and read its cells.

    Gives the revision, the symbols of the legend, and the cells that are there.
    """
    wanted = list({(o.uid, o.role) for o in operations})
    uids, roles = [uid for uid, _ in wanted], [role for _, role in wanted]
    cursor.execute(_LOCKED, {"uids": uids, "roles": roles, "project": project.pk})
    rows = cursor.fetchall()
    if not rows:
        raise Project.DoesNotExist
    revision, symbols, *_ = rows[0]
    cells = {
        (uid, name): _Cell(item, role, symbol, symbol)
        for _, _, uid, name, item, role, symbol in rows
        if uid is not None
    }
    return revision, frozenset(symbols), cells


def _write(cursor: CursorWrapper, project: Project, changed: Sequence[_Cell]) -> None:
    gone = [cell for cell in changed if not cell.now]
    set_anew = [cell for cell in changed if cell.was and cell.now]
    fresh = [cell for cell in changed if not cell.was]
    if gone:
        cursor.execute(_DELETE, [*_columns(gone)[:2], project.pk])
    if set_anew:
        cursor.execute(_UPDATE, [*_columns(set_anew), project.pk])
    if fresh:
        cursor.execute(_INSERT, [project.pk, *_columns(fresh)])


def _columns(cells: Sequence[_Cell]) -> list[list[Any]]:
    return [
        [cell.item for cell in cells],
        [cell.role for cell in cells],
        [cell.now for cell in cells],
    ]


def _results(
    cursor: CursorWrapper,
    project: Project,
    operations: Sequence[Operation],
    outcomes: Sequence[Outcome],
    cells: dict[tuple[str, str], _Cell],
) -> Iterable[Result]:
    stopped = [
        cells[o.uid, o.role]
        for o, outcome in zip(operations, outcomes, strict=True)
        if outcome is Outcome.CONFLICT
    ]
    authors = _authors(cursor, project, stopped) if stopped else {}
    for operation, outcome in zip(operations, outcomes, strict=True):
        cell = cells.get((operation.uid, operation.role))
        now = cell.now if cell else ""
        by, at = "", None
        if cell and outcome is Outcome.CONFLICT:
            by, at = authors.get((cell.item, cell.role), ("", None))
        yield Result(outcome, now, by, at)


def _authors(
    cursor: CursorWrapper, project: Project, cells: Sequence[_Cell]
) -> dict[tuple[int, int], tuple[str, datetime | None]]:
    """Return who changed each cell last, and when."""
    items, roles, _ = _columns(cells)
    cursor.execute(_LAST, [project.pk, items, roles])
    return {
        (item, role): (as_metadata(metadata).get("name", ""), at)
        for item, role, at, metadata in cursor.fetchall()
    }


def as_metadata(value: Any) -> dict[str, Any]:
    """Return the context of a change as a mapping; raw cursors give JSON as text."""
    return (json.loads(value) if isinstance(value, str) else value) or {}
