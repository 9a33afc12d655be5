"""Show the security log of a project to its managers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right
from raci.security_log.log import Kind
from vendors.security_log.lines import people_of, rows_of, security_page


@require_safe
@project_page(Right.MANAGE, even_archived=True)
def security(request: HttpRequest, project: Project) -> HttpResponse:
    """List events of the project and sign-ins of its people, the latest first."""
    form = FilterForm(request.GET, people=people_of(project))
    page = security_page(project, request.GET.get("page"), **form.wanted)
    table = SecurityTable(rows_of(list(page.object_list)))
    context = {"project": project, "form": form, "table": table, "page": page}
    return render(request, "security.html", context, status=200 if form.is_valid() else 400)


class FilterForm(forms.Form):
    """The filters of the log; an invalid one shows all."""

    kind = forms.ChoiceField(label="種類", choices=[("", "すべて"), *Kind.choices], required=False)
    person = forms.TypedChoiceField(label="利用者", coerce=int, empty_value=None, required=False)

    def __init__(self, data: Any, *, people: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["person"]
        field.choices = [("", "すべて"), *people]

    @property
    def wanted(self) -> dict[str, Any]:
        """Return the arguments of `lines_of`; none for an invalid filter."""
        return dict(self.cleaned_data) if self.is_valid() else {}


class SecurityTable(tables.Table):
    number = tables.Column("番号", orderable=False)
    at = tables.DateTimeColumn(verbose_name="日時", format="Y年n月j日 H:i:s", orderable=False)
    kind = tables.Column("種類", orderable=False)
    name = tables.Column("利用者", orderable=False)
    details = tables.Column("内容", orderable=False, default="")

    class Meta:
        empty_text = "条件に合う記録はありません。"
