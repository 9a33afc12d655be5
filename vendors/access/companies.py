"""Look up the companies of a project for its PMO."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from projects.models import Project
from vendors.models import Contract, Member, Question, Vendor


def company_of(project: Project, uid: str) -> Vendor:
    """Return the company with that uid if it has a contract in the project. Raises Http404."""
    return _one(_with(Contract, project), uid)


def known_company(project: Project, uid: str) -> Vendor:
    """Return the company like `company_of`, also one without a contract now.

    Its people and questions are still there. Raises Http404.
    """
    left = _with(Question, project) | _with(Member, project)
    return _one(_with(Contract, project) | left, uid)


def _with(model: type[Contract | Question | Member], project: Project) -> Q:
    """Return the condition that the project has such a row of the company."""
    return Q(Exists(model._default_manager.filter(project=project, vendor=OuterRef("pk"))))


def _one(companies: Q, uid: str) -> Vendor:
    try:
        return Vendor.objects.filter(companies).get(uid=uid)
    except Vendor.DoesNotExist as error:
        raise Http404 from error
