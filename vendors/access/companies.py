"""The companies of a project, as its PMO has them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from projects.models import Project
from vendors.models import Contract, Member, Question, Vendor


def company_of(project: Project, uid: str) -> Vendor:
    """The company with that uid, if it has a part in the project; Http404 otherwise."""
    return _one(_with(Contract, project), uid)


def known_company(project: Project, uid: str) -> Vendor:
    """The same also for a company that has left: its people and questions are still there."""
    left = _with(Question, project) | _with(Member, project)
    return _one(_with(Contract, project) | left, uid)


def _with(model: type[Contract | Question | Member], project: Project) -> Q:
    """The companies of which the project has such a row."""
    return Q(Exists(model._default_manager.filter(project=project, vendor=OuterRef("pk"))))


def _one(companies: Q, uid: str) -> Vendor:
    try:
        return Vendor.objects.filter(companies).get(uid=uid)
    except Vendor.DoesNotExist as error:
        raise Http404 from error
