from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from projects.models import Project
from projects.shared.project_page import project_page
from projects.store.editions import PublishError
from raci.access import Right, person
from vendors.publishing.forms import PublishForm
from vendors.publishing.publish import Preview, mail_edition, preview_of, publish_edition

LISTED = 50


@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.MANAGE)
def publish(request: HttpRequest, project: Project) -> HttpResponse:
    """Preview what the next 版 would change for each company; POST publishes it."""
    user = person(request)
    preview = preview_of(project)
    if request.method != "POST":
        return _page(request, project, preview, PublishForm.about(preview))
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _page(request, project, preview, form, status=400)
    try:
        edition = publish_edition(project, **form.cleaned_data, by=user)
    except PublishError as error:
        again = PublishForm.about(preview, request.POST)
        return _page(request, project, preview, again, problem=str(error), status=409)
    mail_edition(request, project, edition, preview.affected)
    messages.success(
        request,
        f"{edition}を公開しました。"
        f"担当作業が変わった{len(preview.affected)}社の担当者にメールで知らせます。",
    )
    return redirect("projects:editions", project.slug)


def _page(
    request: HttpRequest,
    project: Project,
    preview: Preview,
    form: PublishForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "project": project,
        "preview": preview,
        "form": form,
        "problem": problem,
        "listed": f":{LISTED}",
        "most": LISTED,
    }
    return render(request, "vendors/publish.html", context, status=status)
