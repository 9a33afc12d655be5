"""Build the history of a project, page by page, and line by line as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from projects.history.change_sets import LogFilter, acts_of, described
from projects.history.details import details_of
from projects.history.tables import LogRow, LogTable
from projects.models import ChangeSet, Project
from projects.render.plain_text import harmless
from raci.access import Right

PER_PAGE, MARKS_SHOWN, DETAILS_SHOWN = 50, 8, 12
CSV_BLOCK = 100
CSV_HEADER = ("番号", "日時", "変更者", "種類", "理由", "対象", "項目", "変更前", "変更後")


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of change sets, and its table."""

    page: Page[ChangeSet]
    table: LogTable


def history_page(project: Project, wanted: LogFilter, number: str | None) -> HistoryPage:
    """Return the page with that number, or the nearest, of the change sets that match."""
    page = Paginator(acts_of(project, wanted), PER_PAGE).get_page(number)
    acts = described(list(page.object_list))
    details = details_of(project, [act.number for act in acts], most=MARKS_SHOWN)
    may_undo = project.right >= Right.EDIT
    rows = [
        LogRow(act, found[:DETAILS_SHOWN], total, may_undo, project.slug)
        for act, (found, total) in ((act, details[act.number]) for act in acts)
    ]
    return HistoryPage(page, LogTable(rows, exclude=() if may_undo else ("undo",)))


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(project: Project, wanted: LogFilter) -> Iterator[str]:
    """Yield the values that changed as lines of CSV, after a byte order mark and the header."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(CSV_HEADER)
    for page in Paginator(acts_of(project, wanted), CSV_BLOCK):
        acts = described(list(page.object_list))
        details = details_of(project, [act.number for act in acts])
        for act in acts:
            head = (str(act.number), act.at.isoformat(), act.name, act.kind_label, act.reason)
            for one in details[act.number][0]:
                row = (*head, one.what, one.field, one.before, one.after)
                yield writer.writerow([harmless(text) for text in row])
