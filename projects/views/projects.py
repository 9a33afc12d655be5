from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from projects.models import Project
from projects.tables import ProjectTable
from raci.access import person


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """The projects that the person may see. 404 for people who are in none: they are no PMO."""
    projects = Project.objects.visible_to(person(request)).with_counts()
    table = ProjectTable(projects)
    RequestConfig(request, paginate=False).configure(table)
    if not len(table.rows) and not person(request).is_superuser:
        raise Http404
    return render(request, "projects/project_list.html", {"table": table})
