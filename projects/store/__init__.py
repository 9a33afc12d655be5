"""The only way between PostgreSQL and the Grid: load, apply, change. The only writer.

Every write is one transaction and one change set that knows person, kind and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

import pghistory
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import IntegrityError, transaction

from projects.grid import DEFAULT_LEGEND, Grid, renumbered
from projects.models import LegendMark, Numbering, Project
from projects.plan import Plan, diff
from projects.store.loading import load
from projects.store.writing import write

__all__ = ["Broken", "Kind", "Stale", "apply", "change", "change_set", "create", "load"]

Person = AbstractBaseUser | AnonymousUser | None


class Kind(StrEnum):
    """By which kind of act a change set came about."""

    EDIT = "edit"
    IMPORT = "import"
    STRUCTURE = "structure"
    ADMIN = "admin"


class Stale(Exception):
    """The project changed since the plan was made; compare again. Nothing was written."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"案件が改訂{expected}から{found}に変わっています。比較し直してください。")
        self.expected, self.found = expected, found


class Broken(ValueError):
    """The wanted grid breaks rules; `errors` says which. Nothing was written."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@contextmanager
def change_set(*, by: Person, kind: Kind, reason: str = "") -> Iterator[None]:
    """All writes within become one change set, in one transaction.

    Within another change set the outer one goes on.
    """
    user = by.pk if by is not None else None
    name = by.get_username() if by is not None and user else ""
    details = {"user": user, "name": name, "kind": kind.value, "reason": reason}
    with pghistory.context(**details), transaction.atomic():
        yield


def create(*, slug: str, title: str, by: Person, kind: Kind = Kind.IMPORT) -> Project:
    """A new, empty project with the default legend."""
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
    """Writes the plan's `after` in one transaction and refreshes `project`.

    `revision` is that of the grid the plan was made from, by default the one `project` was
    loaded with. Stale when the project has another one by now, Broken when `after` is not
    sound or a rule of the database forbids it; then nothing was written.
    """
    errors = plan.after.errors()
    if errors:
        raise Broken(errors)
    expected = project.revision if revision is None else revision
    try:
        with change_set(by=by, kind=kind, reason=reason):
            _lock(project, expected)
            if not plan.is_empty:
                write(plan, project)
                _check_now()
    except IntegrityError as error:
        raise Broken([_reason(error)]) from error
    project.refresh_from_db()


def change(
    project: Project, edit: Callable[[Grid], Grid], *, by: Person, kind: Kind, reason: str = ""
) -> None:
    """Applies a pure edit to the grid as it stands, renumbered where the project wants that."""
    with change_set(by=by, kind=kind, reason=reason):
        locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        before = load(locked)
        after = edit(before)
        if locked.numbering == Numbering.SEQUENTIAL:
            after = renumbered(after)
        apply(diff(before, after), project=locked, by=by, kind=kind, reason=reason)
    project.refresh_from_db()


def _lock(project: Project, expected: int) -> None:
    found = Project.objects.select_for_update(no_key=True).get(pk=project.pk).revision
    if found != expected:
        raise Stale(expected, found)


def _check_now() -> None:
    """Deferred rules speak here, inside the transaction, and not at the commit."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


_REASONS = {
    "contract_role": "契約中の業者がある列は削除できません。先に管理画面で契約を外してください。",
    "assignment_in_legend": "使われている記号は凡例から削除できません。",
    "workitem_below_parent": "自分自身または自分の下位の項目を親にすることはできません。",
}


def _reason(error: IntegrityError) -> str:
    """What the broken database rule means, in words."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    return _REASONS.get(name, f"データベースの規則「{name}」に反するため保存できません。")
