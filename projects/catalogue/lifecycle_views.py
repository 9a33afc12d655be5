from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from projects.catalogue.forms import CopyForm
from projects.models import Project
from projects.shared.form_fields import ReasonForm
from projects.store import Broken, lifecycle
from raci.access import Right, load, person

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Says what a copy takes along, and makes one that the person manages."""
    project = _managed(request, slug)
    form = CopyForm(
        request.POST if request.method == "POST" else None,
        initial={"title": project.title, "marks": True},
    )
    if form.is_valid():
        try:
            made = lifecycle.copy(project, **form.cleaned_data, by=person(request))
        except Broken as error:
            form.add_error(None, error.errors[0])
        else:
            messages.success(request, f"案件「{project.title}」を複製しました。")
            return redirect("projects:matrix", made.slug)
    context = {"project": project, "form": form}
    return render(request, "projects/copy.html", context, status=400 if form.is_bound else 200)


@require_http_methods(METHODS)
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Says what archiving means, and archives."""
    project = load(Project.objects.all(), user=person(request), right=Right.MANAGE, slug=slug)
    form = _reason(request, project)
    if not form.is_valid():
        return _asked(request, "projects/archive.html", project, form)
    lifecycle.archive(project, by=person(request), reason=form.cleaned_data["reason"])
    messages.success(request, f"案件「{project.title}」を保管しました。")
    return redirect("projects:matrix", slug)


@require_http_methods(METHODS)
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """Says what taking an archived project up again means, and does it."""
    project = _managed(request, slug)
    form = _reason(request, project)
    if not form.is_valid():
        return _asked(request, "projects/reopen.html", project, form)
    if lifecycle.reopen(project, by=person(request), reason=form.cleaned_data["reason"]):
        messages.success(request, f"案件「{project.title}」を再開しました。")
    else:
        messages.info(request, "この案件は保管されていません。")
    return redirect("projects:matrix", slug)


def _managed(request: HttpRequest, slug: str) -> Project:
    """The project for one of its managers, archived or not."""
    return load(
        Project.objects.all(),
        user=person(request),
        right=Right.MANAGE,
        even_archived=True,
        slug=slug,
    )


def _reason(request: HttpRequest, project: Project) -> ReasonForm:
    data = request.POST if request.method == "POST" else None
    return ReasonForm(data, required=project.requires_reason)


def _asked(request: HttpRequest, template: str, project: Project, form: ReasonForm) -> HttpResponse:
    context = {"project": project, "form": form}
    return render(request, template, context, status=400 if form.is_bound else 200)
