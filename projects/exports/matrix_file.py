"""Export a project as Excel, CSV or Markdown, for the page and for the command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.core.cache import cache
from django.http import Http404

from projects import store
from projects.domain.comparison import Side, pair
from projects.domain.grid import Grid, ancestors, index_of, parents, subtree_ends
from projects.excel import workbook
from projects.excel.workbook import Plain
from projects.models import Edition, Project
from projects.render import plain_text
from projects.store import editions

HISTORY = "変更履歴"
_HISTORY_HEADERS = (("版", 6.0), ("名称", 22.0), ("日付", 18.0), ("説明", 50.0), ("変更件数", 50.0))
FIRST = "最初の版"
TEXTS = {".csv": plain_text.as_csv, ".md": plain_text.as_markdown}


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand out, and the grid that it shows, if it shows one."""

    data: bytes
    file_name: str
    grid: Grid | None = None


def workbook_of(project: Project, *, phase: str = "") -> File:
    """Export the whole matrix or the subtree of a 項番 as Excel. Http404 without that row."""
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
    data = workbook.matrix(grid, origin, edition_listing(project))
    return File(data, f"{name}.xlsx", grid)


def edition_of(edition: Edition) -> File:
    """Export a 版 as Excel, without a revision: importing it must not undo later changes."""
    grid = editions.grid(edition)
    listed = edition_listing(edition.project, until=edition.number)
    name = f"{grid.document_number} {grid.title} {edition.title}".strip()
    return File(workbook.matrix(grid, more=listed), f"{name}.xlsx", grid)


def text_of(project: Project, suffix: str) -> File:
    """Export the matrix as CSV or Markdown; the same bytes while nothing in it changes."""
    grid = store.load(project)
    name = f"{grid.document_number} {grid.title}".strip() or project.slug
    return File(TEXTS[suffix](grid), f"{name}{suffix}", grid)


def part(grid: Grid, uid: str) -> Grid:
    """Cut the grid down to a subtree and the headings above it."""
    index = index_of(grid, uid)
    above = ancestors(parents(grid.items), index)
    end = subtree_ends(grid.items)[index]
    kept = (*(grid.items[i] for i in above), *grid.items[index:end])
    return replace(grid, items=kept)


def edition_listing(project: Project, *, until: int | None = None) -> Plain | None:
    """Build the 変更履歴 of 別紙10: a line per 版, the first at the top; None without 版.

    `until` is the number of the last one to list. Two queries at most.
    """
    found = Edition.objects.filter(project=project).order_by("number")
    listed = list(found if until is None else found.filter(number__lte=until))
    if not listed:
        return None
    counted = _change_counts(listed)
    rows = [
        (str(one.number), one.title, one.japanese_date, one.note, counted[one.pk]) for one in listed
    ]
    return Plain(HISTORY, _HISTORY_HEADERS, rows)


def _change_counts(listed: Sequence[Edition]) -> dict[int, str]:
    """Count the changes of each kind in each 版, by id; cached, since no 版 ever changes."""
    keys = {one.pk: f"edition-changes:{one.pk}:{one.at.isoformat()}" for one in listed}
    kept = cache.get_many(keys.values())
    known = {pk: kept[key] for pk, key in keys.items() if key in kept}
    known[listed[0].pk] = FIRST
    missing = [(old, new) for old, new in pairwise(listed) if new.pk not in known]
    wanted = list({one.pk: one for two in missing for one in two}.values())
    sides = {
        one.pk: Side(grid, [role[0] for role in one.roles])
        for one, grid in zip(wanted, editions.grids(wanted), strict=True)
    }
    fresh = {new.pk: pair(sides[old.pk], sides[new.pk]).words for old, new in missing}
    cache.set_many({keys[pk]: words for pk, words in fresh.items()}, timeout=None)
    return known | fresh
