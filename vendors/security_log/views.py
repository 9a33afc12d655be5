"""The security log of a project, for its managers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.models import Membership, Project
from projects.shared.project_page import project_page
from raci.access import Right, name_of
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


@require_safe
@project_page(Right.MANAGE, even_archived=True)
def security(request: HttpRequest, project: Project) -> HttpResponse:
    """What concerns the project, and how those who work on it signed in; the latest first."""
    found = lines_of(project)
    form = FilterForm(request.GET, people=_people_of(project))
    page = Paginator(form.cut_down(found), PER_PAGE).get_page(request.GET.get("page"))
    table = SecurityTable(rows_of(list(page.object_list)))
    context = {"project": project, "form": form, "table": table, "page": page}
    return render(request, "security.html", context, status=200 if form.is_valid() else 400)


def lines_of(project: Project) -> QuerySet[SecurityEvent]:
    """The lines that a manager of the project may read; no other project's."""
    sign_in = Q(project_id__isnull=True, kind__in=SIGN_IN, user_id__in=_working_on(project))
    return SecurityEvent.objects.filter(Q(project_id=project.pk) | sign_in).order_by("-id")


@dataclass(frozen=True, slots=True)
class SecurityRow:
    """A line in words."""

    number: int
    at: datetime
    kind: str
    name: str
    details: str


def rows_of(found: Sequence[SecurityEvent]) -> list[SecurityRow]:
    """The lines with names, in one query for any number."""
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


class FilterForm(forms.Form):
    """Which lines; what is wrong shows all."""

    kind = forms.ChoiceField(label="種類", choices=[("", "すべて"), *Kind.choices], required=False)
    person = forms.TypedChoiceField(label="利用者", coerce=int, empty_value=None, required=False)

    def __init__(self, data: Any, *, people: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["person"]
        field.choices = [("", "すべて"), *people]

    def cut_down(self, found: QuerySet[SecurityEvent]) -> QuerySet[SecurityEvent]:
        wanted = self.cleaned_data if self.is_valid() else {}
        if wanted.get("kind"):
            found = found.filter(kind=wanted["kind"])
        if (key := wanted.get("person")) is not None:
            found = found.filter(Q(user_id=key) | Q(details__user=key))
        return found


class SecurityTable(tables.Table):
    number = tables.Column("番号", orderable=False)
    at = tables.DateTimeColumn(verbose_name="日時", format="Y年n月j日 H:i:s", orderable=False)
    kind = tables.Column("種類", orderable=False)
    name = tables.Column("利用者", orderable=False)
    details = tables.Column("内容", orderable=False, default="")

    class Meta:
        empty_text = "条件に合う記録はありません。"


def _people_of(project: Project) -> list[tuple[int, str]]:
    """The members, and who else did something in the project."""
    others = SecurityEvent.objects.filter(project_id=project.pk).values("user_id")
    found = User.objects.filter(Q(pk__in=_working_on(project)) | Q(pk__in=others))
    return [(user.pk, name_of(user)) for user in found.order_by("username", "pk")]


def _working_on(project: Project) -> QuerySet[Any]:
    """The members, and the people of companies with a part in the project; also who was stopped."""
    here = Member.objects.working_in(project.pk).filter(vendor__contracts__project=project)
    members = Membership.objects.filter(project=project).order_by().values("user_id")
    works = Q(pk__in=members) | Q(pk__in=here.values("user_id"))
    return User.objects.filter(works).order_by().values("pk")


def _names(keys: set[int]) -> dict[int, str]:
    return {user.pk: name_of(user) for user in User.objects.filter(pk__in=keys)}


def _name(key: int | None, names: dict[int, str]) -> str:
    return "―" if key is None else names.get(key, f"削除された利用者（{key}）")


def _details(details: dict[str, Any], names: dict[int, str]) -> list[str]:
    """What is known by its words first, in their order."""
    keys = [*(key for key in _WORDS if key in details), *sorted(details.keys() - _WORDS.keys())]
    return [f"{_WORDS.get(key, key)}: {_value(key, details[key], names)}" for key in keys]


def _value(key: str, value: Any, names: dict[int, str]) -> str:
    if key == _PEOPLE and str(value).isdecimal():
        return _name(int(value), names)
    if key in _RIGHTS:
        return "なし" if value is None else dict(Membership.Kind.choices).get(value, str(value))
    return str(value)
