"""The mail that announces a 版 to the companies it changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from projects.models import Edition, Project
from vendors.mail.to_companies import tasks_url, to_each
from vendors.publishing.publish import Party


def published(
    request: HttpRequest, project: Project, edition: Edition, parties: Sequence[Party]
) -> None:
    """Tells the people of the companies whose tasks a 版 changes."""
    facts = {party.vendor.pk: party for party in parties if party.vendor}
    context = {"edition": edition, "url": tasks_url(request)}
    to_each(f"【版の公開】{project.title}", "published", project, context, facts)
