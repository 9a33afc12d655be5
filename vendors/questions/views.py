from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right, person
from vendors.access.decorators import company_page
from vendors.access.seats import shown_desk
from vendors.models import Question, Vendor
from vendors.questions import inbox, mail
from vendors.questions.forms import QuestionForm
from vendors.questions.inbox import UnseenMessageError
from vendors.tasks.forms import ClosingForm, MessageForm
from vendors.tasks.queries import work_of

NEWS = "業者から新しい発言があります。読んでから、もう一度押してください。"
_NOTIFIED = "{}の担当者にメールで知らせます。"


@require_safe
@project_page(Right.VIEW)
def question_list(request: HttpRequest, project: Project) -> HttpResponse:
    """List the companies' questions, open ones first."""
    form = QuestionForm(request.GET, companies=inbox.asking_companies(project))
    page = inbox.question_page(project, request.GET.get("page"), **form.wanted)
    context = {
        "project": project,
        "form": form,
        "page": page,
        "questions": inbox.summaries_of(project, list(page.object_list)),
    }
    status = 200 if form.is_valid() else 400
    return render(request, "vendors/questions.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@company_page(Right.VIEW, post=Right.EDIT)
def thread(request: HttpRequest, project: Project, vendor: Vendor, uid: str) -> HttpResponse:
    """Show the thread about a task; POST answers, closes or reopens it, for editors."""
    question = inbox.question_of(project, vendor, uid)
    if request.method != "POST":
        return _page(request, project, vendor, question, MessageForm())
    if "close" in request.POST:
        return _closed(request, project, vendor, question)
    if "reopen" in request.POST and not request.POST.get("text", "").strip():
        return _reopened(request, question)
    return _answered(request, project, vendor, question)


def _answered(
    request: HttpRequest, project: Project, vendor: Vendor, question: Question
) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, project, vendor, question, form, status=400)
    text = form.cleaned_data["text"]
    inbox.answer(question, text, by=person(request))
    mail.send_answer(request, question, task=_task(question), text=text)
    messages.success(request, f"回答しました。{_NOTIFIED.format(vendor)}")
    return redirect(request.path)


def _closed(
    request: HttpRequest, project: Project, vendor: Vendor, question: Question
) -> HttpResponse:
    form = ClosingForm(request.POST)
    if not form.is_valid():
        return _page(request, project, vendor, question, form, status=400)
    seen, text = request.POST.get("seen", ""), form.cleaned_data["text"]
    try:
        last = int(seen[:18]) if seen.isascii() and seen.isdecimal() else 0
        news = inbox.close(question, seen=last, by=person(request), text=text)
    except UnseenMessageError:
        return _page(request, project, vendor, question, form, problem=NEWS, status=409)
    if news:
        mail.send_closing(request, question, task=_task(question), text=text)
    messages.success(request, f"質問を解決済みにしました。{_NOTIFIED.format(vendor)}")
    return redirect(request.path)


def _reopened(request: HttpRequest, question: Question) -> HttpResponse:
    if inbox.reopen(question, by=person(request)):
        mail.send_reopening(request, question, task=_task(question))
    messages.success(request, f"質問を再開しました。{_NOTIFIED.format(question.vendor)}")
    return redirect(request.path)


def _task(question: Question) -> str:
    """Return the row's number and name as mails print them."""
    (summary,) = inbox.summaries_of(question.project, [question])
    return f"項番{summary.row.number} {summary.row.name}" if summary.row else ""


def _page(
    request: HttpRequest,
    project: Project,
    vendor: Vendor,
    question: Question,
    form: MessageForm | ClosingForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    (summary,) = inbox.summaries_of(project, [question])
    base = reverse("companies:tasks", args=[project.slug, vendor.uid])
    desk = shown_desk(person(request), vendor=vendor, project=project, base=base)
    sent = list(inbox.messages_of(question).order_by("pk"))
    context = {
        "project": project,
        "vendor": vendor,
        "question": question,
        "row": summary.row,
        "task": next(iter(work_of(desk, uid=question.uid).tasks), None),
        "thread": {"messages": sent},
        "seen": sent[-1].pk if sent else 0,
        "form": form,
        "problem": problem,
        "may_answer": project.right >= Right.EDIT,
    }
    return render(request, "vendors/question.html", context, status=status)
