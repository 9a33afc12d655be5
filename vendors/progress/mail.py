"""The mail that asks companies to confirm what is open."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from projects.models import Project
from vendors.mail.to_companies import tasks_url, to_each
from vendors.progress.reminders import Candidate


def reminded(request: HttpRequest, project: Project, chosen: Sequence[Candidate]) -> None:
    """Asks the people of the companies to confirm what is open."""
    facts = {candidate.company.vendor.pk: candidate.company for candidate in chosen}
    to_each(
        f"【確認のお願い】{project.title}", "reminded", project, {"url": tasks_url(request)}, facts
    )
