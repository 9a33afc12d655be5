from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from projects.exports import jobs, matrix_file
from projects.exports.download import download, xlsx_response
from projects.exports.output_page import file_or_waiting_page
from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right
from raci.accounts.sessions import passive

_TYPES = {".csv": "text/csv; charset=utf-8", ".md": "text/markdown; charset=utf-8"}


@require_safe
@project_page(Right.VIEW)
def export(request: HttpRequest, project: Project) -> HttpResponse:
    """Download 別紙10 as Excel, or with ?phase=項番 the part below that row."""
    phase = request.GET.get("phase", "")
    if jobs.is_large(project):
        return file_or_waiting_page(request, project, lambda: jobs.matrix(project, phase))
    workbook = matrix_file.workbook_of(project, phase=phase)
    return xlsx_response(workbook.data, workbook.file_name)


@require_safe
@project_page(Right.VIEW)
def export_text(_: HttpRequest, project: Project, suffix: str) -> HttpResponse:
    """Download the whole matrix as CSV or Markdown."""
    file = matrix_file.text_of(project, suffix)
    return download(file.data, file.file_name, _TYPES[suffix])


@require_safe
@project_page(Right.VIEW)
def output(request: HttpRequest, project: Project, key: int) -> HttpResponse:
    """Show whether a large file is written, and where to download it."""
    row = get_object_or_404(jobs.there(project), pk=key)
    interrupted = jobs.interrupted(row)
    context = {"project": project, "output": row, "interrupted": interrupted}
    return render(request, "projects/output.html", context)


@passive
@require_safe
@project_page(Right.VIEW)
def output_status(_: HttpRequest, project: Project, key: int) -> HttpResponse:
    """Answer whether the file is written, for the page that waits for it."""
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
