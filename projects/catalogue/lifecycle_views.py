from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from projects.catalogue.forms import CopyForm
from projects.models import Project
from projects.shared.form_fields import ReasonForm
from projects.shared.project_page import project_page
from projects.store import BrokenRulesError, lifecycle
from raci.access import Right, person

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@project_page(Right.MANAGE, even_archived=True)
def copy(request: HttpRequest, project: Project) -> HttpResponse:
    """Explain what is copied; POST copies the project, and the person manages the copy."""
    form = CopyForm(
        request.POST if request.method == "POST" else None,
        initial={"title": project.title, "marks": True},
    )
    if form.is_valid():
        try:
            made = lifecycle.copy(project, **form.cleaned_data, by=person(request))
        except BrokenRulesError as error:
            form.add_error(None, error.errors[0])
        else:
            messages.success(request, f"案件「{project.title}」を複製しました。")
            return redirect("projects:matrix", made.slug)
    context = {"project": project, "form": form}
    return render(request, "projects/copy.html", context, status=400 if form.is_bound else 200)


@require_http_methods(METHODS)
@project_page(Right.MANAGE)
def archive(request: HttpRequest, project: Project) -> HttpResponse:
    """Explain archiving; POST archives the project."""
    form = _reason(request, project)
    if not form.is_valid():
        return _asked(request, "projects/archive.html", project, form)
    lifecycle.archive(project, by=person(request), reason=form.cleaned_data["reason"])
    messages.success(request, f"案件「{project.title}」を保管しました。")
    return redirect("projects:matrix", project.slug)


@require_http_methods(METHODS)
@project_page(Right.MANAGE, even_archived=True)
def reopen(request: HttpRequest, project: Project) -> HttpResponse:
    """Explain reopening; POST reopens the archived project."""
    form = _reason(request, project)
    if not form.is_valid():
        return _asked(request, "projects/reopen.html", project, form)
    if lifecycle.reopen(project, by=person(request), reason=form.cleaned_data["reason"]):
        messages.success(request, f"案件「{project.title}」を再開しました。")
    else:
        messages.info(request, "この案件は保管されていません。")
    return redirect("projects:matrix", project.slug)


def _reason(request: HttpRequest, project: Project) -> ReasonForm:
    data = request.POST if request.method == "POST" else None
    return ReasonForm(data, required=project.requires_reason)


def _asked(request: HttpRequest, template: str, project: Project, form: ReasonForm) -> HttpResponse:
    context = {"project": project, "form": form}
    return render(request, template, context, status=400 if form.is_bound else 200)
