"""Represent a company's tasks: rows of the published 版 where one of its roles has a mark.

The other marks of such a row are shown, since these are the partners; no other row is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from projects.domain.edition_rows import Detail, Line, details
from vendors.access.seats import Seat
from vendors.models import Confirmation, Question


class State(StrEnum):
    """The company's answer to a task, as far as it still counts."""

    NEW = "new"
    RESET = "reset"
    QUESTION = "question"
    CONFIRMED = "confirmed"


STATES = {
    State.NEW: "未確認",
    State.RESET: "再確認",
    State.QUESTION: Confirmation.State.QUESTION.label,
    State.CONFIRMED: Confirmation.State.CONFIRMED.label,
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """The last answer to a task: state, number of the 版, person and time."""

    state: str
    edition: int
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """The 版 of a project that a company sees; `head` and `legend` as in `Edition`.

    `leading` has the symbols of the 主たる作業者.
    """

    pk: int
    number: int
    title: str
    date: date
    note: str
    head: Mapping[str, str]
    legend: Sequence[tuple[str, str, bool]]
    leading: frozenset[str]


def own_marks(line: Line, roles: Collection[int]) -> str:
    """Return the company's own marks in a row, with the names of their columns."""
    marks = zip(line.role_ids, line.symbols, line.role_names, strict=True)
    return "、".join(f"{symbol} {name}" for role, symbol, name in marks if role in roles)


@dataclass(frozen=True, slots=True)
class Task:
    """One row of one company.

    `before` is the row in the 版 before, where this one changed it and it was theirs then.
    """

    seat: Seat
    edition: Publication
    line: Line
    changed_in: int
    roles: frozenset[int]
    stamp: Stamp | None
    question: str
    before: Line | None

    @property
    def key(self) -> str:
        """Return the task's key in forms: company, project, row, and the displayed 版."""
        seat = self.seat
        return f"{seat.vendor_uid}:{seat.slug}:{self.line.uid}:{self.edition.number}"

    @property
    def place(self) -> str:
        """Return the task's address below that of the list."""
        return f"{self.seat.slug}/{self.line.uid}/"

    @property
    def phase(self) -> str:
        return self.line.phase

    @property
    def marks(self) -> tuple[str, ...]:
        """Return the company's own symbols, each once."""
        pairs = zip(self.line.role_ids, self.line.symbols, strict=True)
        return tuple(dict.fromkeys(symbol for role, symbol in pairs if role in self.roles))

    @property
    def own(self) -> str:
        return own_marks(self.line, self.roles)

    @property
    def leaders(self) -> tuple[str, ...]:
        return tuple(name for name, leads in self._parties() if leads)

    @property
    def partners(self) -> tuple[str, ...]:
        """Return the names of cooperating roles, the company's own among them."""
        return tuple(name for name, leads in self._parties() if not leads)

    @property
    def state(self) -> State:
        if self.stamp is None or self.stamp.state == Confirmation.State.WITHDRAWN:
            return State.NEW
        if self.stamp.edition < self.changed_in:
            return State.RESET
        return State(self.stamp.state)

    @property
    def state_label(self) -> str:
        return STATES[self.state]

    @property
    def rank(self) -> int:
        """Return the state's position in the order of STATES."""
        return list(STATES).index(self.state)

    @property
    def question_label(self) -> str:
        """Return the label of the thread's state, "" without a thread."""
        return Question.State(self.question).label if self.question else ""

    @property
    def is_changed(self) -> bool:
        """Return whether the published 版 changed or added the task; never for the first 版."""
        return self.changed_in == self.edition.number > 1

    @property
    def is_new(self) -> bool:
        """Return whether the published 版 added the task."""
        return self.is_changed and self.before is None

    @property
    def changes(self) -> tuple[Detail, ...]:
        """Return the differences from the 版 before; none for a new task."""
        return details(self.before, self.line) if self.before else ()

    def _parties(self) -> Iterator[tuple[str, bool]]:
        for name, symbol in zip(self.line.role_names, self.line.symbols, strict=True):
            yield name, symbol in self.edition.leading


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that the company lost with this 版; `line` as in the 版 before."""

    seat: Seat
    edition: Publication
    line: Line
    roles: frozenset[int]

    @property
    def own(self) -> str:
        return own_marks(self.line, self.roles)


@dataclass(frozen=True, slots=True)
class Work:
    """All tasks of a desk; `unpublished` are the titles of projects without a 版."""

    tasks: tuple[Task, ...] = ()
    gone: tuple[Gone, ...] = ()
    unpublished: tuple[str, ...] = ()
