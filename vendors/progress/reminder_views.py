from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right, person
from vendors.progress import reminders
from vendors.progress.forms import RemindForm
from vendors.progress.progress import board
from vendors.progress.reminders import Candidate


@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.MANAGE)
def remind(request: HttpRequest, project: Project) -> HttpResponse:
    """Offer companies to remind; ?company= shows who would get a mail; POST sends it."""
    user = person(request)
    offered = reminders.candidates(project, board(project))
    submitted = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and "company" not in submitted and "sure" not in submitted:
        return _choice(request, project, offered)
    form = RemindForm(submitted, candidates=offered)
    if not form.is_valid():
        return _choice(request, project, offered, form, status=400)
    chosen = _of(offered, form)
    if request.method != "POST":
        return _sure(request, project, chosen)
    done = reminders.remind(project, chosen, forced=form.cleaned_data["again"], by=user)
    reminders.mail_reminders(request, project, done.sent)
    _add_messages(request, done)
    return redirect("companies:board", project.slug)


def _of(offered: Sequence[Candidate], form: RemindForm) -> list[Candidate]:
    wanted = form.cleaned_data["company"]
    return [candidate for candidate in offered if candidate.company.vendor.uid in wanted]


def _choice(
    request: HttpRequest,
    project: Project,
    offered: Sequence[Candidate],
    form: RemindForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"project": project, "candidates": offered, "form": form}
    return render(request, "vendors/remind.html", context, status=status)


def _sure(request: HttpRequest, project: Project, chosen: Sequence[Candidate]) -> HttpResponse:
    context = {
        "project": project,
        "candidates": chosen,
        "people": sum(candidate.people for candidate in chosen),
        "again": any(candidate.reminded_today for candidate in chosen),
    }
    return render(request, "vendors/remind_sure.html", context)


def _add_messages(request: HttpRequest, done: reminders.Reminded) -> None:
    if done.sent:
        text = f"{len(done.sent)}社の{done.people}人に、確認をお願いするメールを送ります。"
        messages.success(request, text)
    if done.held:
        names = "、".join(candidate.company.vendor.name for candidate in done.held)
        messages.error(
            request,
            f"{names}には送っていません。今日すでに催促したか、メールの届く担当者がいません。",
        )
