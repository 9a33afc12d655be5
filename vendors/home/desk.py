"""Build what the start page shows of a PMO person's projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from projects.catalogue.recent_activity import (
    Change,
    has_projects,
    latest_changes,
    latest_editions,
    own_projects,
)
from projects.findings.review import open_counts
from projects.models import Edition, Project
from vendors.home.summary import Waiting, waiting

PROJECTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One project: its 版, open work of companies, and its findings; None before a first check."""

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


def pmo_desk(user: User) -> Desk | None:
    """Return the person's projects; None for who is in none at all, archived ones included."""
    projects = own_projects(user)
    if not projects:
        return Desk((), 0, ()) if has_projects(user) else None
    shown = projects[:PROJECTS_SHOWN]
    editions, open_ones, findings = latest_editions(shown), waiting(shown), open_counts(shown)
    lines = [
        Line(p, editions.get(p.pk), open_ones.get(p.pk, Waiting()), findings.get(p.pk))
        for p in shown
    ]
    return Desk(lines, len(projects), latest_changes(shown, among=projects))
