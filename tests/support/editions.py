"""版 for tests: the matrix as it stands, published."""

from __future__ import annotations

from datetime import date

from projects.models import Edition, Project
from projects.store import editions

DAY = date(2026, 4, 1)


def published(project: Project, title: str = "", note: str = "") -> Edition:
    """The project's next 版."""
    project.refresh_from_db()
    return editions.publish(
        project, title=title, date=DAY, note=note, revision=project.revision, by=None
    )
