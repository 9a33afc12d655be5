"""List the published 版 of a project and show each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from projects.domain.matrix_filter import select
from projects.editions.tables import EditionTable
from projects.exports import jobs, matrix_file
from projects.exports.download import xlsx_response
from projects.exports.output_page import file_or_waiting_page
from projects.matrix.forms import MatrixForm
from projects.matrix.page import matrix_page
from projects.matrix.page_shell import ROWS, spliced
from projects.models import Project
from projects.render.matrix_table import table
from projects.shared.project_page import project_page
from projects.store import editions
from raci.access import Right


@require_safe
@project_page(Right.VIEW)
def edition_list(request: HttpRequest, project: Project) -> HttpResponse:
    """List all 版 of the project, the latest first."""
    listed = EditionTable(editions.listed(project), slug=project.slug)
    context = {"project": project, "table": listed, "may_publish": project.right >= Right.MANAGE}
    return render(request, "projects/editions.html", context)


@require_safe
@project_page(Right.VIEW)
def edition(request: HttpRequest, project: Project, number: int) -> HttpResponse:
    """Show a 版 as a read-only matrix; ?fold and ?flip as with the matrix."""
    found = get_object_or_404(editions.published(project), number=number)
    grid = editions.grid(found)
    form = MatrixForm(request.GET, grid=grid)
    rows = select(grid, form.selection)
    context = {
        "project": project,
        "edition": found,
        "page": matrix_page(grid, project.slug, rows, form.asked(request.path)),
        "rows": ROWS,
        "query": QueryDict(request.META.get("QUERY_STRING", "")),
        "history_url": reverse("projects:history", args=[project.slug]),
    }
    html = render(request, "projects/edition.html", context).content.decode()
    body = table(grid, rows.shown, form.folding, item_url="").html
    return HttpResponse(spliced(html, body.encode()), status=200 if form.is_valid() else 400)


@require_safe
@project_page(Right.VIEW)
def edition_export(request: HttpRequest, project: Project, number: int) -> HttpResponse:
    """Download 別紙10 of the 版 as Excel."""
    found = get_object_or_404(editions.published(project), number=number)
    if jobs.is_large(project):
        return file_or_waiting_page(request, project, lambda: jobs.edition(project, number))
    found.project = project
    file = matrix_file.edition_of(found)
    return xlsx_response(file.data, file.file_name)
