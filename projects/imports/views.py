"""List, upload and show the imports of a project."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from projects.domain.change_kinds import words_of
from projects.imports import lifecycle
from projects.imports.forms import UploadForm
from projects.imports.list_page import import_page, name_of, rows_of, undoer_of
from projects.imports.page import import_of, import_state, open_import, shown, uploaded_file
from projects.imports.tables import ImportTable
from projects.models import Import, Project
from projects.render.difference_parts import shown_changes
from projects.shared.form_fields import ReasonForm
from projects.shared.project_page import project_page
from raci.access import Right, person
from raci.accounts.sessions import passive
from raci.http.body_limit import accepts_large, content_length

OK, BAD_REQUEST, CONFLICT = 200, 400, 409
State = Import.State


@accepts_large("multipart/form-data")
@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.VIEW, post=Right.EDIT)
def import_list(request: HttpRequest, project: Project) -> HttpResponse:
    """List the imports with a form for the next one; POST uploads."""
    if request.method != "POST":
        return _list(request, project, UploadForm())
    form = UploadForm(request.POST, request.FILES, length=content_length(request))
    if not form.is_valid():
        return _list(request, project, form)
    data, name = form.data_and_name
    try:
        row = lifecycle.upload(project, data=data, name=name, by=person(request))
    except lifecycle.ImportStateError as error:
        form.add_error("file", str(error))
        return _list(request, project, form)
    url = reverse("projects:import", args=[project.slug, row.pk])
    return JsonResponse({"url": url}) if wants_json(request) else redirect(url)


def _list(request: HttpRequest, project: Project, form: UploadForm) -> HttpResponse:
    status = BAD_REQUEST if form.is_bound else OK
    if form.is_bound and wants_json(request):
        return JsonResponse({"error": form.errors["file"][0]}, status=status)
    page = import_page(project, request.GET.get("page"))
    table = ImportTable(rows_of(project, list(page.object_list)))
    context = {"project": project, "form": form, "table": table, "page": page}
    context["may_edit"] = project.right >= Right.EDIT
    return render(request, "projects/imports.html", context, status=status)


@require_safe
@project_page(Right.VIEW)
def preview(request: HttpRequest, project: Project, key: int) -> HttpResponse:
    """Show an import: progress, problems, preview or result."""
    return page_of(request, project, import_of(project, key))


@passive
@require_safe
@project_page(Right.VIEW)
def status(_: HttpRequest, project: Project, key: int) -> HttpResponse:
    """Answer how far the job is, for the page that waits for it."""
    row = import_state(project, key)
    running = row.state in (State.READING, State.APPLYING)
    over = not running or bool(lifecycle.interrupted([row]))
    answer = {"state": row.state, "progress": row.progress, "over": over}
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@require_safe
@project_page(Right.MANAGE)
def download(_: HttpRequest, project: Project, key: int) -> HttpResponse:
    """Download the uploaded file, for managers; browsers never open it in place."""
    row = uploaded_file(project, key)
    return HttpResponse(
        bytes(row.file),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": 'attachment; filename="import.bin"; '
            f"filename*=UTF-8''{quote(row.file_name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def page_of(
    request: HttpRequest,
    project: Project,
    row: Import,
    *,
    error: str = "",
    overtaken: bool = False,
    status: int = OK,
) -> HttpResponse:
    """Render the page of an import in its state, with an error."""
    interrupted = bool(lifecycle.interrupted([row]))
    context: dict[str, Any] = {
        "project": project,
        "row": row,
        "name": name_of(row),
        "interrupted": interrupted,
        "may_edit": project.right >= Right.EDIT,
        "may_download": project.right >= Right.MANAGE,
        "error": error,
        "overtaken": overtaken,
    }
    if row.state in (State.READING, State.APPLYING) and not interrupted:
        return render(request, "projects/import_progress.html", context, status=status)
    if row.state == State.APPLIED:
        context |= {"undone": undoer_of(project, row), "summary": words_of(row.totals)}
        return render(request, "projects/import_done.html", context, status=status)
    context |= _difference(request, project, row) if not overtaken else {}
    context["reason"] = ReasonForm(None, required=project.requires_reason)
    return render(request, "projects/import.html", context, status=status)


def _difference(request: HttpRequest, project: Project, row: Import) -> dict[str, Any]:
    found = open_import(row, project)
    if found is None or row.state in (State.CANCELLED, State.READING):
        return {}
    at = request.GET.get("page", "1")
    number = int(at) if at.isdecimal() and len(at) < 9 else 1
    return {"shown": shown(found, shown_changes(request.GET.getlist("show")), number)}


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
