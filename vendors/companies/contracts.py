"""Add, remove and hand over the roles that companies fill, with a history entry each."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404

from projects import store
from projects.models import Project, Role
from vendors.access import security_log
from vendors.models import Contract, Vendor


def contract_of(project: Project, vendor: Vendor, role: int) -> Contract:
    """Return the company's contract for the role with that id. Raises Http404 without one."""
    own = Contract.objects.with_roles(project).select_related("vendor")
    try:
        return own.get(vendor=vendor, role_id=role)
    except Contract.DoesNotExist as error:
        raise Http404 from error


def contracts_of(project: Project, vendor: Vendor) -> QuerySet[Contract]:
    """Return the company's contracts in the order of their columns."""
    own = Contract.objects.with_roles(project).filter(vendor=vendor)
    return own.order_by("role__position", "pk")


def company_names(project: Project) -> list[str]:
    """Return the names of the companies that have a contract in the project."""
    own = Vendor.objects.filter(contracts__project=project).distinct().order_by("name")
    return list(own.values_list("name", flat=True))


def add(role: Role, *, name: str, by: User) -> Vendor:
    """Give the role to the company with that name, which is created if need be."""
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        return _add(role, name, by)


def remove(contract: Contract, *, by: User) -> None:
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        _remove(contract, by)


def hand_over(contract: Contract, *, name: str, by: User) -> Vendor:
    """Move the role to another company in one change set."""
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        taker = _add(contract.role, name, by)
        if taker != contract.vendor:
            _remove(contract, by)
        return taker


def _add(role: Role, name: str, by: User) -> Vendor:
    vendor, _ = Vendor.objects.get_or_create(name=name)
    contract, created = Contract.objects.get_or_create(
        vendor=vendor, project_id=role.project_id, role=role
    )
    if created:
        security_log.contract_added(contract, by=by)
    return vendor


def _remove(contract: Contract, by: User) -> None:
    security_log.contract_removed(contract, by=by)
    Contract.objects.filter(project=contract.project_id, pk=contract.pk).delete()
