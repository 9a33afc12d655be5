"""The same cells as the Django admin and as django-tables2 show them, and the admin's change form
of a mark. A URLconf.

Both read with one query for the rows and one for all their marks, and neither pages. The admin
has nothing switched on that is not needed to show the cells.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import URLPattern, URLResolver, path

from projects.models import Assignment, Project, Role, WorkItem

PACKAGE_TEMPLATE, LEAN_TEMPLATE = "django_tables2/table.html", "_table.html"

_PAGE = "{% load django_tables2 %}<!DOCTYPE html><title>x</title>{% render_table table %}"
_TEXTS = ("number", "name", "description")
_project = Project.objects.get(slug=os.environ["RACI_BENCH_SLUG"])
_roles = list(Role.objects.filter(project=_project).order_by("position"))


def _items() -> QuerySet[WorkItem]:
    marks = Assignment.objects.filter(project=_project).only("item_id", "role_id", "symbol")
    rows = WorkItem.objects.filter(project=_project).order_by("position")
    return rows.prefetch_related(Prefetch("assignments", marks.order_by()))


def _symbols(item: Any) -> dict[int, str]:
    """Role → mark of a row, made once per row."""
    if not hasattr(item, "symbols"):
        item.symbols = {mark.role_id: mark.symbol for mark in item.assignments.all()}
    symbols: dict[int, str] = item.symbols
    return symbols


def _column(role: Role) -> Callable[[WorkItem], str]:
    def mark(item: WorkItem) -> str:
        return _symbols(item).get(role.pk, "")

    mark.short_description = role.name  # type: ignore[attr-defined]
    return mark


class MatrixAdmin(admin.ModelAdmin[WorkItem]):
    list_display = (*_TEXTS, *(_column(role) for role in _roles))
    list_per_page = 1_000_000
    show_full_result_count = False
    actions = None
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkItem]:
        return _items()


def table(request: HttpRequest) -> HttpResponse:
    """The table by the package's own template, or with ?lean by the plainest one there can be."""
    template = LEAN_TEMPLATE if "lean" in request.GET else PACKAGE_TEMPLATE
    columns = [(name, tables.Column()) for name in _TEXTS]
    columns += [(f"r{role.pk}", tables.Column(role.name, default="")) for role in _roles]
    rows = [
        {name: getattr(item, name) for name in _TEXTS}
        | {f"r{role}": symbol for role, symbol in _symbols(item).items()}
        for item in _items()
    ]
    shown = tables.Table(rows, extra_columns=columns, template_name=template, orderable=False)
    text = engines["django"].from_string(_PAGE).render({"table": shown}, request)
    return HttpResponse(text)


_site = admin.AdminSite()
_site.register(WorkItem, MatrixAdmin)
_site.register(Assignment)

urlpatterns: list[URLPattern | URLResolver] = [
    path("table/", table),
    path("admin/", _site.urls),
]
