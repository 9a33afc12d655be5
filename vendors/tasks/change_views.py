from __future__ import annotations

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from projects.exports.download import xlsx_response
from vendors.access.seats import Desk
from vendors.tasks.changes import TITLE, Kind, changes_of, sheet
from vendors.tasks.queries import work_of

PER_PAGE = 100


def change_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what the latest 版 changed for the company, against the one before."""
    work = work_of(desk)
    changes = changes_of(work)
    counts = Counter(change.kind for change in changes)
    context = {
        "desk": desk,
        "page": Paginator(changes, PER_PAGE).get_page(request.GET.get("page")),
        "counts": [(kind.value, counts[kind]) for kind in Kind],
        "editions": {task.seat.project: task.edition for task in work.tasks}
        | {gone.seat.project: gone.edition for gone in work.gone},
        "work": work,
    }
    return render(request, "vendors/changes.html", context)


def change_export(_: HttpRequest, desk: Desk) -> HttpResponse:
    """Return the changes as an Excel file."""
    data = sheet(changes_of(work_of(desk)))
    return xlsx_response(data, f"{TITLE}（{desk.name}）.xlsx")
