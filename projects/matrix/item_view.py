from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import store
from projects.domain.grid import Grid, index_of
from projects.findings.review import review
from projects.history import row_history
from projects.matrix.page import surroundings
from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right
from raci.http.etags import respond


@require_safe
@project_page(Right.VIEW)
def item(request: HttpRequest, project: Project, uid: str) -> HttpResponse:
    """Show one row: its headings, marks, open findings and latest changes."""
    return respond(
        request,
        project.revision,
        project.right,
        project.waived,
        build=lambda: _page(request, project, store.load(project), uid),
    )


def _page(request: HttpRequest, project: Project, grid: Grid, uid: str) -> HttpResponse:
    try:
        index = index_of(grid, uid)
    except KeyError as error:
        raise Http404 from error
    row = grid.items[index]
    labels = {mark.symbol: mark for mark in grid.legend}
    since = row_history.standing(project, uid)
    context = {
        "project": project,
        "item": row,
        "surroundings": surroundings(grid, index),
        "parts": [
            (role, labels[symbol], since.get(role.name))
            for role, symbol in zip(grid.roles, row.marks, strict=True)
            if symbol
        ],
        "found": review(project, grid).open_of(uid),
        "changes": row_history.of_item(project, uid),
    }
    return render(request, "projects/item.html", context)
