"""Repair and waive findings, delete waivers, and set the threshold."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from projects import store
from projects.checks import CHECKS, Finding
from projects.domain.plan import Act
from projects.findings.forms import ChosenForm, ShareForm, WaiveForm
from projects.findings.repair import Repair, repair_of
from projects.findings.repair import repair as apply_repair
from projects.findings.review import Judged, Review, review
from projects.findings.views import list_page
from projects.models import Project
from projects.shared.project_page import project_page
from projects.store import lifecycle, waivers
from raci.access import Right, person

OK, BAD_REQUEST, CONFLICT = 200, 400, 409
NOTHING = "対象の指摘を選んでください。選んだ指摘は、既に直されたか見送られた可能性があります。"
NO_REPAIR = "選んだ指摘には、自動で直せるものがありません。「表で見る」から変更してください。"
MOVED = "表示した後に役割分担表が変更されました。内容を確認して、もう一度操作してください。"
STEPS_SHOWN = 200


@require_POST
@project_page(Right.EDIT)
def repair(request: HttpRequest, project: Project) -> HttpResponse:
    """Repair findings as one change set: `one` at once, several after a confirmation."""
    found = review(project)
    form = ChosenForm(request.POST, review=found)
    findings = [one.finding for one in form.chosen if one.finding.repair]
    if not findings:
        words = NO_REPAIR if form.chosen else NOTHING
        return list_page(request, project, found, error=words, status=BAD_REQUEST)
    data = form.cleaned_data
    if data["revision"] != project.revision:
        return list_page(request, project, found, error=MOVED, status=CONFLICT)
    wanted = repair_of(project, found.grid, findings)
    if not (data["one"] or data["sure"]):
        return _confirmation(request, project, findings, wanted)
    return _repaired(request, project, found, wanted)


def _repaired(
    request: HttpRequest, project: Project, found: Review, wanted: Repair
) -> HttpResponse:
    revision = project.revision
    try:
        apply_repair(project, wanted, by=person(request), revision=revision)
    except store.StaleRevisionError:
        return list_page(request, project, found, error=MOVED, status=CONFLICT)
    except store.BrokenRulesError as error:
        return list_page(request, project, found, error=str(error), status=BAD_REQUEST)
    messages.success(
        request,
        f"{len(wanted.done)}件を直しました。変更履歴から取り消せます（{project.revision}番）。"
        + (f"{len(wanted.left)}件は残っています。" if wanted.left else ""),
    )
    return _back(request, project)


def _confirmation(
    request: HttpRequest, project: Project, findings: Sequence[Finding], wanted: Repair
) -> HttpResponse:
    plan, steps = wanted.plan, wanted.steps
    context = {
        "project": project,
        "findings": findings,
        "left": wanted.left,
        "rows": sum(line.act is not Act.UNCHANGED for line in plan.items),
        "cells": len(plan.cells),
        "texts": sum(len(line.fields) for line in plan.items),
        "steps": steps[:STEPS_SHOWN],
        "more": max(0, len(steps) - STEPS_SHOWN),
        "back": request.POST.get("back", ""),
    }
    return render(request, "projects/checks_repair.html", context)


@require_POST
@project_page(Right.EDIT)
def waive(request: HttpRequest, project: Project) -> HttpResponse:
    """Waive findings with a reason: each as it is, or by a rule below a heading."""
    found = review(project)
    chosen_form = ChosenForm(request.POST, review=found)
    chosen = chosen_form.chosen
    if not chosen:
        return list_page(request, project, found, error=NOTHING, status=BAD_REQUEST)
    data = chosen_form.cleaned_data
    form = WaiveForm(request.POST if data["sure"] else None, grid=found.grid, chosen=chosen)
    if data["revision"] != project.revision:
        return _asked_why(request, project, chosen, form, error=MOVED, status=CONFLICT)
    if not form.is_valid():
        status = BAD_REQUEST if form.is_bound else OK
        return _asked_why(request, project, chosen, form, status=status)
    return _waived(request, project, chosen, form)


def _asked_why(
    request: HttpRequest,
    project: Project,
    chosen: Sequence[Judged],
    form: WaiveForm,
    *,
    error: str = "",
    status: int,
) -> HttpResponse:
    """Show the form for the reason, with what was typed so far."""
    context = {
        "project": project,
        "chosen": chosen,
        "form": form,
        "error": error,
        "back": request.POST.get("back", ""),
    }
    return render(request, "projects/checks_waive.html", context, status=status)


def _waived(
    request: HttpRequest, project: Project, chosen: Sequence[Judged], form: WaiveForm
) -> HttpResponse:
    data, by = form.cleaned_data, person(request)
    if data["below"]:
        code = chosen[0].finding.code
        waivers.waive_below(
            project, code, uid=data["below"], role=data["role"], reason=data["reason"], by=by
        )
        messages.success(request, f"「{code} {CHECKS[code].title}」をこの区分では見送ります。")
    else:
        waivers.waive(project, [one.finding for one in chosen], reason=data["reason"], by=by)
        messages.success(
            request, f"{len(chosen)}件を見送りました。内容が変わると再確認になります。"
        )
    return _back(request, project)


@require_POST
@project_page(Right.EDIT)
def unwaive(request: HttpRequest, project: Project, key: int) -> HttpResponse:
    """Delete a waiver: what it waived is open again."""
    waiver = get_object_or_404(project.waivers, pk=key)
    waivers.take_back(waiver, by=person(request))
    messages.success(request, "見送りを取り消しました。")
    return _back(request, project)


@require_POST
@project_page(Right.MANAGE)
def share(request: HttpRequest, project: Project) -> HttpResponse:
    """Set from which share of the tasks on one column leads too much, for managers."""
    form = ShareForm(request.POST, instance=project)
    if not form.is_valid():
        words = "主たる作業の偏りの基準は、1から100までの整数（％）で入力してください。"
        project.refresh_from_db()
        return list_page(request, project, review(project), error=words, status=BAD_REQUEST)
    lifecycle.set_lead_share(project, form.cleaned_data["lead_share"], by=person(request))
    messages.success(request, "主たる作業の偏りの基準を変更しました。")
    return redirect("projects:checks", project.slug)


def _back(request: HttpRequest, project: Project) -> HttpResponseRedirect:
    """Redirect to the page of the checks that the act came from."""
    home = reverse("projects:checks", args=[project.slug])
    wanted = request.POST.get("back", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if safe and wanted.startswith(home) else home)
