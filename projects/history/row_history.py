"""Read the history of one row, by change set, the latest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import QuerySet

from projects.domain.edition_rows import Detail
from projects.domain.grid import TEXTS
from projects.models import Project, WorkItem
from projects.models import Role as RoleRow
from projects.store import provenance

KINDS = {
    "edit": "編集",
    "paste": "貼り付け",
    "import": "取込",
    "structure": "構成変更",
    "undo": "取り消し",
    "redo": "やり直し",
    "admin": "管理画面",
    "copy": "複製",
    "archive": "保管",
    "reopen": "再開",
}
LATEST = 30


def people(names: Iterable[str]) -> dict[str, str]:
    """Return full names by login name; people without a full name are left out."""
    wanted = {name for name in names if name}
    users = User.objects.filter(username__in=wanted) if wanted else ()
    return {user.get_username(): user.get_full_name() for user in users if user.get_full_name()}


def shown_name(login: str, names: Mapping[str, str]) -> str:
    """Return the name of a person on the screen, given `people`; 「システム」 for nobody."""
    return names.get(login, login) or "システム"


@dataclass(frozen=True, slots=True)
class Entry:
    """All that one act changed on the row."""

    at: datetime
    name: str
    kind: str
    reason: str
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    act: object
    at: datetime
    context: dict[str, Any]
    detail: Detail


def of_item(project: Project, uid: str) -> list[Entry]:
    """Return the latest change sets that touched the row's texts or marks, in four queries."""
    item = WorkItem.objects.filter(project=project, uid=uid).only("pk").get()
    lines = [*_text_lines(project, item), *_mark_lines(project, item)]
    lines.sort(key=lambda line: (line.at, str(line.act)), reverse=True)
    groups = groupby(lines, key=attrgetter("act", "at"))
    return [_entry(list(group)) for _, group in groups][:LATEST]


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when a mark stands, by whom and by what kind of act, and the reason given."""

    at: datetime
    name: str
    kind: str
    reason: str


def standing(project: Project, uid: str) -> dict[str, Standing]:
    """Return the last change of the row's mark by column name. Two queries, one of them names."""
    return _named(provenance.standing(project, uid))


def standing_below(project: Project, role: int) -> dict[str, Standing]:
    """Return the last change of the mark in the column, by row uid. Two queries."""
    return _named(provenance.standing_below(project, role))


def _named(found: Sequence[provenance.Standing]) -> dict[str, Standing]:
    names = people(one.person for one in found)
    return {
        one.of: Standing(
            one.at, shown_name(one.person, names), KINDS.get(one.kind, "データベース"), one.reason
        )
        for one in found
    }


def _entry(lines: list[_Line]) -> Entry:
    context = lines[0].context
    return Entry(
        at=lines[0].at,
        name=context.get("name") or "システム",
        kind=KINDS.get(context.get("kind", ""), "データベース"),
        reason=context.get("reason", ""),
        details=tuple(line.detail for line in lines),
    )


def _events(model: str, project: Project, item: WorkItem) -> QuerySet[Any]:
    events = apps.get_model("projects", model)._default_manager.filter(project=project)
    key = "item_id" if model == "AssignmentEvent" else "pgh_obj_id"
    found: QuerySet[Any] = events.filter(**{key: item.pk}).select_related("pgh_context")
    return found.order_by("pgh_id")


def _text_lines(project: Project, item: WorkItem) -> Iterator[_Line]:
    before: Any = None
    for event in _events("WorkItemEvent", project, item):
        for field, label in TEXTS.items():
            old = getattr(before, field) if before else ""
            new = getattr(event, field)
            if old != new:
                yield _line(event, Detail(label, old, new))
        before = event


def _mark_lines(project: Project, item: WorkItem) -> Iterator[_Line]:
    names = dict(RoleRow.objects.filter(project=project).values_list("pk", "name"))
    symbols: dict[int, str] = {}
    for event in _events("AssignmentEvent", project, item):
        old = symbols.get(event.role_id, "")
        new = "" if event.pgh_label == "delete" else event.symbol
        symbols[event.role_id] = new
        if old != new:
            yield _line(event, Detail(names.get(event.role_id, "削除された列"), old, new))


def _line(event: Any, detail: Detail) -> _Line:
    context = event.pgh_context.metadata if event.pgh_context else {}
    act = event.pgh_context_id or event.pgh_id
    return _Line(act, event.pgh_created_at, context, detail)
