from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from projects import store
from projects.history import (
    Later,
    LogFilter,
    acts_of,
    described,
    details_of,
    later_changes,
    latest_waivers,
    people_of,
    roles_of,
)
from projects.history.forms import LogForm
from projects.history.tables import LogRow, LogTable
from projects.models import ChangeSet, Project
from projects.render.plain_text import harmless
from projects.shared.form_fields import ReasonForm
from projects.shared.project_page import project_page
from raci.access import Right, person

PER_PAGE, MARKS_SHOWN, DETAILS_SHOWN, UNDO_SHOWN = 50, 8, 12, 200
CSV_BLOCK = 100
CSV_HEADER = ("番号", "日時", "変更者", "種類", "理由", "対象", "項目", "変更前", "変更後")
OBSTACLES_TOLD = 20


@require_safe
@project_page(Right.VIEW)
def history(request: HttpRequest, project: Project) -> HttpResponse:
    """The project's change sets, the latest first, filtered by the URL; then its waivers."""
    form = LogForm(request.GET, people=people_of(project), roles=roles_of(project))
    page = Paginator(acts_of(project, form.wanted), PER_PAGE).get_page(request.GET.get("page"))
    acts = described(list(page.object_list))
    details = details_of(project, [act.number for act in acts], most=MARKS_SHOWN)
    may_undo = project.right >= Right.EDIT
    rows = [
        LogRow(
            act,
            details[act.number][0][:DETAILS_SHOWN],
            details[act.number][1],
            may_undo,
            project.slug,
        )
        for act in acts
    ]
    table = LogTable(rows, exclude=() if may_undo else ("undo",))
    context: dict[str, Any] = {"project": project, "form": form, "table": table, "page": page}
    if page.number == 1:
        context["waivers"], context["waived"] = latest_waivers(project)
    return render(request, "projects/history.html", context, status=200 if form.is_valid() else 400)


@require_safe
@project_page(Right.VIEW)
def history_csv(request: HttpRequest, project: Project) -> HttpResponse | StreamingHttpResponse:
    """The same, value by value, as CSV for Excel; 400 for a wrong filter."""
    form = LogForm(request.GET, people=people_of(project), roles=roles_of(project))
    if not form.is_valid():
        return render(request, "400.html", status=400)
    return StreamingHttpResponse(
        _lines(project, form.wanted),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="history-{project.slug}.csv"',
            "Cache-Control": "no-store",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.EDIT)
def undo(request: HttpRequest, project: Project, number: int) -> HttpResponse:
    """Says what taking back a change set would change, and takes it back."""
    found = ChangeSet.objects.filter(project=project, number=number).select_related("context")
    if not found:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = ReasonForm(data, required=project.requires_reason)
    later: list[Later] = []
    errors: list[str] = []
    if form.is_valid():
        try:
            return _undone(request, project, number, form.cleaned_data["reason"])
        except store.Stopped as error:
            later = later_changes(project, number, error.obstacles[:OBSTACLES_TOLD])
        except store.Broken as error:
            errors = error.errors
    (act,) = described(list(found))
    details, total = details_of(project, [number], most=PER_PAGE)[number]
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
    """Takes the change set back and goes to the history; Stopped or Broken when it cannot be."""
    if store.undo(project, number, by=person(request), reason=reason):
        messages.success(request, f"{number}番の変更を取り消しました。")
    else:
        messages.info(request, f"{number}番の変更で、表に残っているものはありませんでした。")
    return redirect("projects:history", project.slug)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(project: Project, wanted: LogFilter) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(CSV_HEADER)
    for page in Paginator(acts_of(project, wanted), CSV_BLOCK):
        acts = described(list(page.object_list))
        details = details_of(project, [act.number for act in acts])
        for act in acts:
            head = (str(act.number), act.at.isoformat(), act.name, act.kind_label, act.reason)
            for one in details[act.number][0]:
                row = (*head, one.what, one.field, one.before, one.after)
                yield writer.writerow([harmless(text) for text in row])
