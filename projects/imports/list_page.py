"""List the imports of a project, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.paginator import Page, Paginator

from projects.history.row_history import people, shown_name
from projects.imports.lifecycle import interrupted
from projects.imports.tables import ImportRow
from projects.models import ChangeSet, Import, Project
from raci.access import Right

PER_PAGE = 50


def import_page(project: Project, number: str | None) -> Page[Import]:
    """Return the page with that number, or the nearest, of the project's imports, latest first."""
    found = Import.objects.light().filter(project=project).order_by("-pk")
    return Paginator(found, PER_PAGE).get_page(number)


def rows_of(project: Project, found: Sequence[Import]) -> list[ImportRow]:
    """Return the rows of the list with names, results and undos."""
    names = people(row.person_name for row in found)
    stopped = interrupted(found)
    undoers = undoers_of(project, [row.number for row in found if row.number])
    return [
        ImportRow(
            row,
            project.slug,
            shown_name(row.person_name, names),
            row.pk in stopped,
            undoers.get(row.number or 0),
            project.right >= Right.EDIT,
            project.right >= Right.MANAGE,
        )
        for row in found
    ]


def name_of(row: Import) -> str:
    """Return the name of the person who uploaded the file."""
    return shown_name(row.person_name, people([row.person_name]))


def undoer_of(project: Project, row: Import) -> int | None:
    """Return the number of the change set that undid the import, None without one."""
    return undoers_of(project, [row.number]).get(row.number) if row.number else None


def undoers_of(project: Project, numbers: Collection[int]) -> dict[int, int]:
    """Return undone → undoing change set, for undos that are not undone themselves."""
    undos = _undos(project, numbers)
    taken_back = _undos(project, undos.values())
    return {number: undo for number, undo in undos.items() if undo not in taken_back}


def _undos(project: Project, numbers: Collection[int]) -> dict[int, int]:
    """Return the latest undo of each change set, by number."""
    if not numbers:
        return {}
    acts = ChangeSet.objects.filter(project=project, context__metadata__undoes__in=list(numbers))
    return dict(acts.order_by("number").values_list("context__metadata__undoes", "number"))
