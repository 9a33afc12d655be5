"""Load a Grid from PostgreSQL, apply plans and edits to it, and undo change sets.

The only writer of the matrix; `waivers` and `editions` write theirs.

Every write is one transaction and one change set that knows person, kind and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from django.db import IntegrityError, transaction

from projects.domain.grid import DEFAULT_LEGEND, Grid, renumbered
from projects.domain.plan import Plan, diff
from projects.domain.revert import Obstacle, reverted
from projects.models import ChangeSet, LegendMark, Numbering, Project
from projects.store import cells, grid_at_revision
from projects.store.change_sets import (
    ArchivedError,
    BrokenRulesError,
    Kind,
    Person,
    act,
    broken_rule,
    change_set,
)
from projects.store.loading import load, load_all
from projects.store.writing import write

__all__ = [
    "ArchivedError",
    "BrokenRulesError",
    "Kind",
    "Person",
    "StaleRevisionError",
    "UndoConflictError",
    "act",
    "apply",
    "change",
    "change_set",
    "create",
    "load",
    "load_all",
    "lock_all",
    "undo",
]


class StaleRevisionError(Exception):
    """The project changed since the plan was made; compare again. Nothing was written."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"案件が改訂{expected}から{found}に変わっています。比較し直してください。")
        self.expected, self.found = expected, found


class UndoConflictError(Exception):
    """Later changes stand in the way of an undo; `obstacles` says where. Nothing was written."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__("、".join(obstacle.what for obstacle in obstacles))
        self.obstacles = tuple(obstacles)


def create(*, slug: str, title: str, by: Person, kind: Kind = Kind.IMPORT) -> Project:
    """Create an empty project with the default legend."""
    with change_set(by=by, kind=kind):
        project = Project.objects.create(slug=slug, title=title)
        LegendMark.objects.bulk_create(
            LegendMark(project=project, position=at, symbol=m.symbol, label=m.label, leads=m.leads)
            for at, m in enumerate(DEFAULT_LEGEND, 1)
        )
    project.refresh_from_db()
    return project


def apply(
    plan: Plan,
    *,
    project: Project,
    by: Person,
    kind: Kind,
    reason: str = "",
    revision: int | None = None,
) -> None:
    """Write the plan's `after` in one transaction and refresh `project`.

    `revision` is that of the grid the plan was made from, by default the one `project` was
    loaded with. StaleRevisionError when the project has another one by now, BrokenRulesError
    when `after` is not sound or a rule of the database forbids it; then nothing was written.
    """
    errors = plan.after.errors()
    if errors:
        raise BrokenRulesError(errors)
    expected = project.revision if revision is None else revision
    try:
        with change_set(by=by, kind=kind, reason=reason):
            _lock(project, expected)
            if not plan.is_empty:
                write(plan, project)
                _check_now()
    except IntegrityError as error:
        raise BrokenRulesError([_reason(error)]) from error
    project.refresh_from_db()


def change(
    project: Project,
    edit: Callable[[Grid], Grid],
    *,
    by: Person,
    kind: Kind,
    reason: str = "",
    renamed: Mapping[str, str] | None = None,
) -> None:
    """Apply a pure edit to the current grid, renumbered where the project wants that.

    `renamed` holds old → new names of columns that the edit renames.
    """
    with change_set(by=by, kind=kind, reason=reason):
        locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        before = load(locked)
        after = edit(before)
        if locked.numbering == Numbering.SEQUENTIAL:
            after = renumbered(after)
        plan = diff(before, after, renamed=renamed)
        apply(plan, project=locked, by=by, kind=kind, reason=reason)
    project.refresh_from_db()


def undo(
    project: Project, number: int, *, by: Person, kind: Kind = Kind.UNDO, reason: str = ""
) -> bool:
    """Undo one change set by another one. Return False when nothing was left to undo.

    ChangeSet.DoesNotExist when there is none with that number, UndoConflictError when later changes
    touched the same things; then nothing was written.
    """
    before = project.revision
    ChangeSet.objects.get(project=project, number=number)
    with change_set(by=by, kind=kind, reason=reason, undoes=number):
        changes = grid_at_revision.only_cells(project, number)
        if changes is None:
            _undo_by_grids(project, number, by, kind, reason)
        else:
            _undo_cells(project, changes, by, kind, reason)
    project.refresh_from_db()
    return project.revision > before


def _undo_cells(
    project: Project,
    changes: Sequence[grid_at_revision.CellChange],
    by: Person,
    kind: Kind,
    reason: str,
) -> None:
    """Undo changes of marks without a grid, each while the cell still has the changed mark."""
    operations = [cells.Operation(c.uid, c.role, c.after, c.before) for c in changes]
    saved = cells.save(project, operations, by=by, kind=kind, reason=reason)
    obstacles = [
        Obstacle(f"項番{c.number}「{c.name}」の「{c.role}」の記号", c.uid, c.role)
        for c, result in zip(changes, saved.results, strict=True)
        if result.outcome is not cells.Outcome.SAVED
    ]
    if obstacles:
        raise UndoConflictError(obstacles)


def _undo_by_grids(project: Project, number: int, by: Person, kind: Kind, reason: str) -> None:
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    now = load(locked)
    before, after = grid_at_revision.at(project, number - 1), grid_at_revision.at(project, number)
    was, then = grid_at_revision.names(project, number - 1), grid_at_revision.names(project, number)
    renamed = grid_at_revision.renames(was, then)
    later = grid_at_revision.renames(then, dict(project.roles.values_list("pk", "name")))
    today = {name: new for name, new in later.items() if name not in renamed.values()}
    before, after = _renamed(before, today), _renamed(after, today)
    numbers = locked.numbering != Numbering.SEQUENTIAL
    wanted, obstacles = reverted(now, before, after, numbers=numbers, renamed=renamed)
    if obstacles:
        raise UndoConflictError(obstacles)
    if not numbers:
        wanted = renumbered(wanted)
    plan = diff(now, wanted, renamed={new: old for old, new in renamed.items()})
    apply(plan, project=locked, by=by, kind=kind, reason=reason)


def _renamed(grid: Grid, names: Mapping[str, str]) -> Grid:
    """Rename the columns of a grid. Return it unchanged when two would have the same name."""
    roles = tuple(replace(role, name=names.get(role.name, role.name)) for role in grid.roles)
    return replace(grid, roles=roles) if len({r.name for r in roles}) == len(roles) else grid


def lock_all() -> None:
    """Lock every project until the end of the transaction, before any other row."""
    list(Project.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _lock(project: Project, expected: int) -> None:
    found = Project.objects.select_for_update(no_key=True).get(pk=project.pk).revision
    if found != expected:
        raise StaleRevisionError(expected, found)


def _check_now() -> None:
    """Check deferred constraints now, inside the transaction, and not at the commit."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


_REASONS = {
    "contract_role": "契約中の業者がある列は削除できません。先に管理画面で契約を外してください。",
    "assignment_in_legend": "使われている記号は凡例から削除できません。",
    "role_name": "同じ名称の列があります。名称を入れ替える列は、別々に変更してください。",
    "workitem_below_parent": "自分自身または自分の下位の項目を親にすることはできません。",
}


def _reason(error: IntegrityError) -> str:
    """Return what the broken constraint means, in words."""
    name = broken_rule(error)
    return _REASONS.get(name, f"データベースの規則「{name}」に反するため保存できません。")
