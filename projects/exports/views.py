from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from projects.exports import jobs, matrix_file
from projects.models import Output, Project
from projects.shared.project_page import project_page
from raci import jobs as queue
from raci.access import Right
from raci.accounts.sessions import passive

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {".csv": "text/csv; charset=utf-8", ".md": "text/markdown; charset=utf-8"}
BUSY = 503


@require_safe
@project_page(Right.VIEW)
def export(request: HttpRequest, project: Project) -> HttpResponse:
    """別紙10 as Excel, or with ?phase=項番 the part below that row."""
    phase = request.GET.get("phase", "")
    if jobs.is_large(project):
        return handed_out(request, project, lambda: jobs.matrix(project, phase))
    workbook = matrix_file.workbook_of(project, phase=phase)
    return xlsx_response(workbook.data, workbook.file_name)


@require_safe
@project_page(Right.VIEW)
def export_text(_: HttpRequest, project: Project, suffix: str) -> HttpResponse:
    """The whole matrix as CSV or Markdown."""
    file = matrix_file.text_of(project, suffix)
    return download(file.data, file.file_name, _TYPES[suffix])


@require_safe
@project_page(Right.VIEW)
def output(request: HttpRequest, project: Project, key: int) -> HttpResponse:
    """A large file that is being written: how far it is, and where to get it."""
    row = get_object_or_404(jobs.there(project), pk=key)
    interrupted = jobs.interrupted(row)
    context = {"project": project, "output": row, "interrupted": interrupted}
    return render(request, "projects/output.html", context)


@passive
@require_safe
@project_page(Right.VIEW)
def output_status(_: HttpRequest, project: Project, key: int) -> HttpResponse:
    """Whether the file is there, for the page that waits for it."""
    row = get_object_or_404(jobs.there(project), pk=key)
    over = row.is_written or jobs.interrupted(row)
    return JsonResponse({"over": over}, headers={"Cache-Control": "no-store"})


@require_safe
@project_page(Right.VIEW)
def output_file(_: HttpRequest, project: Project, key: int) -> HttpResponse:
    row = get_object_or_404(jobs.there(project), pk=key)
    if not row.is_written:
        raise Http404
    return xlsx_response(bytes(row.data or b""), row.file_name)


def handed_out(request: HttpRequest, project: Project, asked: Callable[[], Output]) -> HttpResponse:
    """The file, if its job was over at once, else the page that waits for it."""
    try:
        row = asked()
    except queue.QueueFullError:
        context = {"project": project, "output": None}
        return render(request, "projects/output.html", context, status=BUSY)
    if row.is_written:
        return xlsx_response(bytes(row.data or b""), row.file_name)
    return redirect("projects:output", project.slug, row.pk)


def xlsx_response(data: bytes, file_name: str) -> HttpResponse:
    return download(data, file_name, XLSX)


def download(data: bytes, file_name: str, content_type: str) -> HttpResponse:
    """What no browser opens in place; a name is no path."""
    file_name = file_name.replace("/", "／")
    plain = f"export{PurePath(file_name).suffix}"
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name)}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
