"""The companies of a project, as its PMO has them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from projects.models import Project
from vendors.models import Vendor


def company_of(project: Project, uid: str) -> Vendor:
    """The company with that uid, if it has a part in the project; Http404 otherwise."""
    return _one(Vendor.objects.filter(contracts__project=project), uid)


def known_company(project: Project, uid: str) -> Vendor:
    """The same also for a company that has left: its people and questions are still there."""
    left = Q(questions__project=project) | Q(members__project=project)
    return _one(Vendor.objects.filter(Q(contracts__project=project) | left), uid)


def _one(companies: QuerySet[Vendor], uid: str) -> Vendor:
    try:
        return companies.distinct().get(uid=uid)
    except Vendor.DoesNotExist as error:
        raise Http404 from error
