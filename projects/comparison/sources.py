"""Open the sources of a comparison: 版, the current matrix, and imported files.

Each has a key for the URL: `edition:3`, `now`, `import:7`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from projects import store
from projects.domain.comparison import Side
from projects.domain.grid import Grid
from projects.domain.renamed_roles import renamed_columns
from projects.imports import jobs
from projects.imports.compare import Wishes, compare
from projects.intake import IntakeError
from projects.models import Edition, Import, Project
from projects.store import editions

NOW = "now"
NOW_LABEL = "現在の役割分担表"
MOST_IMPORTS = 50


class UnreadableSourceError(Exception):
    """The file does not fit into the matrix any more, or is not there; says what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One side with its words, and the revision of the matrix that it stands for."""

    key: str
    label: str
    side: Side
    revision: int

    @property
    def grid(self) -> Grid:
        return self.side.grid


def sources_of(project: Project) -> dict[str, str]:
    """Return the labels of all sources by key, the latest 版 first. Two queries."""
    found = Edition.objects.filter(project=project).order_by("-number")
    labels = {
        f"edition:{one.number}": _titled(one) for one in found.only("number", "title", "date")
    }
    ready = Import.objects.light().filter(project=project, state=Import.State.READY)
    files = {
        f"import:{row.pk}": f"取込ファイル　{row.file_name}"
        for row in ready.order_by("-pk")[:MOST_IMPORTS]
    }
    return labels | {NOW: NOW_LABEL} | files


def _titled(edition: Edition) -> str:
    number = f"第{edition.number}版"
    name = number if edition.title == number else f"{number}　{edition.title}"
    day = edition.date
    return f"{name}（{day.year}年{day.month}月{day.day}日）"


def opened(project: Project, key: str, labels: Mapping[str, str]) -> Source:
    """Open the source with that key, one of `sources_of`. UnreadableSourceError."""
    kind, _, number = key.partition(":")
    if kind == "edition":
        edition = Edition.objects.get(project=project, number=int(number))
        side = Side(editions.grid(edition), [role[0] for role in edition.roles])
        return Source(key, labels[key], side, edition.revision)
    current = store.load(project)
    side = _now(project, current) if key == NOW else _file(project, int(number), current)
    return Source(key, labels[key], side, project.revision)


def _now(project: Project, current: Grid) -> Side:
    ids = _ids(project)
    return Side(current, [ids.get(role.name, role.name) for role in current.roles])


def _file(project: Project, key: int, current: Grid) -> Side:
    """Return the matrix after an import, rows and columns matched as the import does.

    A column that it would take for another one is the same where its marks say so.
    """
    row = Import.objects.without_file().filter(project=project, pk=key).first()
    reading = jobs.reading_of(row) if row else None
    if row is None or reading is None:
        raise UnreadableSourceError(
            "このファイルはもうありません。取込の一覧から選び直してください。"
        )
    wishes = Wishes.from_json(row.wishes)
    try:
        wanted = compare(reading, current, slug=project.slug, wishes=wishes).plan.after
    except IntakeError as refused:
        cause = "".join(problem.message for problem in refused.problems[:1])
        raise UnreadableSourceError(
            f"「{row.file_name}」は役割分担表と比較できません。{cause}"
        ) from refused
    ids, was = _ids(project), renamed_columns(current, wanted)
    names = (role.name for role in wanted.roles)
    return Side(wanted, [ids.get(was.get(name, name), name) for name in names])


def _ids(project: Project) -> dict[str, int | str]:
    """Return the ids of the columns by name."""
    return {name: pk for pk, name in project.roles.values_list("pk", "name")}
