"""Mails of the PMO to companies: a new 版, reminders, invitations.

Each person's is about the own companies only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from projects.models import Edition, Project
from raci import invitations
from vendors.mailing import Letters, after_commit, body
from vendors.models import Member, Vendor
from vendors.publishing import Party
from vendors.reminding import Candidate


def published(
    request: HttpRequest, project: Project, edition: Edition, parties: Sequence[Party]
) -> None:
    """Tells the people of the companies whose tasks a 版 changes."""
    facts = {party.vendor.pk: party for party in parties if party.vendor}
    context = {"edition": edition, "url": _tasks(request)}
    _to_each(f"【版の公開】{project.title}", "published", project, context, facts)


def reminded(request: HttpRequest, project: Project, chosen: Sequence[Candidate]) -> None:
    """Asks the people of the companies to confirm what is open."""
    facts = {candidate.company.vendor.pk: candidate.company for candidate in chosen}
    _to_each(
        f"【確認のお願い】{project.title}", "reminded", project, {"url": _tasks(request)}, facts
    )


def invited(request: HttpRequest, project: Project, vendor: Vendor, user: User) -> None:
    """Sends the way in: where to choose a password, or where to sign in for who has one."""
    known = user.has_usable_password()
    place = reverse("login") if known else invitations.link(user)
    context = {
        "project": project.title,
        "company": vendor.name,
        "name": user.get_full_name(),
        "username": user.get_username(),
        "known": known,
        "url": request.build_absolute_uri(place),
    }
    text = body("invited", context)
    after_commit(f"【招待】{project.title}", lambda: [(user, text)])


def _tasks(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("vendors:tasks"))


def _to_each(
    subject: str,
    template: str,
    project: Project,
    context: Mapping[str, Any],
    facts: Mapping[int, Any],
) -> None:
    """One mail to each person of the companies in `facts` (by id)."""

    def letters() -> Letters:
        for user, vendors in _people(project, facts).items():
            own = {"project": project.title, "own": [facts[vendor] for vendor in vendors]}
            yield user, body(template, {**context, **own})

    after_commit(subject, letters)


def _people(project: Project, vendors: Mapping[int, Any]) -> dict[User, list[int]]:
    """Who gets mails about the project, each with the companies that they work for."""
    members = Member.objects.reachable(project.pk).filter(vendor__in=vendors)
    found: dict[User, dict[int, None]] = {}
    for member in members.select_related("user").order_by("pk"):
        found.setdefault(member.user, {})[member.vendor_id] = None
    return {user: list(own) for user, own in found.items()}
