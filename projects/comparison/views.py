"""Compare two sources: 版, the current matrix, or imported files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.comparison import page
from projects.comparison.forms import VIEWS, CompareForm
from projects.comparison.page import Compared
from projects.comparison.sources import UnreadableSourceError, opened, sources_of
from projects.excel.comparison import TITLE
from projects.exports.download import xlsx_response
from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right

OK, BAD_REQUEST = 200, 400


@require_safe
@project_page(Right.VIEW)
def compare(request: HttpRequest, project: Project) -> HttpResponse:
    """Show the comparison as a list or in the matrix, with filters in the URL."""
    labels = sources_of(project)
    form, found, problem = _asked(request, project, labels)
    wrong = problem or not form.is_valid()
    return _page(request, project, labels, form, found, problem, BAD_REQUEST if wrong else OK)


@require_safe
@project_page(Right.VIEW)
def compare_export(request: HttpRequest, project: Project) -> HttpResponse:
    """Download the comparison as 新旧対照表; for a wrong filter show the page with errors."""
    labels = sources_of(project)
    form, found, problem = _asked(request, project, labels)
    if found is None or not form.is_valid():
        return _page(request, project, labels, form, found, problem, BAD_REQUEST)
    name = f"{project.document_number} {TITLE}".strip()
    return xlsx_response(page.workbook_of(project, found), f"{name}.xlsx")


def _page(
    request: HttpRequest,
    project: Project,
    labels: Mapping[str, str],
    form: CompareForm,
    found: Compared | None,
    problem: str,
    status: int,
) -> HttpResponse:
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "keys": form.keys,
        "labels": labels,
        "views": VIEWS,
        "problem": problem,
        "may_edit": project.right >= Right.EDIT,
    }
    if found is not None:
        context["shown"] = page.shown(found, form)
    return render(request, "projects/compare.html", context, status=status)


def _asked(
    request: HttpRequest, project: Project, labels: Mapping[str, str]
) -> tuple[CompareForm, Compared | None, str]:
    """Return the form, the comparison or None, and why there is none."""
    form = CompareForm(request.GET, labels=labels)
    keys = form.keys
    if keys is None:
        return form, None, ""
    try:
        old, new = (opened(project, key, labels) for key in keys)
    except UnreadableSourceError as error:
        return form, None, str(error)
    return form, page.compared(old, new, form), ""
