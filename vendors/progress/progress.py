"""How far the companies of a project are with the latest 版, counted in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count

from projects.models import Edition, Project, Role
from projects.store import editions
from raci.database.raw_sql import fetch
from vendors.models import Contract, Question, Reminder, Vendor

# A row of the 版 is a company's task as in `worklist`; its state is that of `tasks.Task`.
_TASK = """
WITH company AS MATERIALIZED (
    SELECT vendor_id, array_agg(role_id) AS roles FROM vendors_contract
    WHERE project_id = %(project)s AND (%(vendor)s::bigint IS NULL OR vendor_id = %(vendor)s)
    GROUP BY vendor_id
), task AS (
    SELECT company.vendor_id, company.roles, row.position, row.number, row.name, row.role_ids,
        row.symbols, COALESCE(row.path_names[1], row.name) AS phase, row.path_names,
        said.edition_number, said.person_name, said.at, said.state AS said,
        question.state AS question,
        CASE WHEN said.state IS NULL OR said.state = 'withdrawn' THEN 'new'
            WHEN said.edition_number < row.changed_in THEN 'reset' ELSE said.state END AS state
    FROM company JOIN projects_editionrow row ON row.project_id = %(project)s
        AND row.edition_id = %(edition)s AND row.role_ids && company.roles
    LEFT JOIN vendors_confirmation said ON said.project_id = %(project)s
        AND said.vendor_id = company.vendor_id AND said.uid = row.uid
    LEFT JOIN vendors_question question ON question.project_id = %(project)s
        AND question.vendor_id = company.vendor_id AND question.uid = row.uid
)
"""
_TALLIES = f"""{_TASK}
SELECT vendor_id, phase, min(position),
    count(*) FILTER (WHERE state = 'new'), count(*) FILTER (WHERE state = 'reset'),
    count(*) FILTER (WHERE state = 'question'), count(*) FILTER (WHERE state = 'confirmed'),
    count(*) FILTER (WHERE question = 'open'), max(at) FILTER (WHERE said = 'confirmed')
FROM task GROUP BY vendor_id, phase
"""
_SPELLED = f"""{_TASK}
SELECT vendor_id, number, phase, name, state, edition_number, person_name, at,
    ARRAY(
        SELECT symbol FROM unnest(role_ids, symbols) AS mark(role, symbol)
        WHERE role = ANY(roles)
    )
