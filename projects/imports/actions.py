"""Correct, adjust, apply or cancel an import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from projects.imports import lifecycle
from projects.imports.forms import LayoutForm, MarksForm, MatchesForm, PolicyForm, left_out
from projects.imports.page import import_of, open_import, summary
from projects.imports.views import BAD_REQUEST, CONFLICT, page_of, wants_json
from projects.intake import IntakeError
from projects.intake.text.corrections import NO_CHOICES, Choices
from projects.models import Import, Project
from projects.shared.form_fields import ReasonForm
from projects.shared.project_page import project_page
from raci.access import Right, person

State = Import.State
View = Callable[..., HttpResponse]


def answering(view: View) -> View:
    """Answer the errors of a view by the page of the import, or in JSON. 409."""

    @project_page(Right.EDIT)
    @wraps(view)
    def wrapped(request: HttpRequest, project: Project, key: int) -> HttpResponse:
        row = import_of(project, key)
        try:
            return view(request, project, row)
        except (lifecycle.ImportStateError, IntakeError) as error:
            if wants_json(request):
                return JsonResponse({"error": str(error)}, status=CONFLICT)
            row.refresh_from_db()
            project.refresh_from_db(fields=["revision"])
            overtaken = isinstance(error, lifecycle.StaleImportError)
            return page_of(
                request, project, row, error=str(error), overtaken=overtaken, status=CONFLICT
            )

    return wrapped


@require_POST
@answering
def choices(request: HttpRequest, project: Project, row: Import) -> HttpResponse:
    """Save corrections of how the file was read, and read it again."""
    found, about = open_import(row, project), request.POST.get("about")
    form: LayoutForm | MarksForm | None = None
    if found is not None and about == "marks":
        form = found.marks_form(request.POST)
    elif found is not None and about == "layout":
        form = found.layout_form(request.POST)
    if form is not None and not form.is_valid():
        return _wrong(request, project, row, error=_errors(form))
    again = NO_CHOICES if about == "reset" else Choices.from_json(row.choices)
    lifecycle.correct(row, form.wanted if form else again)
    return _to(project, row)


@require_POST
@answering
def wishes(request: HttpRequest, project: Project, row: Import) -> HttpResponse:
    """Save 空欄＝削除 or 無視, which rows are the same, and which changes are excluded."""
    found, about = open_import(row, project), request.POST.get("about")
    if found is None:
        raise lifecycle.ImportStateError(lifecycle.OVER[State.READING])
    form: PolicyForm | MatchesForm | None = None
    if about == "policy":
        form = found.policy_form(request.POST)
    elif about == "matches":
        form = found.matches_form(found.compared(), request.POST)
    if form is not None and not form.is_valid():
        return _wrong(request, project, row, error=_errors(form))
    wanted = form.wanted(found.wishes) if form else left_out(request.POST, found.wishes)
    if about == "reset":
        wanted = replace(wanted, matches={})
    lifecycle.wish(row, wanted)
    if wants_json(request):
        row.wishes = wanted.as_json()
        return JsonResponse(summary(found))
    return _to(project, row, request.POST.get("query", ""), "difference")


@require_POST
@answering
def apply(request: HttpRequest, project: Project, row: Import) -> HttpResponse:
    """Apply (反映) the import once, and only what the page showed."""
    reason = ReasonForm(request.POST, required=project.requires_reason)
    if not reason.is_valid():
        return _wrong(request, project, row, error=f"変更理由: {reason.errors['reason'][0]}")
    lifecycle.apply(
        row,
        seen=request.POST.get("seen", ""),
        by=person(request),
        reason=reason.cleaned_data["reason"],
    )
    return _to(project, row)


@require_POST
@answering
def cancel(request: HttpRequest, project: Project, row: Import) -> HttpResponse:
    """Cancel the running job, or the import."""
    lifecycle.cancel(row)
    messages.info(request, "取込の中止を受け付けました。")
    return _to(project, row)


def _to(project: Project, row: Import, query: str = "", part: str = "") -> HttpResponse:
    url = reverse("projects:import", args=[project.slug, row.pk])
    return redirect(f"{url}{'?' if query else ''}{query}{'#' if part else ''}{part}")


def _wrong(request: HttpRequest, project: Project, row: Import, error: str) -> HttpResponse:
    return page_of(request, project, row, error=error, status=BAD_REQUEST)


def _errors(form: forms.Form) -> str:
    """Return the errors of a form in one line."""
    wrong = ((form.fields[name].label, found) for name, found in form.errors.items())
    return " ".join(f"{label}: {error}" for label, found in wrong for error in found)
