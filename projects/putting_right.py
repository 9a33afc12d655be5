"""Findings → the change that puts them right, shown as old → new and then made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from projects import checks, store
from projects.checks import Change, Finding
from projects.grid import Grid
from projects.models import Project
from projects.plan import ItemLine, Plan
from projects.reviewing import found_in
from projects.store import Kind, Person


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a repair, for people."""

    row: str
    what: str
    before: str
    after: str


_FIELDS = {"number": "項番", "name": "作業項目", "description": "作業内容"}


def steps(grid: Grid, changes: Iterable[Change]) -> list[Step]:
    """The repair as old → new."""
    wanted = list(changes)
    uids = {change.uid for change in wanted}
    rows = {item.uid: item for item in grid.items if item.uid in uids} if uids else {}
    columns = {role.name: place for place, role in enumerate(grid.roles)}
    found = []
    for change in wanted:
        item = rows[change.uid]
        place = f"{item.number} {item.name}".strip()
        if change.field:
            before = getattr(item, change.field)
            found.append(Step(place, _FIELDS[change.field], before, change.value))
        else:
            found.append(Step(place, change.role, item.marks[columns[change.role]], change.value))
    return found


@dataclass(frozen=True, slots=True)
class Repair:
    """What putting findings right would change, and those of them that stay.

    Of two that contradict each other one stays.
    """

    plan: Plan
    done: tuple[Finding, ...]
    left: tuple[Finding, ...]

    @property
    def steps(self) -> list[Step]:
        """All that changes as old → new."""
        return [step for line in self.plan.items for step in _line_steps(line)]


def _line_steps(line: ItemLine) -> Iterator[Step]:
    before, after = line.before, line.after
    if before and after:
        place = f"{before.number} {before.name}".strip()
        for field in line.fields:
            yield Step(place, _FIELDS[field], getattr(before, field), getattr(after, field))
        for cell in line.cells:
            yield Step(place, cell.role, cell.before, cell.after)


def repair_of(project: Project, grid: Grid, found: Sequence[Finding]) -> Repair:
    plan = checks.plan_of_all(grid, found, lambda changed: found_in(project, changed))
    still = {one.key for one in found_in(project, plan.after)}
    left = tuple(one for one in found if one.key in still)
    return Repair(plan, tuple(one for one in found if one.key not in still), left)


def repair(project: Project, wanted: Repair, *, by: Person, revision: int) -> None:
    """Puts findings right as one change set. Stale when the project left that revision."""
    reason = f"要確認 {'、'.join(_counted(wanted.done))}"
    plan = wanted.plan
    store.apply(plan, project=project, by=by, kind=Kind.EDIT, reason=reason, revision=revision)


def _counted(found: Sequence[Finding]) -> list[str]:
    counts = Counter(one.code for one in found)
    return [
        f"{code} {checks.CHECKS[code].title}" + (f"（{count}件）" if count > 1 else "")
        for code, count in counts.items()
    ]
