"""The database against the ledger: `python -m tests.system.checking LEDGER` in its own process.

Prints as JSON what is wrong, a line each, and how much was looked at.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projects.domain.grid import Grid
    from projects.models import Project

Cell = tuple[str, str]
SHOWN, QUEUE_SECONDS = 20, 60
_ACTS = """
SELECT act.number, context.metadata->>'name', context.metadata->>'kind',
    item.uid, role.name, event.pgh_label, event.symbol
FROM projects_changeset act
LEFT JOIN pghistory_context context ON context.id = act.context_id
LEFT JOIN projects_assignmentevent event ON event.project_id = act.project_id
    AND event.pgh_created_at = act.at AND event.pgh_context_id IS NOT DISTINCT FROM act.context_id
LEFT JOIN projects_workitem item ON item.project_id = act.project_id AND item.id = event.item_id
LEFT JOIN projects_role role ON role.project_id = act.project_id AND role.id = event.role_id
WHERE act.project_id = %s ORDER BY act.number, event.pgh_id
"""
_HOMELESS = """
SELECT count(*) FROM projects_assignmentevent event WHERE project_id = %s AND NOT EXISTS (
    SELECT FROM projects_changeset act WHERE act.project_id = event.project_id
        AND act.at = event.pgh_created_at
        AND act.context_id IS NOT DISTINCT FROM event.pgh_context_id
)
"""


@dataclass(slots=True)
class Act:
    """A change set as the history tells it: what each of its cells became."""

    number: int
    who: str
    kind: str
    cells: dict[Cell, str] = field(default_factory=dict)


@dataclass(slots=True)
class Told:
    """The history of one project."""

    project: Project
    acts: dict[int, Act]
    table: dict[Cell, str]

    def at(self, cell: Cell, number: int) -> str:
        """The mark that stood there after that change set."""
        later = self._of_cell.get(cell, [])
        return next((mark for n, mark in reversed(later) if n <= number), "")

    @property
    def _of_cell(self) -> dict[Cell, list[tuple[int, str]]]:
        if self._kept is None:
            found: dict[Cell, list[tuple[int, str]]] = defaultdict(list)
            for act in self.acts.values():
                for cell, mark in act.cells.items():
                    found[cell].append((act.number, mark))
            self._kept = found
        return self._kept

    _kept: dict[Cell, list[tuple[int, str]]] | None = None


def check(ledger: Mapping[str, Any]) -> tuple[list[str], Counter[str]]:
    """What is wrong, and the counts of what was compared."""
    from projects.models import Project

    wrong: list[str] = []
    counts: Counter[str] = Counter()
    for project in Project.objects.order_by("slug"):
        told = _told(project, wrong)
        edits = [edit for edit in ledger["edits"] if edit["project"] == project.slug]
        wrong += _edits(told, edits, counts)
        begins = ledger["begins"].get(project.slug, project.revision)
        wrong += _imports(project, ledger["done"], counts, begins)
        wrong += _editions(project, ledger["done"], counts)
        counts["change sets"] += project.revision
    wrong += _queue()
    return wrong, counts


def _queue() -> Iterator[str]:
    """Every job comes to its end, if not at once: nothing waits, nothing has failed."""
    from django_tasks_db.models import DBTaskResult

    deadline = time.monotonic() + QUEUE_SECONDS
    waiting = DBTaskResult.objects.filter(status__in=("READY", "RUNNING"))
    while waiting.exists() and time.monotonic() < deadline:
        time.sleep(1)
    for job in DBTaskResult.objects.exclude(status="SUCCESSFUL"):
        yield f"job {job.task_path} {job.status} {job.worker_ids} {job.traceback[-300:]}"


def _told(project: Project, wrong: list[str]) -> Told:
    """The history, once it was looked through."""
    from projects import store
    from projects.store import grid_at_revision
    from raci.database.raw_sql import fetch

    acts: dict[int, Act] = {}
    for number, who, kind, uid, role, label, symbol in fetch(_ACTS, [project.pk]):
        act = acts.setdefault(number, Act(number, who or "", kind or ""))
        if label:
            act.cells[uid, role] = "" if label == "delete" else symbol
    if list(acts) != list(range(1, project.revision + 1)):
        wrong.append(f"{project}: the numbers of the change sets have gaps")
    if fetch(_HOMELESS, [project.pk]) != [(0,)]:
        wrong.append(f"{project}: events without a change set")
    table = store.load(project)
    if grid_at_revision.at(project, project.revision) != table:
        wrong.append(f"{project}: the history does not end with the table")
    told = Told(project, acts, _marks(table))
    differ = [cell for cell, mark in told.table.items() if told.at(cell, project.revision) != mark]
    if differ:
        wrong.append(f"{project}: {len(differ)} cells are not what their events say")
    return told


def _edits(told: Told, edits: list[dict[str, Any]], counts: Counter[str]) -> Iterator[str]:
    own = {n: act for n, act in told.acts.items() if act.kind == "edit"}
    unclaimed = dict(own)
    for edit in edits:
        counts[f"edits {edit['outcome']}"] += 1
        counts["edits asked again"] += bool(edit["unknown"])
        if edit["outcome"] != "saved":
            continue
        cell = (edit["cell"][0], edit["cell"][1])
        if told.at(cell, edit["revision"]) != edit["after"]:
            yield f"lost: {edit}"
        elif edit["changed"]:
            act = unclaimed.pop(edit["revision"], None)
            if act is None or act.who != edit["who"] or act.cells != {cell: edit["after"]}:
                yield f"not as acknowledged: {edit} {act}"
    yield from _unclaimed(unclaimed, edits, counts)


def _unclaimed(
    unclaimed: Mapping[int, Act], edits: list[dict[str, Any]], counts: Counter[str]
) -> Iterator[str]:
    """What was written though no answer said so: each the one try of an edit without an answer."""
    possible = Counter(
        (edit["who"], tuple(edit["cell"]), edit["after"])
        for edit in edits
        if (edit["unknown"] or edit["outcome"] == "open")
        and not (edit["outcome"] == "saved" and edit["changed"])
    )
    for act in unclaimed.values():
        counts["edits written, answer lost"] += 1
        if len(act.cells) != 1:
            yield f"an edit of {len(act.cells)} cells: {act}"
            continue
        ((cell, after),) = act.cells.items()
        possible[act.who, cell, after] -= 1
        if possible[act.who, cell, after] < 0:
            yield f"nobody asked for: {act}"


def _imports(
    project: Project, done: list[dict[str, Any]], counts: Counter[str], begins: int
) -> Iterator[str]:
    """An import is applied with all its marks, as one change set, or not at all."""
    from projects.models import ChangeSet, Import
    from projects.store import grid_at_revision

    rows = {row.pk: row for row in Import.objects.light().filter(project=project)}
    applied = {row.number: row for row in rows.values() if row.state == "applied"}
    acts = ChangeSet.objects.filter(project=project, context__metadata__kind="import")
    numbers = set(acts.filter(number__gt=begins).values_list("number", flat=True))
    if numbers - applied.keys():
        yield f"{project}: change sets of imports that say nothing: {numbers - applied.keys()}"
    contents: dict[str, Grid] = {}
    for number, row in sorted((row.number or 0, row) for row in applied.values()):
        counts["imports applied"] += 1
        found = grid_at_revision.at(project, number)
        if contents.setdefault(row.file_name, found) != found:
            yield f"{project}: import {row.pk} is half-applied"
    counts["imports not applied"] += len(rows) - len(applied)
    for told in done:
        if told["project"] == project.slug and told["what"] == "import":
            counts["imports acknowledged"] += 1
            if rows[told["number"]].state != "applied":
                yield f"{project}: import {told['number']} was acknowledged and is not applied"


def _editions(project: Project, done: list[dict[str, Any]], counts: Counter[str]) -> Iterator[str]:
    """A 版 is the whole matrix of its revision; none is missing."""
    from projects.models import Edition
    from projects.store import editions, grid_at_revision

    found = list(Edition.objects.filter(project=project).order_by("number"))
    counts["editions"] += len(found)
    if [edition.number for edition in found] != list(range(1, len(found) + 1)):
        yield f"{project}: the numbers of the 版 have gaps"
    for edition in found:
        if editions.grid(edition) != grid_at_revision.at(project, edition.revision):
            yield f"{project}: {edition} is not the matrix of its revision"
    for told in done:
        if told["project"] == project.slug and told["what"] == "edition":
            counts["editions acknowledged"] += 1
            if told["number"] > len(found):
                yield f"{project}: 版 {told['number']} was acknowledged and is not there"


def _marks(grid: Grid) -> dict[Cell, str]:
    names = [role.name for role in grid.roles]
    return {
        (item.uid, name): mark
        for item in grid.items
        for name, mark in zip(names, item.marks, strict=True)
    }


if __name__ == "__main__":
    import django

    django.setup()
    found, looked_at = check(json.loads(Path(sys.argv[1]).read_text()))
    sys.stdout.write(json.dumps({"wrong": found[:SHOWN], "all": len(found), "counts": looked_at}))
