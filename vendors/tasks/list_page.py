"""Render the list of a company's tasks with its filters and counts."""

from __future__ import annotations

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tables2 import RequestConfig

from vendors.access.seats import Desk
from vendors.models import Question
from vendors.tasks.forms import AnswerForm, TaskForm
from vendors.tasks.tables import TaskTable
from vendors.tasks.task import STATES, Task, Work

PER_PAGE = 100

ALL = "all"


def list_page(
    request: HttpRequest, desk: Desk, work: Work, *, refused: AnswerForm | None = None
) -> HttpResponse:
    """Render the list; with `refused`, an invalid form and its errors, with status 400."""
    form = TaskForm(request.GET, tasks=work.tasks)
    kept = filtered(work, form)
    table = TaskTable(kept, base=desk.base, picked=_picked(refused), exclude=_hidden(desk, work))
    RequestConfig(request, paginate=False).configure(table)
    page = Paginator(table.rows, len(kept) or 1 if request.GET.get("page") == ALL else PER_PAGE)
    table.page = page.get_page(request.GET.get("page"))
    context = {
        "desk": desk,
        "form": form,
        "table": table,
        "page": table.page,
        "work": work,
        "shown": len(kept),
        "counts": sorted(Counter(mark for task in kept for mark in task.marks).items())[::-1],
        "states": _states(kept),
        "answered": sum(task.question == Question.State.ANSWERED for task in kept),
        "refused": refused,
        "editions": {t.seat.project: t.edition for t in work.tasks},
    }
    status = 400 if refused or not form.is_valid() else 200
    return render(request, "vendors/tasks.html", context, status=status)


def _states(tasks: list[Task]) -> list[tuple[str, str, int]]:
    """Return (state, label, count) of the states that occur."""
    counts = Counter(task.state for task in tasks)
    return [(state, word, counts[state]) for state, word in STATES.items() if counts[state]]


def filtered(work: Work, form: TaskForm) -> list[Task]:
    """Return the tasks that the form's filter keeps."""
    wanted = form.filter
    return [task for task in work.tasks if wanted.keeps(task)]


def _picked(refused: AnswerForm | None) -> list[str]:
    """Return the submitted keys of a refused form."""
    return refused["task"].value() or [] if refused else []


def _hidden(desk: Desk, work: Work) -> list[str]:
    """Return the names of the columns that this desk does not need."""
    needless = {
        "company": len(desk.vendors) == 1,
        "changes": not any(task.is_changed for task in work.tasks),
        "pick": desk.read_only,
    }
    return [name for name, hidden in needless.items() if hidden]
