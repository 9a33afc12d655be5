"""The companies of a project, as its PMO has them."""

from __future__ import annotations

from django.http import Http404

from projects.models import Project
from vendors.models import Vendor


def company_of(project: Project, uid: str) -> Vendor:
    """The company with that uid, if it has a part in the project; Http404 otherwise."""
    try:
        return Vendor.objects.filter(contracts__project=project).distinct().get(uid=uid)
    except Vendor.DoesNotExist as error:
        raise Http404 from error
