from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from projects import store
from projects.forms import MatrixForm
from projects.grid import Grid, index_of
from projects.matrix import table
from projects.models import Project
from projects.page import MatrixPage, phases, surroundings
from projects.selection import select
from raci.access import load, person
from raci.conditional import respond


@require_safe
def matrix(request: HttpRequest, slug: str, number: str | None = None) -> HttpResponse:
    """The matrix, or the subtree of the row with that 項番. 304 while nothing changed."""
    project = load(Project.objects.all(), user=person(request), slug=slug)
    return respond(
        request,
        project.revision,
        project.right,
        build=lambda: _page(request, project, store.load(project), number),
    )


def _page(request: HttpRequest, project: Project, grid: Grid, number: str | None) -> HttpResponse:
    top = uid_of(grid, number) if number is not None else ""
    form = MatrixForm(request.GET, grid=grid, top=top)
    rows = select(grid, form.selection)
    item_url = reverse("projects:item", args=[project.slug, "-"]).removesuffix("-/")
    page = MatrixPage(
        grid=grid,
        table=table(grid, rows.shown, form.folding, item_url=item_url),
        row_count=len(rows.shown),
        hits=rows.hits,
        filtered=form.selection.is_filter or form.selection.level is not None,
        phases=phases(grid, current=top),
        top=grid.items[index_of(grid, top)] if top else None,
        around=surroundings(grid, index_of(grid, top)) if top else None,
        fold_level=form.folding.level,
        deepest=max((item.level for item in grid.items), default=1),
    )
    context = {"project": project, "page": page, "form": form}
    status = 200 if form.is_valid() else 400
    return render(request, "projects/matrix.html", context, status=status)


def uid_of(grid: Grid, number: str) -> str:
    """The uid of the first row with that 項番; Http404 without one."""
    for item in grid.items:
        if item.number == number:
            return item.uid
    raise Http404
