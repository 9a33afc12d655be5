"""Read a person's projects and their latest changes, in one query for all projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from projects.history import Act, described
from projects.models import ChangeSet, Edition, Project
from raci.database.raw_sql import fetch

CHANGES_SHOWN = 10
_LATEST = """
SELECT act.id, marks.n, rows.n, rows.name
FROM unnest(%(projects)s) AS own(id) CROSS JOIN LATERAL (
    SELECT * FROM projects_changeset WHERE project_id = own.id ORDER BY number DESC LIMIT %(most)s
) act CROSS JOIN LATERAL (
    SELECT count(DISTINCT (item_id, role_id)) AS n FROM projects_assignmentevent e
    WHERE e.project_id = act.project_id AND e.pgh_created_at = act.at
        AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
) marks CROSS JOIN LATERAL (
    SELECT count(DISTINCT pgh_obj_id) AS n, min(e.name) AS name FROM projects_workitemevent e
    WHERE e.project_id = act.project_id AND e.pgh_created_at = act.at
        AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
) rows
ORDER BY act.at DESC, act.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One change set of one of the projects: how many marks and rows it touched.

    `called` tells the project from the person's others.
    """

    project: Project
    called: str
    act: Act
    marks: int
    rows: int
    name: str

    @property
    def what(self) -> str:
        """In words; a single row is called by its name."""
        rows = f"作業項目「{self.name}」" if self.rows == 1 else f"作業項目{self.rows:,}行"
        parts = [rows] if self.rows else []
        if self.marks:
            parts.append(f"記号{self.marks:,}か所")
        return "、".join(parts) or "案件の設定"


def listed_projects(user: User, *, archived: bool) -> list[Project]:
    """Return the person's projects in use, or the archived ones, with their counts."""
    return Project.objects.visible_to(user).archived(archived).counted()


def has_projects(user: User) -> bool:
    """Return whether the person is in any project, archived ones included."""
    return Project.objects.visible_to(user).exists()


def own_projects(user: User) -> list[Project]:
    """Return the person's projects in use, the latest change first, with their counts."""
    own = Project.objects.visible_to(user).archived(False)
    return own.order_by("-changed_at", "slug").counted()


def latest_editions(projects: Sequence[Project]) -> dict[int, Edition]:
    """Return the latest 版 of each project, by its id."""
    found = Edition.objects.filter(project__in=projects).defer("head", "legend", "roles")
    latest = found.order_by("project_id", "-number").distinct("project_id")
    return {edition.project_id: edition for edition in latest}


def latest_changes(
    projects: Sequence[Project], *, among: Sequence[Project] = (), most: int = CHANGES_SHOWN
) -> list[Change]:
    """Return the last change sets of all the projects together, the latest first.

    `among` are all that the person knows, by default the same.
    """
    names = _names(among or projects)
    by_key = {project.pk: project for project in projects}
    counts = {key: rest for key, *rest in fetch(_LATEST, {"projects": list(by_key), "most": most})}
    acts = {act.pk: act for act in _acts(projects, list(counts))}
    descriptions = dict(zip(acts, described(list(acts.values())), strict=True))
    return [
        Change(by_key[own], names[own], descriptions[key], marks, rows, name or "")
        for key, (marks, rows, name) in counts.items()
        if key in acts
        for own in [acts[key].project_id]
    ]


def _names(projects: Sequence[Project]) -> dict[int, str]:
    """Return the short name of each: its number, with the title where two have the same."""
    times = Counter(project.document_number for project in projects)
    return {
        project.pk: str(project)
        if times[project.document_number] > 1
        else project.document_number or project.title
        for project in projects
    }


def _acts(projects: Sequence[Project], keys: Sequence[int]) -> list[ChangeSet]:
    found = ChangeSet.objects.filter(project__in=projects, pk__in=keys)
    return list(found.select_related("context").order_by())
