"""Restrict what people see in the application, above row security in the database.

Everything that a company sees starts from its seats: the roles that its contracts give it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F, Q

from projects.models import Project
from vendors.models import Contract, Member, Vendor


@dataclass(frozen=True, slots=True)
class Seat:
    """A role that a company fills in a project."""

    vendor_id: int
    vendor_uid: str
    vendor: str
    project_id: int
    slug: str
    project: str
    role_id: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A person with the companies they see; `shown_as` is set for a manager who views one."""

    person: User
    vendors: tuple[Vendor, ...]
    seats: tuple[Seat, ...]
    base: str
    shown_as: Vendor | None = None

    @property
    def read_only(self) -> bool:
        return self.shown_as is not None

    @property
    def name(self) -> str:
        return "、".join(vendor.name for vendor in self.vendors)


def own_desk(person: User, *, base: str) -> Desk:
    """Return the desk of the person's own companies, empty without any."""
    vendors = Vendor.objects.filter(own_companies(person)).order_by("name", "pk").distinct()
    return Desk(person, tuple(vendors), _seats(own_contracts(person)), base)


def shown_desk(person: User, *, vendor: Vendor, project: Project, base: str) -> Desk:
    """Return a manager's desk with what the company sees in that project."""
    seats = _seats(shown_contracts(vendor, project))
    return Desk(person, (vendor,), seats, base, shown_as=vendor)


def own_companies(person: User) -> Q:
    return Q(members__user=person, members__active=True)


def own_contracts(person: User) -> Q:
    """Match contracts of the person's companies in projects where the person is a member."""
    mine = Q(vendor__members__user=person, vendor__members__active=True)
    everywhere = Q(vendor__members__project__isnull=True)
    return mine & (everywhere | Q(vendor__members__project=F("project")))


def shown_contracts(vendor: Vendor, project: Project) -> Q:
    return Q(vendor=vendor, project=project)


def is_company_person(person: User) -> bool:
    """Return whether the person works for a company, contract or not."""
    return Member.objects.filter(user=person, active=True).exists()


def _seats(scope: Q) -> tuple[Seat, ...]:
    columns: Sequence[str] = (
        "vendor_id",
        "vendor__uid",
        "vendor__name",
        "project_id",
        "project__slug",
        "project__title",
        "role_id",
    )
    open_ones = Contract.objects.filter(scope, project__archived_at=None)
    found = open_ones.order_by("project__slug", "vendor__name", "role_id")
    return tuple(Seat(*row) for row in found.values_list(*columns).distinct())
