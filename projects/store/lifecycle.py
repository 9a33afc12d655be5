"""Copy a project, archive and reopen it, and set its threshold."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.db.models.functions import Now

from projects import store
from projects.domain.grid import Grid, new_uid
from projects.domain.plan import diff
from projects.models import Membership, Project
from projects.store.change_sets import BrokenRulesError, Kind, broken_rule, change_set
from projects.store.loading import load

_TAKEN = "projects_project_slug"


def copy(source: Project, *, slug: str, title: str, marks: bool, by: User) -> Project:
    """Create a project with the rows, columns and legend of another, and its marks if wanted.

    Rows get identities of their own; contracts, 版 and history stay behind. One change set says
    where it comes from, and `by` manages it. BrokenRulesError when the slug is taken.
    """
    wanted = _fresh(load(source), title=title, marks=marks)
    how = "記号を含めて" if marks else "記号を除いて"
    reason = f"案件「{source.slug}」（改訂{source.revision}）から{how}複製"
    try:
        with change_set(by=by, kind=Kind.COPY, reason=reason):
            made = store.create(slug=slug, title=title, by=by, kind=Kind.COPY)
            made.numbering, made.requires_reason = source.numbering, source.requires_reason
            made.save(update_fields=["numbering", "requires_reason"])
            plan = diff(load(made), wanted)
            store.apply(plan, project=made, by=by, kind=Kind.COPY, reason=reason)
            Membership.objects.create(project=made, user=by, kind=Membership.Kind.MANAGER)
    except IntegrityError as error:
        if not broken_rule(error).startswith(_TAKEN):
            raise
        raise BrokenRulesError(
            [f"識別名「{slug}」は使われています。別の識別名にしてください。"]
        ) from error
    return made


def archive(project: Project, *, by: User, reason: str = "") -> bool:
    """Make the project read-only. Return False when it was so already."""
    with change_set(by=by, kind=Kind.ARCHIVE, reason=reason):
        rows = Project.objects.archived(False).filter(pk=project.pk)
        done = bool(rows.update(archived_at=Now()))
    project.refresh_from_db()
    return done


def reopen(project: Project, *, by: User, reason: str = "") -> bool:
    """Make an archived project writable again. Return False when it was so already."""
    with change_set(by=by, kind=Kind.REOPEN, reason=reason):
        done = bool(Project.objects.archived().filter(pk=project.pk).update(archived_at=None))
    project.refresh_from_db()
    return done


def _fresh(grid: Grid, *, title: str, marks: bool) -> Grid:
    """Return the grid with new uids of its rows, and another title."""
    blank = ("",) * len(grid.roles)
    rows = tuple(
        replace(item, uid=new_uid(), marks=item.marks if marks else blank) for item in grid.items
    )
    return replace(grid, title=title, items=rows)


def set_lead_share(project: Project, share: int, *, by: User) -> None:
    """Set from which share of the tasks, in percent, one column leads too much."""
    with change_set(by=by, kind=Kind.EDIT):
        project.lead_share = share
        project.save(update_fields=["lead_share"])
