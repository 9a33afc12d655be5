from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.exports.views import xlsx_response
from projects.models import Project
from raci.access import Right, load, person
from vendors.progress import workbook
from vendors.progress.forms import PhaseForm
from vendors.progress.progress import board


@require_safe
def board_page(request: HttpRequest, slug: str) -> HttpResponse:
    """How far each company is, all in all and phase by phase; ?phase= for one phase."""
    project = load(Project.objects.all(), user=person(request), slug=slug)
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
def board_export(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole board as Excel, with every task of every company."""
    project = load(Project.objects.all(), user=person(request), slug=slug)
    data = workbook.sheets(project, board(project))
    return xlsx_response(data, f"{workbook.TITLE}（{project}）.xlsx")
