from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from projects.catalogue.recent_activity import has_projects, listed_projects
from projects.catalogue.tables import ProjectTable
from raci.access import person


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """List the projects that the person may see; with ?archived=1 the archived ones.

    404 for people who are in none: they are no PMO.
    """
    archived = request.GET.get("archived") == "1"
    user = person(request)
    table = ProjectTable(listed_projects(user, archived=archived))
    RequestConfig(request, paginate=False).configure(table)
    if not len(table.rows) and not user.is_superuser and not has_projects(user):
        raise Http404
    return render(request, "projects/project_list.html", {"table": table, "archived": archived})
