from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from projects import exporting
from projects.models import Project
from raci.access import load, person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """別紙10 as Excel, or with ?phase=項番 the part below that row."""
    project = load(Project.objects.all(), user=person(request), slug=slug)
    workbook = exporting.workbook_of(project, phase=request.GET.get("phase", ""))
    return xlsx_response(workbook.data, workbook.file_name)


def xlsx_response(data: bytes, file_name: str) -> HttpResponse:
    """A download that no browser opens in place; a name is no path."""
    file_name = file_name.replace("/", "／")
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(file_name)}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
