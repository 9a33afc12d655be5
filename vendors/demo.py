"""Create the demo: the real 別紙10, people of every kind, a company for each role."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.timezone import localdate

from projects.imports import proposal
from projects.models import Membership, Project
from projects.store import editions
from vendors.models import Contract, Member, Vendor

SLUG = "besshi10"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A row of people.csv; `role` is the position of a company's role from 1, 0 for the PMO."""

    username: str
    name: str
    kind: str
    role: int


def people() -> Iterator[DemoPerson]:
    path: Path = settings.BASE_DIR / "fixtures" / "people.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield DemoPerson(row["username"], row["name"], row["kind"], int(row["role"] or 0))


def source() -> proposal.Source:
    """Return the scanned 別紙10 with the files that explain it."""
    folder = settings.BASE_DIR / "fixtures"
    return proposal.Source(
        data=(folder / "besshi10.md").read_bytes(),
        roles=(folder / "roles.csv").read_bytes(),
        columns=(folder / "columns.csv").read_bytes(),
    )


def set_up(*, new_password: Callable[[], str], report: Callable[[str], None]) -> list[str]:
    """Create what is missing, keep the rest, and return the usernames created.

    `new_password` is called once, only when somebody is created; `report` gets each step.
    """
    with transaction.atomic():
        project = Project.objects.filter(slug=SLUG).first()
        if project is None:
            report("別紙10を取り込んでいます…")
            project = proposal.create(source(), slug=SLUG, by=None)
        else:
            report("案件 besshi10 は既にあります。変更された内容を保ちます。")
        if editions.latest(project) is None:
            report("第1版を公開しています…")
            editions.publish(
                project, title="第1版", date=localdate(), revision=project.revision, by=None
            )
        return _people(project, new_password, report)


def _people(
    project: Project, new_password: Callable[[], str], report: Callable[[str], None]
) -> list[str]:
    known = set(User.objects.values_list("username", flat=True))
    missing = [person for person in people() if person.username not in known]
    if not missing:
        return []
    report(f"利用者{len(missing)}人を作成しています…")
    template = User()
    template.set_password(new_password())
    for person in missing:
        _create(person, project, template.password)
    return [person.username for person in missing]


def _create(person: DemoPerson, project: Project, password: str) -> None:
    """Create one person with the membership of their kind; `password` is hashed already."""
    admin = person.kind == "admin"
    user = User.objects.create(
        username=person.username,
        last_name=person.name,
        email=f"{person.username}@example.jp",
        password=password,
        is_staff=admin,
        is_superuser=admin,
    )
    if person.role:
        role = project.roles.get(position=person.role)
        vendor, _ = Vendor.objects.get_or_create(name=role.name)
        Contract.objects.get_or_create(vendor=vendor, project=project, role=role)
        Member.objects.create(vendor=vendor, user=user, project=project)
    elif not admin:
        Membership.objects.create(project=project, user=user, kind=person.kind)
