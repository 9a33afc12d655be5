from __future__ import annotations

import re

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from vendors.access.seats import Desk
from vendors.models import Confirmation
from vendors.questions import mail, thread
from vendors.tasks.confirm import AnswerOutcome, UnknownTaskError, record_answers
from vendors.tasks.forms import AnswerForm, ClosingForm, MessageForm
from vendors.tasks.list_page import list_page
from vendors.tasks.queries import work_of
from vendors.tasks.task import Task, Work

QUESTION = Confirmation.State.QUESTION
_PLACE = re.compile(r"[-\w]+/[0-9a-z]+/")


def task_page(request: HttpRequest, desk: Desk, project: str, uid: str) -> HttpResponse:
    """Show one row with everything that the company may know of it, and its thread."""
    return _page(request, desk, _work(desk, project, uid), MessageForm())


def confirm(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Record an answer to the selected tasks, with a question if it is one.

    404 when none of them is the company's.
    """
    work = work_of(desk)
    form = AnswerForm(request.POST, work=work)
    try:
        valid = form.is_valid()
    except UnknownTaskError as error:
        raise Http404 from error
    if not valid:
        return list_page(request, desk, work, refused=form)
    state = Confirmation.State(form.cleaned_data["state"])
    outcome = record_answers(desk, form.cleaned_data["task"].tasks, state)
    if state == QUESTION:
        thread.ask(desk, outcome.done, form.cleaned_data["text"])
        mail.send_question(request, outcome.done, form.cleaned_data["text"])
    _add_messages(request, outcome, state)
    if lost := form.cleaned_data["task"].lost:
        messages.error(request, f"現在の担当作業にない{lost}件は、そのままです。")
    return redirect(_back(request, desk))


def post_message(request: HttpRequest, desk: Desk, project: str, uid: str) -> HttpResponse:
    """Add a message to the thread, or close it; 404 where the row is not the company's."""
    work = _work(desk, project, uid)
    task = next((t for t in work.tasks if t.seat.vendor_uid == request.POST.get("company")), None)
    if task is None:
        raise Http404
    if "close" in request.POST:
        return _closed(request, desk, work, task)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, work, form, status=400)
    record_answers(desk, [(task, task.edition.number)], QUESTION)
    thread.ask(desk, [task], form.cleaned_data["text"])
    mail.send_question(request, [task], form.cleaned_data["text"])
    messages.success(request, "質問を送りました。PMOに通知します。")
    return redirect(f"{desk.base}{task.place}")


def _closed(request: HttpRequest, desk: Desk, work: Work, task: Task) -> HttpResponse:
    """Close the thread, after a last message if there is one."""
    form = ClosingForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, work, form, status=400)
    text = form.cleaned_data["text"]
    with transaction.atomic():
        if text:
            thread.ask(desk, [task], text)
            mail.send_question(request, [task], text)
        thread.close(task)
    messages.success(request, "質問を解決済みにしました。")
    return redirect(f"{desk.base}{task.place}")


def _page(
    request: HttpRequest,
    desk: Desk,
    work: Work,
    form: MessageForm | ClosingForm,
    *,
    status: int = 200,
) -> HttpResponse:
    threads = thread.threads_of(work.tasks)
    parts = [(task, threads[task.seat.vendor_id]) for task in work.tasks]
    context = {"desk": desk, "task": work.tasks[0], "parts": parts, "form": form}
    return render(request, "vendors/task.html", context, status=status)


def _work(desk: Desk, project: str, uid: str) -> Work:
    """Return the row as each of the desk's companies has it. Raises Http404 without one."""
    work = work_of(desk, uid=uid)
    tasks = tuple(task for task in work.tasks if task.seat.slug == project)
    if not tasks:
        raise Http404
    return Work(tasks)


def _add_messages(request: HttpRequest, outcome: AnswerOutcome, state: Confirmation.State) -> None:
    if outcome.done:
        messages.success(request, f"{len(outcome.done)}件を「{state.label}」にしました。")
    if outcome.overtaken:
        numbers = "、".join(task.line.number for task in outcome.overtaken[:20])
        messages.error(
            request,
            f"新しい版で変更された{len(outcome.overtaken)}件（項番{numbers}）はそのままです。"
            "内容を確認してから、もう一度押してください。",
        )


def _back(request: HttpRequest, desk: Desk) -> str:
    """Return the address of the page that sent the form: a task, or the filtered list."""
    place = request.POST.get("back", "")
    if _PLACE.fullmatch(place):
        return f"{desk.base}{place}"
    query = request.GET.urlencode()
    return f"{desk.base}?{query}" if query else desk.base
