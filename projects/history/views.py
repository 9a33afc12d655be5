from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from projects import store
from projects.history import (
    LogFilter,
    UndoConflict,
    acts_of,
    described,
    details_of,
    latest_waivers,
    people_of,
    roles_of,
    undo_conflicts,
)
from projects.history.forms import LogForm
from projects.history.page import csv_lines, history_page
from projects.models import Project
from projects.shared.form_fields import ReasonForm
from projects.shared.project_page import project_page
from raci.access import Right, person

MARKS_SHOWN, UNDO_SHOWN = 50, 200
OBSTACLES_TOLD = 20


@require_safe
@project_page(Right.VIEW)
def history(request: HttpRequest, project: Project) -> HttpResponse:
    """List the change sets, the latest first, filtered by the URL; then the waivers."""
    form = LogForm(request.GET, people=people_of(project), roles=roles_of(project))
    shown = history_page(project, form.wanted, request.GET.get("page"))
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "table": shown.table,
        "page": shown.page,
    }
    if shown.page.number == 1:
        context["waivers"], context["waived"] = latest_waivers(project)
    return render(request, "projects/history.html", context, status=200 if form.is_valid() else 400)


@require_safe
@project_page(Right.VIEW)
def history_csv(request: HttpRequest, project: Project) -> HttpResponse | StreamingHttpResponse:
    """Download the history value by value as CSV for Excel. 400 for a wrong filter."""
    form = LogForm(request.GET, people=people_of(project), roles=roles_of(project))
    if not form.is_valid():
        return render(request, "400.html", status=400)
    return StreamingHttpResponse(
        csv_lines(project, form.wanted),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="history-{project.slug}.csv"',
            "Cache-Control": "no-store",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.EDIT)
def undo(request: HttpRequest, project: Project, number: int) -> HttpResponse:
    """Preview the undo of a change set; POST undoes it."""
    found = get_object_or_404(acts_of(project, LogFilter()), number=number)
    data = request.POST if request.method == "POST" else None
    form = ReasonForm(data, required=project.requires_reason)
    later: list[UndoConflict] = []
    errors: list[str] = []
    if form.is_valid():
        try:
            return _undone(request, project, number, form.cleaned_data["reason"])
        except store.UndoConflictError as error:
            later = undo_conflicts(project, number, error.obstacles[:OBSTACLES_TOLD])
        except store.BrokenRulesError as error:
            errors = error.errors
    (act,) = described([found])
    details, total = details_of(project, [number], most=MARKS_SHOWN)[number]
    shown = details[:UNDO_SHOWN]
    context = {
        "project": project,
        "act": act,
        "details": shown,
        "hidden": total - len(shown),
        "form": form,
        "later": later,
        "errors": errors,
    }
    status = 409 if later or errors else 400 if form.is_bound else 200
    return render(request, "projects/undo.html", context, status=status)


def _undone(request: HttpRequest, project: Project, number: int, reason: str) -> HttpResponse:
    """Undo the change set and redirect to the history. UndoConflictError, BrokenRulesError."""
    if store.undo(project, number, by=person(request), reason=reason):
        messages.success(request, f"{number}番の変更を取り消しました。")
    else:
        messages.info(request, f"{number}番の変更で、表に残っているものはありませんでした。")
    return redirect("projects:history", project.slug)
