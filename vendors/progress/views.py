from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.exports.download import xlsx_response
from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right
from vendors.progress import workbook
from vendors.progress.forms import PhaseForm
from vendors.progress.progress import board


@require_safe
@project_page(Right.VIEW)
def board_page(request: HttpRequest, project: Project) -> HttpResponse:
    """Show each company's progress in total and by phase; ?phase= cuts down to one phase."""
    whole = board(project)
    form = PhaseForm(request.GET, phases=whole.phases)
    context = {
        "project": project,
        "board": whole.within(form.chosen) if form.chosen else whole,
        "form": form,
        "may_manage": project.right >= Right.MANAGE,
    }
    return render(request, "vendors/board.html", context, status=200 if form.is_valid() else 400)


@require_safe
@project_page(Right.VIEW)
def board_export(_: HttpRequest, project: Project) -> HttpResponse:
    """Return the whole board as an Excel file, with every task of every company."""
    data = workbook.sheets(project, board(project))
    return xlsx_response(data, f"{workbook.TITLE}（{project}）.xlsx")
