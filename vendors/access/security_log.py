"""Record in the security log what the PMO does with companies."""

from __future__ import annotations

from django.contrib.auth.models import User

from projects.models import Edition, Project
from raci.security_log import log
from raci.security_log.log import Kind
from vendors.models import Contract, Member, Reminder, Vendor


def invitation(member: Member, *, by: User, project: Project) -> None:
    _of_member(Kind.INVITED, member, by, project)


def member_activated(member: Member, *, by: User, project: Project) -> None:
    _of_member(Kind.MEMBER_ACTIVATED, member, by, project)


def member_deactivated(member: Member, *, by: User, project: Project) -> None:
    _of_member(Kind.MEMBER_DEACTIVATED, member, by, project)


def contract_added(contract: Contract, *, by: User) -> None:
    _of_contract("added", contract, by)


def contract_removed(contract: Contract, *, by: User) -> None:
    _of_contract("removed", contract, by)


def edition_published(edition: Edition, *, by: User) -> None:
    log.record(Kind.EDITION_PUBLISHED, by=by, project_id=edition.project_id, edition=edition.number)


def reminder_sent(reminder: Reminder, *, by: User) -> None:
    log.record(
        Kind.REMINDER_SENT,
        by=by,
        project_id=reminder.project_id,
        vendor_id=reminder.vendor_id,
        people=reminder.people,
        forced=reminder.forced,
    )


def shown_as(vendor: Vendor, *, by: User, project: Project) -> None:
    log.record(Kind.SHOWN_AS_COMPANY, by=by, project_id=project.pk, vendor_id=vendor.pk)


def _of_member(kind: Kind, member: Member, by: User, project: Project) -> None:
    log.record(
        kind,
        by=by,
        project_id=project.pk,
        vendor_id=member.vendor_id,
        user=member.user_id,
        everywhere=member.project_id is None,
    )


def _of_contract(act: str, contract: Contract, by: User) -> None:
    log.record(
        Kind.CONTRACT_CHANGED,
        by=by,
        project_id=contract.project_id,
        vendor_id=contract.vendor_id,
        role=contract.role_id,
        act=act,
    )
