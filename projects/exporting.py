"""A project → its workbook, for the page and for the command."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404

from projects import store, workbook
from projects.grid import Grid, ancestors, index_of, parents, subtree_ends
from projects.models import Project


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand out."""

    data: bytes
    file_name: str


def workbook_of(project: Project, *, phase: str = "") -> File:
    """The workbook of the whole matrix or of the subtree below a 項番. Http404 without that."""
    grid = store.load(project)
    name = f"{grid.document_number} {grid.title}".strip() or project.slug
    top = ""
    if phase:
        top = next((item.uid for item in grid.items if item.number == phase), "")
        if not top:
            raise Http404(f"項番{phase}はありません。")
        name = f"{name} 項番{phase}"
        grid = part(grid, top)
    origin = workbook.Origin(project.slug, project.revision, top)
    return File(workbook.matrix(grid, origin), f"{name}.xlsx".replace("/", "／"))


def part(grid: Grid, uid: str) -> Grid:
    """The grid cut down to a subtree and the headings above it."""
    index = index_of(grid, uid)
    above = ancestors(parents(grid.items), index)
    end = subtree_ends(grid.items)[index]
    kept = (*(grid.items[i] for i in above), *grid.items[index:end])
    return replace(grid, items=kept)
