"""Read the security log of a project and describe its entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from projects.models import Membership, Project
from raci.access import name_of
from raci.models import SecurityEvent
from raci.security_log.log import SIGN_IN, Kind
from vendors.models import Member

PER_PAGE = 50
_WORDS = {
    "address": "接続元",
    "user": "対象",
    "before": "変更前",
    "after": "変更後",
    "act": "操作",
    "reason": "理由",
}
_PEOPLE = "user"
_RIGHTS = ("before", "after")


def lines_of(
    project: Project, *, kind: str = "", person: int | None = None
) -> QuerySet[SecurityEvent]:
    """Return the lines that a manager of the project may read, the latest first.

    `kind` cuts them down to one kind, `person` to those by or about the user with that key.
    """
    sign_in = Q(project_id__isnull=True, kind__in=SIGN_IN, user_id__in=_working_on(project))
    found = SecurityEvent.objects.filter(Q(project_id=project.pk) | sign_in).order_by("-id")
    if kind:
        found = found.filter(kind=kind)
    if person is not None:
        found = found.filter(Q(user_id=person) | Q(details__user=person))
    return found


def security_page(project: Project, number: str | None, **wanted: Any) -> Page[SecurityEvent]:
    """Return the page of `lines_of` with that number, or the nearest."""
    return Paginator(lines_of(project, **wanted), PER_PAGE).get_page(number)


@dataclass(frozen=True, slots=True)
class SecurityRow:
    """An entry with labels instead of keys."""

    number: int
    at: datetime
    kind: str
    name: str
    details: str


def rows_of(found: Sequence[SecurityEvent]) -> list[SecurityRow]:
    """Return the entries with people's names, in one query for any number."""
    named: set[Any] = {line.details.get(_PEOPLE) for line in found}
    named |= {line.user_id for line in found}
    names = _names({int(key) for key in named if str(key).isdecimal()})
    labels = dict(Kind.choices)
    return [
        SecurityRow(
            line.pk,
            line.at,
            labels.get(line.kind, line.kind),
            _name(line.user_id, names),
            "、".join(_details(line.details, names)),
        )
        for line in found
    ]


def people_of(project: Project) -> list[tuple[int, str]]:
    """Return (id, name) of the members and of others who did something in the project."""
    others = SecurityEvent.objects.filter(project_id=project.pk).values("user_id")
    found = User.objects.filter(Q(pk__in=_working_on(project)) | Q(pk__in=others))
    return [(user.pk, name_of(user)) for user in found.order_by("username", "pk")]


def _working_on(project: Project) -> QuerySet[Any]:
    """Return the members and the people of companies with a contract, deactivated ones included."""
    here = Member.objects.working_in(project.pk).filter(vendor__contracts__project=project)
    members = Membership.objects.filter(project=project).order_by().values("user_id")
    works = Q(pk__in=members) | Q(pk__in=here.values("user_id"))
    return User.objects.filter(works).order_by().values("pk")


def _names(keys: set[int]) -> dict[int, str]:
    return {user.pk: name_of(user) for user in User.objects.filter(pk__in=keys)}


def _name(key: int | None, names: dict[int, str]) -> str:
    return "―" if key is None else names.get(key, f"削除された利用者（{key}）")


def _details(details: dict[str, Any], names: dict[int, str]) -> list[str]:
    """Return the labelled details, known keys first in their order."""
    keys = [*(key for key in _WORDS if key in details), *sorted(details.keys() - _WORDS.keys())]
    return [f"{_WORDS.get(key, key)}: {_value(key, details[key], names)}" for key in keys]


def _value(key: str, value: Any, names: dict[int, str]) -> str:
    if key == _PEOPLE and str(value).isdecimal():
        return _name(int(value), names)
    if key in _RIGHTS:
        return "なし" if value is None else dict(Membership.Kind.choices).get(value, str(value))
    return str(value)
