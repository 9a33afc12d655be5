"""The start page: what waits for the person, as PMO, as a company's person, or as both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.catalogue.recent_activity import Change, latest_changes, latest_editions, own_projects
from projects.findings.review import open_counts
from projects.models import Edition, Project
from raci.access import person
from vendors.access.seats import is_company_person
from vendors.home.summary import Waiting, own_work, waiting

PROJECTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One project: its 版, what companies owe, and its findings; None: nobody has counted them."""

    project: Project
    edition: Edition | None
    waiting: Waiting
    findings: int | None


@dataclass(frozen=True, slots=True)
class Desk:
    """All projects of a PMO person; `lines` are the latest changed of `total`."""

    lines: Sequence[Line]
    total: int
    changes: Sequence[Change]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person, or what to do without a project."""
    user = person(request)
    desk = _desk(user)
    work = own_work(user) if is_company_person(user) else None
    if desk is None and work is None:
        return render(request, "home_empty.html")
    return render(request, "home.html", {"desk": desk, "work": work})


def _desk(user: User) -> Desk | None:
    """None for who is in no project at all; archived ones still make a PMO person."""
    projects = own_projects(user)
    if not projects:
        own = Project.objects.visible_to(user).exists()
        return Desk((), 0, ()) if own else None
    shown = projects[:PROJECTS_SHOWN]
    editions, open_ones, findings = latest_editions(shown), waiting(shown), open_counts(shown)
    lines = [
        Line(p, editions.get(p.pk), open_ones.get(p.pk, Waiting()), findings.get(p.pk))
        for p in shown
    ]
    return Desk(lines, len(projects), latest_changes(shown, among=projects))
