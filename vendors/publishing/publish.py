"""Publish a 版, and preview what it changes for each company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from projects.domain.edition_rows import Changes, Line, changes
from projects.models import Edition, EditionRow, Project, Role
from projects.store import editions
from vendors.access import security_log
from vendors.mail.to_companies import tasks_url, to_each
from vendors.models import Confirmation, Contract, Vendor


@dataclass(frozen=True, slots=True)
class Party:
    """The changes for a company, or for a role that no company fills (`vendor` is None).

    `reset` counts the company's answers, 確認済 or 質問あり, that publishing makes invalid.
    """

    name: str
    roles: tuple[str, ...]
    changes: Changes
    reset: int = 0
    vendor: Vendor | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The changes that publishing the matrix at this revision would make; `last` is 0 for none."""

    revision: int
    last: int
    companies: tuple[Party, ...]
    vacant: tuple[Party, ...]

    @property
    def number(self) -> int:
        return self.last + 1

    @property
    def affected(self) -> tuple[Party, ...]:
        """Return the companies whose tasks change."""
        return tuple(party for party in self.companies if not party.changes.is_empty)

    @property
    def is_empty(self) -> bool:
        return all(party.changes.is_empty for party in (*self.companies, *self.vacant))


def preview_of(project: Project) -> Preview:
    """Compare the matrix as it stands with the last 版, party by party."""
    last = editions.latest(project)
    before = _by_role(editions.lines(last) if last else ())
    now = _by_role(editions.lines_now(project))
    roles = list(Role.objects.filter(project=project).order_by("position", "pk"))
    fillings = _fillings(project)
    counting = _counting(project, last) if last else {}
    filled = {role.pk for own in fillings.values() for role in own}
    companies = tuple(
        _company(vendor, own, before, now, counting.get(vendor.pk, frozenset()))
        for vendor, own in fillings.items()
    )
    vacant = tuple(
        Party(role.name, (role.name,), _changes(before, now, {role.pk}))
        for role in roles
        if role.pk not in filled
    )
    return Preview(project.revision, last.number if last else 0, companies, vacant)


def publish_edition(
    project: Project, *, title: str, date: date, note: str, revision: int, last: int, by: User
) -> Edition:
    """Publish the 版 after number `last`. Raises PublishError when the project has moved on."""
    with transaction.atomic():
        edition = editions.publish(
            project, title=title, date=date, note=note, revision=revision, last=last, by=by
        )
        security_log.edition_published(edition, by=by)
        return edition


_ByRole = Mapping[int, list[Line]]


def _by_role(lines: Iterable[Line]) -> _ByRole:
    """Group the rows by column: comparing every company with all rows would take seconds."""
    found: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        for role in line.role_ids:
            found[role].append(line)
    return found


def _changes(before: _ByRole, now: _ByRole, roles: Collection[int]) -> Changes:
    return changes(_of(before, roles), _of(now, roles), roles)


def _of(lines: _ByRole, roles: Collection[int]) -> list[Line]:
    """Return the rows of several columns, each once, in document order."""
    own = {line.uid: line for role in roles for line in lines.get(role, ())}
    return sorted(own.values(), key=lambda line: line.position)


def _company(
    vendor: Vendor, roles: list[Role], before: _ByRole, now: _ByRole, counting: Collection[str]
) -> Party:
    found = _changes(before, now, {role.pk for role in roles})
    reset = sum(one.line.uid in counting for one in found.changed)
    return Party(vendor.name, tuple(role.name for role in roles), found, reset, vendor)


def _fillings(project: Project) -> dict[Vendor, list[Role]]:
    """Return the roles of each company, in the order of the columns."""
    contracts = Contract.objects.with_roles(project).select_related("vendor")
    found: dict[Vendor, list[Role]] = {}
    for contract in contracts.order_by("role__position", "vendor__name", "pk"):
        found.setdefault(contract.vendor, []).append(contract.role)
    return found


_COUNTING = (Confirmation.State.CONFIRMED, Confirmation.State.QUESTION)


def _counting(project: Project, last: Edition) -> dict[int, set[str]]:
    """Return by company the uids of the rows with an answer that is valid in the last 版."""
    answers = Confirmation.objects.filter(project=project, state__in=_COUNTING).order_by()
    changed_in = dict(_rows(last).values_list("uid", "changed_in"))
    found: defaultdict[int, set[str]] = defaultdict(set)
    for vendor, uid, number in answers.values_list("vendor_id", "uid", "edition_number"):
        if number >= changed_in.get(uid, number + 1):
            found[vendor].add(uid)
    return found


def _rows(edition: Edition) -> QuerySet[EditionRow]:
    return EditionRow.objects.filter(project=edition.project_id, edition=edition).order_by()


def mail_edition(
    request: HttpRequest, project: Project, edition: Edition, parties: Sequence[Party]
) -> None:
    """Mail the people of the companies whose tasks the 版 changes."""
    facts = {party.vendor.pk: party for party in parties if party.vendor}
    context = {"edition": edition, "url": tasks_url(request)}
    to_each(f"【版の公開】{project.title}", "published", project, context, facts)
