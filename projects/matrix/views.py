from __future__ import annotations

from dataclasses import dataclass, replace

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from projects import store
from projects.domain.grid import Grid
from projects.domain.matrix_filter import select
from projects.findings.review import review
from projects.matrix.forms import MatrixForm
from projects.matrix.page import matrix_page
from projects.matrix.page_shell import ROWS, shell_parts, spliced
from projects.models import Project
from projects.render.matrix_table import table
from projects.shared.project_page import project_page
from raci.access import Right
from raci.http.etags import cache_key, respond
from raci.live.stream_address import allow_stream, stream_origin

pages = caches["pages"]
# Where in the walk through the findings somebody came from; it changes nothing of the matrix.
WALK = "walk"
OK, BAD_REQUEST = 200, 400
LARGEST_KEPT = 8_000_000


@dataclass(frozen=True, slots=True)
class Main:
    """The matrix as HTML, without anything that belongs to one person."""

    title: str
    html: bytes
    status: int


@require_safe
@project_page(Right.VIEW)
def matrix(request: HttpRequest, project: Project, number: str | None = None) -> HttpResponse:
    """Show the matrix, or the subtree of the row with that 項番. 304 while nothing changed."""
    page = respond(
        request,
        *_state(request, project),
        stream_origin(request),
        build=lambda: _page(request, project, number),
    )
    return allow_stream(request, page)


def _state(request: HttpRequest, project: Project) -> tuple[object, ...]:
    """Return what the page depends on; waivers only where rows are filtered by findings."""
    waived = project.waived if "finding" in request.GET else 0
    return project.revision, project.right, waived


def _page(request: HttpRequest, project: Project, number: str | None) -> HttpResponse:
    """Render the frame for this person, with the part that all with the same right share."""
    asked = request.GET.copy()
    walk = asked.pop(WALK, [""])[-1]
    key = cache_key(project.pk, *_state(request, project), request.path, asked.urlencode())
    main = pages.get(key)
    if main is None:
        main = _main(request.path, asked, project, number)
        if main.status == OK and len(main.html) <= LARGEST_KEPT:
            pages.set(key, main)
    context = {
        "project": project,
        "title": main.title,
        "main": ROWS,
        "walk": walk,
        "stream_origin": stream_origin(request),
    }
    html = render_to_string("projects/matrix.html", context, request)
    return HttpResponse(spliced(html, main.html), status=main.status)


def _main(path: str, asked: QueryDict, project: Project, number: str | None) -> Main:
    grid = store.load(project)
    top = uid_of(grid, number) if number is not None else ""
    form = MatrixForm(asked, grid=grid, top=top, found=lambda: review(project, grid).whereabouts())
    rows = select(grid, form.selection)
    page = replace(
        matrix_page(grid, project.slug, rows, form.asked(path)),
        editable=project.right >= Right.EDIT,
        requires_reason=project.requires_reason,
    )
    item_url = reverse("projects:item", args=[project.slug, "-"]).removesuffix("-/")
    body = table(grid, rows.shown, form.folding, item_url=item_url)
    html = body.html.encode().join(shell_parts(page))
    return Main(page.window_title, html, OK if form.is_valid() else BAD_REQUEST)


def uid_of(grid: Grid, number: str) -> str:
    """Return the uid of the first row with that 項番. Http404 without one."""
    for item in grid.items:
        if item.number == number:
            return item.uid
    raise Http404
