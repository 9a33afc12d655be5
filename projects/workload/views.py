from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import store
from projects.excel.workload import TITLE, sheets
from projects.exports.download import xlsx_response
from projects.models import Project
from projects.shared.project_page import project_page
from projects.workload.page import WorkloadForm, workload_page
from projects.workload.role_page import role_page
from raci.access import Right
from raci.http.etags import respond


@require_safe
@project_page(Right.VIEW)
def workload(request: HttpRequest, project: Project) -> HttpResponse:
    """Show the workload of each role by phase, or with ?by=process by 工程."""
    return respond(
        request, project.revision, project.right, build=lambda: _workload(request, project)
    )


@require_safe
@project_page(Right.VIEW)
def workload_export(_: HttpRequest, project: Project) -> HttpResponse:
    """Download the workload as Excel: phases, 工程, and who works with whom."""
    data = sheets(store.load(project))
    return xlsx_response(data, f"{TITLE}（{project}）.xlsx")


@require_safe
@project_page(Right.VIEW)
def role(request: HttpRequest, project: Project, role: int) -> HttpResponse:
    """Show the tasks of one role. 404 where the project has no such column."""
    return respond(
        request, project.revision, project.right, build=lambda: _role(request, project, role)
    )


def _workload(request: HttpRequest, project: Project) -> HttpResponse:
    form = WorkloadForm(request.GET)
    page = workload_page(store.load(project), project.slug, project.role_keys(), form.depth)
    context = {"project": project, "page": page, "form": form}
    status = 200 if form.is_valid() else 400
    return render(request, "projects/workload.html", context, status=status)


def _role(request: HttpRequest, project: Project, key: int) -> HttpResponse:
    keys = project.role_keys()
    if key not in keys:
        raise Http404
    page = role_page(project, keys.index(key), key)
    context = {"project": project, "part": page.part, "sections": page.sections}
    return render(request, "projects/role.html", context)
