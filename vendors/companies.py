"""The companies of a project, as its PMO has them."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404

from projects.models import Project
from vendors.models import Vendor


def company_of(project: Project, uid: str) -> Vendor:
    """The company with that uid, if it has a part in the project; Http404 otherwise."""
    try:
        return Vendor.objects.filter(contracts__project=project).distinct().get(uid=uid)
    except Vendor.DoesNotExist as error:
        raise Http404 from error


def known_company(project: Project, uid: str) -> Vendor:
    """The same also for a company that has left: its people and questions are still there."""
    left = Q(questions__project=project) | Q(members__project=project)
    found = Vendor.objects.filter(Q(contracts__project=project) | left)
    try:
        return found.distinct().get(uid=uid)
    except Vendor.DoesNotExist as error:
        raise Http404 from error
