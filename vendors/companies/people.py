"""Invite, deactivate and reactivate the people of companies, for managers of a project."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import Http404

from projects import store
from projects.models import Membership, Project
from vendors.access import security_log
from vendors.models import Contract, Member, Vendor

PMO = "PMOの利用者のため、ここでは変更できません。システム管理者に依頼してください。"
ELSEWHERE = (
    "この会社のすべての案件を担当しているため、ここでは変更できません。"
    "システム管理者に依頼してください。"
)
STOPPED = "このアカウントはシステム管理者が停止しています。システム管理者に依頼してください。"


class NotAllowedError(Exception):
    """The manager may not do that with the member; the message has the reason and whom to ask."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The members of a company that a manager of a project may change.

    `everywhere`: the manager manages every project of the company. `pmo` are the ids of the
    company's people who also belong to a PMO.
    """

    project_id: int
    everywhere: bool
    pmo: frozenset[int]

    def obstacle(self, member: Member) -> str:
        """Return why the manager may not change this member, "" if they may."""
        if member.user_id in self.pmo:
            return PMO
        if member.project_id is None and not self.everywhere:
            return ELSEWHERE
        return ""


def reach(project: Project, vendor: Vendor, *, by: User) -> Reach:
    managed = Project.objects.filter(
        memberships__user=by, memberships__kind=Membership.Kind.MANAGER
    )
    foreign = Contract.objects.filter(vendor=vendor).exclude(project__in=managed)
    own = User.objects.filter(_IS_PMO, company_memberships__vendor=vendor)
    pmo = frozenset(own.values_list("pk", flat=True))
    return Reach(project.pk, by.is_superuser or not foreign.exists(), pmo)


_IS_PMO = Q(is_staff=True) | Q(is_superuser=True) | Q(memberships__isnull=False)


def people_of(project: Project, vendor: Vendor) -> list[Member]:
    """Return the company's people in the project, deactivated ones included."""
    own = _here(project, vendor).select_related("user")
    return list(own.order_by("-active", "user__username", "pk"))


def member_of(project: Project, vendor: Vendor, key: int) -> Member:
    """Return one of `people_of`. Raises Http404 otherwise."""
    try:
        return _here(project, vendor).select_related("user", "vendor").get(pk=key)
    except Member.DoesNotExist as error:
        raise Http404 from error


def invite(project: Project, vendor: Vendor, *, name: str, address: str, by: User) -> User:
    """Make the person with that address a member of the company in the project.

    An existing account is used and keeps its name and address.
    """
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        user = _locked(_account(name, address))
        known = _here(project, vendor).filter(user=user, active=True).order_by("pk")
        member = known.first()
        if member is None:
            _restore_account(user)
            member, _ = Member.objects.update_or_create(
                vendor=vendor, user=user, project=project, defaults={"active": True}
            )
        security_log.invitation(member, by=by, project=project)
        return user


def invite_again(member: Member, project: Project, *, by: User) -> User:
    """Record another invitation. Raises NotAllowedError for a stopped account or membership."""
    if not member.active or not member.user.is_active:
        raise NotAllowedError("停止中の担当者は招待できません。先に再開してください。")
    security_log.invitation(member, by=by, project=project)
    return member.user


def deactivate(member: Member, project: Project, *, by: User) -> None:
    """Deactivate the membership, and the account when nothing else needs it."""
    _check(member, project, by)
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        user = _locked(member.user)
        _set(member, active=False)
        if user.is_active and not _has_more(user):
            user.is_active = False
            user.save(update_fields=["is_active"])
        security_log.member_deactivated(member, by=by, project=project)


def activate(member: Member, project: Project, *, by: User) -> None:
    """Undo `deactivate`. Raises NotAllowedError for an account that an administrator stopped."""
    _check(member, project, by)
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        user = _locked(member.user)
        _restore_account(user)
        if not user.is_active:
            raise NotAllowedError(STOPPED)
        _set(member, active=True)
        security_log.member_activated(member, by=by, project=project)


def _here(project: Project, vendor: Vendor) -> QuerySet[Member]:
    return Member.objects.working_in(project.pk).filter(vendor=vendor)


def _check(member: Member, project: Project, by: User) -> None:
    obstacle = reach(project, member.vendor, by=by).obstacle(member)
    if obstacle:
        raise NotAllowedError(obstacle)


def _set(member: Member, *, active: bool) -> None:
    member.active = active
    member.save(update_fields=["active"])


def _locked(user: User) -> User:
    """Lock the account, so that concurrent changes to one person come one after the other."""
    return User.objects.select_for_update().get(pk=user.pk)


def _restore_account(user: User) -> None:
    """Undo what `deactivate` did to the account.

    An inactive account that still has something to do was stopped by an administrator.
    """
    if not user.is_active and not _has_more(user):
        user.is_active = True
        user.save(update_fields=["is_active"])


def _has_more(user: User) -> bool:
    """Return whether the account has PMO rights or another active membership."""
    pmo = User.objects.filter(_IS_PMO, pk=user.pk)
    return pmo.exists() or Member.objects.filter(user=user, active=True).exists()


def _account(name: str, address: str) -> User:
    by_name = Q(username__iexact=address)
    found = User.objects.filter(by_name | Q(email__iexact=address)).order_by("pk")
    user = found.filter(by_name).first() or found.first()
    if user is None:
        user, _ = User.objects.get_or_create(
            username=address, defaults={"email": address, "last_name": name}
        )
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
