"""Repair findings: plan the change, show it as old → new, and apply it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from projects import checks, store
from projects.checks import Change, Finding
from projects.domain.grid import TEXTS, Grid, Item
from projects.domain.plan import ItemLine, Plan
from projects.findings.review import found_in
from projects.models import Project
from projects.store import Kind, Person


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a repair, for people."""

    row: str
    what: str
    before: str
    after: str


class Steps:
    """The repairs of findings of one grid as old → new; rows are looked up once for all."""

    def __init__(self, grid: Grid) -> None:
        self._rows = {item.uid: item for item in grid.items}
        self._columns = {role.name: place for place, role in enumerate(grid.roles)}

    def of(self, changes: Iterable[Change]) -> list[Step]:
        return [self._step(change) for change in changes]

    def _step(self, change: Change) -> Step:
        item = self._rows[change.uid]
        if change.field:
            return Step(
                _place(item), TEXTS[change.field], getattr(item, change.field), change.value
            )
        before = item.marks[self._columns[change.role]]
        return Step(_place(item), change.role, before, change.value)


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
        """Return all changes as old → new."""
        return [step for line in self.plan.items for step in _line_steps(line)]


def _line_steps(line: ItemLine) -> Iterator[Step]:
    before, after = line.before, line.after
    if before and after:
        place = _place(before)
        for field in line.fields:
            yield Step(place, TEXTS[field], getattr(before, field), getattr(after, field))
        for cell in line.cells:
            yield Step(place, cell.role, cell.before, cell.after)


def _place(item: Item) -> str:
    return f"{item.number} {item.name}".strip()


def repair_of(project: Project, grid: Grid, found: Sequence[Finding]) -> Repair:
    plan = checks.plan_of_all(grid, found, lambda changed: found_in(project, changed))
    still = {one.key for one in found_in(project, plan.after)}
    left = tuple(one for one in found if one.key in still)
    return Repair(plan, tuple(one for one in found if one.key not in still), left)


def repair(project: Project, wanted: Repair, *, by: Person, revision: int) -> None:
    """Repair findings as one change set.

    StaleRevisionError when the project left that revision.
    """
    reason = f"要確認 {'、'.join(_counted(wanted.done))}"
    plan = wanted.plan
    store.apply(plan, project=project, by=by, kind=Kind.EDIT, reason=reason, revision=revision)


def _counted(found: Sequence[Finding]) -> list[str]:
    counts = Counter(one.code for one in found)
    return [
        f"{code} {checks.CHECKS[code].title}" + (f"（{count}件）" if count > 1 else "")
        for code, count in counts.items()
    ]
