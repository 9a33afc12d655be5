"""Compute what the latest 版 changed for a company: new, changed and lost tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from projects.domain.edition_rows import SEPARATOR, Detail, Line
from projects.excel import workbook
from vendors.access.seats import Seat
from vendors.tasks.task import Publication, Work

TITLE = "今回の変更"
NOTHING = "（なし）"
_HEADERS = (
    ("種別", 8.0),
    ("会社", 20.0),
    ("案件", 24.0),
    ("版", 16.0),
    ("項番", 8.0),
    ("上位の項目", 36.0),
    ("作業項目", 36.0),
    ("自社の分担", 24.0),
    ("変更内容", 60.0),
)


class Kind(StrEnum):
    """The kind of a change to a company's tasks."""

    NEW = "新規"
    CHANGED = "変更"
    LOST = "担当外"


@dataclass(frozen=True, slots=True)
class Change:
    """One changed task; a lost one with the line of the 版 before.

    `place` is the task's address below that of the list, "" for a lost one.
    """

    kind: Kind
    seat: Seat
    edition: Publication
    line: Line
    own: str
    place: str = ""
    details: tuple[Detail, ...] = ()

    @property
    def path(self) -> str:
        """Return the names of the headings above the task, joined."""
        return SEPARATOR.join(self.line.path_names)


def changes_of(work: Work) -> tuple[Change, ...]:
    """Return new, then changed, then lost tasks, each in document order."""
    found = [*_kept(work), *_lost(work)]
    order = list(Kind)
    return tuple(sorted(found, key=lambda change: order.index(change.kind)))


def sheet(changes: Iterable[Change]) -> bytes:
    """Return the changes as an Excel file, one row each."""
    rows = [_cells(change) for change in changes]
    return workbook.table(TITLE, _HEADERS, rows or [("変更はありません。", *[""] * 8)])


def _kept(work: Work) -> Iterator[Change]:
    for task in work.tasks:
        if task.is_changed:
            kind = Kind.NEW if task.is_new else Kind.CHANGED
            parts = (task.seat, task.edition, task.line, task.own)
            yield Change(kind, *parts, task.place, task.changes)


def _lost(work: Work) -> Iterator[Change]:
    for gone in work.gone:
        yield Change(Kind.LOST, gone.seat, gone.edition, gone.line, gone.own)


def _cells(change: Change) -> tuple[str, ...]:
    line, seat = change.line, change.seat
    details = "\n".join(
        f"{d.what}: {d.before or NOTHING} → {d.after or NOTHING}" for d in change.details
    )
    where = (change.kind.value, seat.vendor, seat.project, change.edition.title)
    return (*where, line.number, change.path, line.name, change.own, details)
