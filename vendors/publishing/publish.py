"""Publishing a 版: first what it changes for each company, then the act."""

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
    """What changes for a company, or for a role that no company fills (`vendor` is None).

    `reset` counts what the company said, 確認済 or 質問あり, that no longer counts afterwards.
    """

    name: str
    roles: tuple[str, ...]
    changes: Changes
    reset: int = 0
    vendor: Vendor | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing the matrix, as it is at this revision, would change. `last` is 0 for none."""

    revision: int
    last: int
    companies: tuple[Party, ...]
    vacant: tuple[Party, ...]

    @property
    def number(self) -> int:
        return self.last + 1

    @property
    def affected(self) -> tuple[Party, ...]:
        """The companies whose tasks change."""
        return tuple(party for party in self.companies if not party.changes.is_empty)

    @property
    def is_empty(self) -> bool:
        return all(party.changes.is_empty for party in (*self.companies, *self.vacant))


def preview_of(project: Project) -> Preview:
    """The comparison of the matrix as it stands with the last 版, party by party."""
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
    """Publishes the next 版 after number `last`. PublishError when that is not how things are."""
    with transaction.atomic():
        edition = editions.publish(
            project, title=title, date=date, note=note, revision=revision, last=last, by=by
        )
        security_log.edition_published(edition, by=by)
        return edition


_ByRole = Mapping[int, list[Line]]


def _by_role(lines: Iterable[Line]) -> _ByRole:
    """The rows of each column: comparing every company with all rows would take seconds."""
    found: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        for role in line.role_ids:
            found[role].append(line)
    return found


def _changes(before: _ByRole, now: _ByRole, roles: Collection[int]) -> Changes:
    return changes(_of(before, roles), _of(now, roles), roles)


def _of(lines: _ByRole, roles: Collection[int]) -> list[Line]:
    """The rows of several columns, each once, in document order."""
    own = {line.uid: line for role in roles for line in lines.get(role, ())}
    return sorted(own.values(), key=lambda line: line.position)


def _company(
    vendor: Vendor, roles: list[Role], before: _ByRole, now: _ByRole, counting: Collection[str]
) -> Party:
    found = _changes(before, now, {role.pk for role in roles})
    reset = sum(one.line.uid in counting for one in found.changed)
    return Party(vendor.name, tuple(role.name for role in roles), found, reset, vendor)


def _fillings(project: Project) -> dict[Vendor, list[Role]]:
    """The roles of each company, in the order of the columns."""
    contracts = Contract.objects.with_roles(project).select_related("vendor")
    found: dict[Vendor, list[Role]] = {}
    for contract in contracts.order_by("role__position", "vendor__name", "pk"):
        found.setdefault(contract.vendor, []).append(contract.role)
    return found


_COUNTING = (Confirmation.State.CONFIRMED, Confirmation.State.QUESTION)


def _counting(project: Project, last: Edition) -> dict[int, set[str]]:
    """The rows of which each company has said something that counts in the last 版."""
    said = Confirmation.objects.filter(project=project, state__in=_COUNTING).order_by()
    changed_in = dict(_rows(last).values_list("uid", "changed_in"))
    found: defaultdict[int, set[str]] = defaultdict(set)
    for vendor, uid, number in said.values_list("vendor_id", "uid", "edition_number"):
        if number >= changed_in.get(uid, number + 1):
            found[vendor].add(uid)
    return found


def _rows(edition: Edition) -> QuerySet[EditionRow]:
    return EditionRow.objects.filter(project=edition.project_id, edition=edition).order_by()


def mail_edition(
    request: HttpRequest, project: Project, edition: Edition, parties: Sequence[Party]
) -> None:
    """Mail the people of the companies whose tasks a 版 changes."""
    facts = {party.vendor.pk: party for party in parties if party.vendor}
    context = {"edition": edition, "url": tasks_url(request)}
    to_each(f"【版の公開】{project.title}", "published", project, context, facts)
