"""Mail companies about a new 版, reminders and invitations.

Each person's mail is about their own companies only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from projects.models import Project
from vendors.mail.outbox import Letters, after_commit, body
from vendors.models import Member


def tasks_url(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("vendors:tasks"))


def to_each(
    subject: str,
    template: str,
    project: Project,
    context: Mapping[str, Any],
    facts: Mapping[int, Any],
) -> None:
    """Send one mail to each person of the companies in `facts` (by id)."""

    def letters() -> Letters:
        for user, vendors in _people(project, facts).items():
            own = {"project": project.title, "own": [facts[vendor] for vendor in vendors]}
            yield user, body(template, {**context, **own})

    after_commit(subject, letters)


def _people(project: Project, vendors: Mapping[int, Any]) -> dict[User, list[int]]:
    """Return who gets mails about the project, each with the ids of their companies."""
    members = Member.objects.reachable(project.pk).filter(vendor__in=vendors)
    found: dict[User, dict[int, None]] = {}
    for member in members.select_related("user").order_by("pk"):
        found.setdefault(member.user, {})[member.vendor_id] = None
    return {user: list(own) for user, own in found.items()}
