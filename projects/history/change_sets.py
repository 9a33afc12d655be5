"""Filter and describe the change sets of a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.timezone import make_aware

from projects.domain.revert import Obstacle
from projects.history.row_history import KINDS, people, shown_name
from projects.models import ChangeSet, Project


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the URL asked for; the default shows everything.

    `person` is a login name, `kind` a Kind, `role` a column's name, `item` a row's uid or 項番;
    `since` and `until` are days, both included.
    """

    person: str = ""
    kind: str = ""
    role: str = ""
    item: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One change set with the words around it."""

    number: int
    at: datetime
    person: str
    name: str
    kind: str
    kind_label: str
    reason: str
    undoes: int | None


def acts_of(project: Project, wanted: LogFilter) -> QuerySet[ChangeSet]:
    """Return the change sets that match, the latest first, with their context."""
    found = ChangeSet.objects.filter(project=project).select_related("context")
    if wanted.person:
        found = found.filter(context__metadata__name=wanted.person)
    if wanted.kind:
        found = found.filter(context__metadata__kind=wanted.kind)
    if wanted.since:
        found = found.filter(at__gte=_start(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_start(wanted.until + timedelta(days=1)))
    if wanted.item or wanted.role:
        found = found.filter(_touches(project, wanted))
    return found.order_by("-number")


def people_of(project: Project) -> list[tuple[str, str]]:
    """Return (login name, full name) of everybody who changed something in the project."""
    name = KeyTextTransform("name", "context__metadata")
    own = ChangeSet.objects.filter(project=project).order_by()
    logins = {
        login for login in own.annotate(who=name).values_list("who", flat=True).distinct() if login
    }
    full = people(logins)
    return sorted((login, full.get(login, login)) for login in logins)


def roles_of(project: Project) -> list[str]:
    """Return the names that columns have or had, the current ones first."""
    now = list(project.roles.values_list("name", flat=True))
    events = apps.get_model("projects", "RoleEvent")._default_manager.filter(project=project)
    then = events.order_by("name").values_list("name", flat=True).distinct()
    return list(dict.fromkeys([*now, *then]))


def described(found: list[ChangeSet]) -> list[Act]:
    """Describe change sets with names and labels, in two queries for any number."""
    contexts = [act.context.metadata if act.context else {} for act in found]
    full = people(context.get("name", "") for context in contexts)
    return [
        Act(
            number=act.number,
            at=act.at,
            person=context.get("name", ""),
            name=shown_name(context.get("name", ""), full),
            kind=context.get("kind", ""),
            kind_label=KINDS.get(context.get("kind", ""), "データベース"),
            reason=context.get("reason", ""),
            undoes=context.get("undoes"),
        )
        for act, context in zip(found, contexts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class UndoConflict:
    """Something that stands in the way, and the latest change of it, None when it is not known."""

    what: str
    act: Act | None


def undo_conflicts(
    project: Project, number: int, obstacles: Sequence[Obstacle]
) -> list[UndoConflict]:
    """Return the latest change after that number of each thing in the way of its undo."""
    found = []
    for obstacle in obstacles:
        acts = acts_of(project, LogFilter(item=obstacle.uid, role=obstacle.role))
        latest = described(list(acts.filter(number__gt=number)[:1]))
        found.append(UndoConflict(obstacle.what, latest[0] if latest else None))
    return found


def _start(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))


def _touches(project: Project, wanted: LogFilter) -> Q:
    """Match change sets of the row and column; of a row or column alone also its own changes."""
    marks = _events("AssignmentEvent").filter(project=project)
    own: Q = Q()
    if wanted.item:
        items = _ids("WorkItemEvent", project, Q(uid=wanted.item) | Q(number=wanted.item))
        marks = marks.filter(item_id__in=items)
        if not wanted.role:
            own |= Q(Exists(_events("WorkItemEvent").filter(project=project, pgh_obj_id__in=items)))
    if wanted.role:
        roles = _ids("RoleEvent", project, Q(name=wanted.role))
        marks = marks.filter(role_id__in=roles)
        if not wanted.item:
            own |= Q(Exists(_events("RoleEvent").filter(project=project, pgh_obj_id__in=roles)))
    return Q(Exists(marks)) | own


def _ids(model: str, project: Project, condition: Q) -> list[int]:
    events = apps.get_model("projects", model)._default_manager.filter(condition, project=project)
    return list(events.order_by().values_list("pgh_obj_id", flat=True).distinct())


def _events(model: str) -> QuerySet[Any]:
    """Return the events of the change set in the outer query."""
    events = apps.get_model("projects", model)._default_manager
    found: QuerySet[Any] = events.annotate(act=F("pgh_context_id")).filter(
        Q(act=OuterRef("context_id")) | Q(act=None, pgh_created_at=OuterRef("at")),
        pgh_created_at=OuterRef("at"),
    )
    return found
