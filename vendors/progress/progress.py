"""Count the companies' progress with the latest 版, in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count

from projects.models import Edition, Project, Role
from projects.store import editions
from raci.database.raw_sql import fetch
from vendors.models import Contract, Question, Reminder, Vendor

# A row of the 版 is a company's task as in `tasks.queries`; its state is that of `tasks.task.Task`.
_TASK = """
WITH company AS MATERIALIZED (
    SELECT vendor_id, array_agg(role_id) AS roles FROM vendors_contract
    WHERE project_id = %(project)s AND (%(vendor)s::bigint IS NULL OR vendor_id = %(vendor)s)
    GROUP BY vendor_id
), task AS (
    SELECT company.vendor_id, company.roles, row.position, row.number, row.name, row.role_ids,
        row.symbols, COALESCE(row.path_names[1], row.name) AS phase, row.path_names,
        answer.edition_number, answer.person_name, answer.at, answer.state AS answer,
        question.state AS question,
        CASE WHEN answer.state IS NULL OR answer.state = 'withdrawn' THEN 'new'
            WHEN answer.edition_number < row.changed_in THEN 'reset' ELSE answer.state END AS state
    FROM company JOIN projects_editionrow row ON row.project_id = %(project)s
        AND row.edition_id = %(edition)s AND row.role_ids && company.roles
    LEFT JOIN vendors_confirmation answer ON answer.project_id = %(project)s
        AND answer.vendor_id = company.vendor_id AND answer.uid = row.uid
    LEFT JOIN vendors_question question ON question.project_id = %(project)s
        AND question.vendor_id = company.vendor_id AND question.uid = row.uid
)
"""
_TALLIES = f"""{_TASK}
SELECT vendor_id, phase, min(position),
    count(*) FILTER (WHERE state = 'new'), count(*) FILTER (WHERE state = 'reset'),
    count(*) FILTER (WHERE state = 'question'), count(*) FILTER (WHERE state = 'confirmed'),
    count(*) FILTER (WHERE question = 'open'), max(at) FILTER (WHERE answer = 'confirmed')
FROM task GROUP BY vendor_id, phase
"""
_COMPANY_TASKS = f"""{_TASK}
SELECT vendor_id, number, phase, name, state, edition_number, person_name, at,
    ARRAY(
        SELECT symbol FROM unnest(role_ids, symbols) AS mark(role, symbol)
        WHERE role = ANY(roles)
    )
FROM task ORDER BY position, vendor_id
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of tasks by state, of open questions, and the time of the last confirmation."""

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
        """Return the number of tasks that the company has still to answer."""
        return self.new + self.reset

    @property
    def rate(self) -> int | None:
        """Return the confirmed part in percent, rounded down: 100 means all.

        None without a task.
        """
        return 100 * self.confirmed // self.tasks if self.tasks else None

    @property
    def percent(self) -> str:
        """Return the rate with its sign, "" without a task."""
        return "" if self.rate is None else f"{self.rate}%"


@dataclass(frozen=True, slots=True)
class Company:
    """One company: its roles, its tallies by phase, and the last reminder."""

    vendor: Vendor
    roles: tuple[str, ...]
    phases: Mapping[str, Tally]
    elsewhere: int = 0
    reminder: Reminder | None = None

    @property
    def total(self) -> Tally:
        """Return the tally of all phases and of open questions about rows that are no tasks now."""
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
        """Return each company with its tally per phase, None without a task there."""
        return [(row, [row.phases.get(phase) for phase in self.phases]) for row in self.companies]

    def within(self, phase: str) -> Board:
        """Return the board cut down to one phase."""
        kept = tuple(
            replace(row, elsewhere=0, phases={n: t for n, t in row.phases.items() if n == phase})
            for row in self.companies
        )
        return replace(self, phases=(phase,), companies=kept)


@dataclass(frozen=True, slots=True)
class CompanyTask:
    """One task of one company with its answer."""

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
    """Return the progress of the project's companies, or of one, in five queries."""
    edition = editions.latest(project)
    contracts = Contract.objects.with_roles(project).select_related("vendor")
    contracts = contracts.order_by("role__position", "vendor__name", "pk")
    filled = list(contracts)
    vacant = Role.objects.filter(project=project).order_by("position", "pk")
    tallies, phases = _tallies(project, edition, vendor)
    companies = _companies(project, filled, tallies, vendor)
    taken = {contract.role_id for contract in filled}
    return Board(edition, phases, companies, tuple(r for r in vacant if r.pk not in taken))


def company_tasks(project: Project, edition: Edition) -> Iterator[CompanyTask]:
    """Yield every task of every company, in document order."""
    for row in fetch(_COMPANY_TASKS, _values(project, edition, None)):
        yield CompanyTask(*row)


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies."""
    return sum(tallies, Tally())


def _tallies(
    project: Project, edition: Edition | None, vendor: Vendor | None
) -> tuple[dict[int, dict[str, Tally]], tuple[str, ...]]:
    """Return the tallies by company and phase, and the phases in document order."""
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
    """Return the number of open questions by company."""
    found = Question.objects.filter(project=project, state=Question.State.OPEN).order_by()
    return dict(found.values("vendor_id").annotate(n=Count("pk")).values_list("vendor_id", "n"))


def _reminders(project: Project) -> dict[int, Reminder]:
    """Return the last reminder of each company."""
    found = Reminder.objects.filter(project=project).order_by("vendor_id", "-pk")
    return {reminder.vendor_id: reminder for reminder in found.distinct("vendor_id")}


def _values(project: Project, edition: Edition, vendor: Vendor | None) -> dict[str, int | None]:
    return {
        "project": project.pk,
        "edition": edition.pk,
        "vendor": vendor.pk if vendor else None,
    }