FROM task ORDER BY position, vendor_id
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tasks are in which state, questions that wait, and when one was last confirmed."""

    new: int = 0
    reset: int = 0
    question: int = 0
    confirmed: int = 0
    waiting: int = 0
    last: datetime | None = None

    def __add__(self, other: Tally) -> Tally:
        times = [at for at in (self.last, other.last) if at]
        return Tally(
            self.new + other.new,
            self.reset + other.reset,
            self.question + other.question,
            self.confirmed + other.confirmed,
            self.waiting + other.waiting,
            max(times, default=None),
        )

    @property
    def tasks(self) -> int:
        return self.new + self.reset + self.question + self.confirmed

    @property
    def open(self) -> int:
        """What the company has still to say something about."""
        return self.new + self.reset

    @property
    def rate(self) -> int | None:
        """The confirmed part in percent, rounded down: 100 means all; None without a task."""
        return 100 * self.confirmed // self.tasks if self.tasks else None

    @property
    def percent(self) -> str:
        """The rate in words; "" without a task."""
        return "" if self.rate is None else f"{self.rate}%"


@dataclass(frozen=True, slots=True)
class Company:
    """One company: its roles, its tasks by phase, and the last reminder."""

    vendor: Vendor
    roles: tuple[str, ...]
    phases: Mapping[str, Tally]
    elsewhere: int = 0
    reminder: Reminder | None = None

    @property
    def total(self) -> Tally:
        """Of all phases, with the questions that wait about rows that are no task any more."""
        return total(self.phases.values()) + Tally(waiting=self.elsewhere)


@dataclass(frozen=True, slots=True)
class Board:
    """All companies in the order of the columns, and the columns that none fills."""

    edition: Edition | None
    phases: tuple[str, ...]
    companies: tuple[Company, ...]
    vacant: tuple[Role, ...]

    @property
    def total(self) -> Tally:
        return total(company.total for company in self.companies)

    @property
    def table(self) -> list[tuple[Company, list[Tally | None]]]:
        """Companies × phases."""
        return [(row, [row.phases.get(phase) for phase in self.phases]) for row in self.companies]

    def within(self, phase: str) -> Board:
        """The same, cut down to one phase."""
        kept = tuple(
            replace(row, elsewhere=0, phases={n: t for n, t in row.phases.items() if n == phase})
            for row in self.companies
        )
        return replace(self, phases=(phase,), companies=kept)


@dataclass(frozen=True, slots=True)
class Spelled:
    """One task of one company."""

    vendor_id: int
    number: str
    phase: str
    name: str
    state: str
    edition: int | None
    person: str | None
    at: datetime | None
    symbols: Sequence[str]


def board(project: Project, *, vendor: Vendor | None = None) -> Board:
    """The companies of the project, or one of them, in five queries."""
    edition = editions.latest(project)
    contracts = Contract.objects.with_roles(project).select_related("vendor")
    contracts = contracts.order_by("role__position", "vendor__name", "pk")
    filled = list(contracts)
    vacant = Role.objects.filter(project=project).order_by("position", "pk")
    tallies, phases = _tallies(project, edition, vendor)
    companies = _companies(project, filled, tallies, vendor)
    taken = {contract.role_id for contract in filled}
    return Board(edition, phases, companies, tuple(r for r in vacant if r.pk not in taken))


def spelled(project: Project, edition: Edition) -> Iterator[Spelled]:
    """Every task of every company, in document order."""
    for row in fetch(_SPELLED, _values(project, edition, None)):
        yield Spelled(*row)


def total(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def _tallies(
    project: Project, edition: Edition | None, vendor: Vendor | None
) -> tuple[dict[int, dict[str, Tally]], tuple[str, ...]]:
    """By company and phase, and the phases in document order."""
    found: dict[int, dict[str, Tally]] = {}
    places: dict[str, int] = {}
    rows = fetch(_TALLIES, _values(project, edition, vendor)) if edition else []
    for vendor_id, phase, place, *counts in sorted(rows, key=lambda row: row[2]):
        found.setdefault(vendor_id, {})[phase] = Tally(*counts)
        places.setdefault(phase, place)
    return found, tuple(places)


def _companies(
    project: Project,
    contracts: Iterable[Contract],
    tallies: Mapping[int, Mapping[str, Tally]],
    only: Vendor | None,
) -> tuple[Company, ...]:
    waiting, reminders = _waiting(project), _reminders(project)
    roles: dict[Vendor, list[str]] = {}
    for contract in contracts:
        if only is None or contract.vendor == only:
            roles.setdefault(contract.vendor, []).append(contract.role.name)
    return tuple(
        Company(
            vendor,
            tuple(names),
            tallies.get(vendor.pk, {}),
            waiting.get(vendor.pk, 0) - total(tallies.get(vendor.pk, {}).values()).waiting,
            reminders.get(vendor.pk),
        )
        for vendor, names in roles.items()
    )


def _waiting(project: Project) -> dict[int, int]:
    """How many questions of each company wait for an answer."""
    found = Question.objects.filter(project=project, state=Question.State.OPEN).order_by()
    return dict(found.values("vendor_id").annotate(n=Count("pk")).values_list("vendor_id", "n"))


def _reminders(project: Project) -> dict[int, Reminder]:
    """The last one of each company."""
    found = Reminder.objects.filter(project=project).order_by("vendor_id", "-pk")
    return {reminder.vendor_id: reminder for reminder in found.distinct("vendor_id")}


def _values(project: Project, edition: Edition, vendor: Vendor | None) -> dict[str, int | None]:
    return {
        "project": project.pk,
        "edition": edition.pk,
        "vendor": vendor.pk if vendor else None,
    }
