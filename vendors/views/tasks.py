from __future__ import annotations

from collections import Counter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from projects import workbook
from projects.views.export import xlsx_response
from raci.access import person
from vendors.forms import TaskForm
from vendors.models import Vendor
from vendors.tables import HEADERS, TaskTable, cells
from vendors.tasks import Task, tasks_of

LIST_TITLE = "担当作業一覧"


@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """The company's tasks. 404 for people of no company."""
    vendors = _vendors(request)
    tasks = tasks_of(person(request))
    form = TaskForm(request.GET, tasks=tasks)
    kept = _kept(tasks, form)
    table = TaskTable(kept)
    RequestConfig(request, paginate=False).configure(table)
    counts = Counter(mark for task in kept for mark in task.marks)
    context = {
        "vendors": vendors,
        "form": form,
        "table": table,
        "total": len(tasks),
        "shown": len(kept),
        "counts": sorted(counts.items(), reverse=True),
    }
    return render(request, "vendors/tasks.html", context, status=200 if form.is_valid() else 400)


@require_safe
def task_export(request: HttpRequest) -> HttpResponse:
    """The same list as Excel, with the same filters; 400 for filters that are not offered."""
    vendors = _vendors(request)
    tasks = tasks_of(person(request))
    form = TaskForm(request.GET, tasks=tasks)
    if not form.is_valid():
        return render(request, "400.html", status=400)
    kept = _kept(tasks, form)
    title = f"{LIST_TITLE}（{'、'.join(vendor.name for vendor in vendors)}）"
    data = workbook.table(title, HEADERS, (cells(task) for task in kept))
    return xlsx_response(data, f"{LIST_TITLE}.xlsx")


def _kept(tasks: list[Task], form: TaskForm) -> list[Task]:
    return [task for task in tasks if form.filter.keeps(task)]


def _vendors(request: HttpRequest) -> list[Vendor]:
    found = list(Vendor.objects.filter(members__user=person(request)).order_by("name", "pk"))
    if not found:
        raise Http404
    return found
