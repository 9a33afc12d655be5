from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from projects.exports.download import xlsx_response
from vendors.access.seats import Desk
from vendors.tasks import workbook
from vendors.tasks.forms import TaskForm
from vendors.tasks.list_page import filtered, list_page
from vendors.tasks.queries import work_of


def task_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the company's tasks in pages; ?page=all shows all of them."""
    return list_page(request, desk, work_of(desk))


def task_export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Return the filtered list as an Excel file; 400 for filters that are not offered."""
    work = work_of(desk)
    form = TaskForm(request.GET, tasks=work.tasks)
    if not form.is_valid():
        return render(request, "400.html", status=400)
    data = workbook.sheets(filtered(work, form))
    return xlsx_response(data, f"{workbook.TITLE}（{desk.name}）.xlsx")
