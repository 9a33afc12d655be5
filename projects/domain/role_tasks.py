"""List one role's tasks in a project, each with its place, its mark and the partners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from projects.domain.grid import Grid, Item, Mark, Role, ancestors, is_heading, parents
from projects.domain.workload import Count, total


@dataclass(frozen=True, slots=True)
class Duty:
    """A task of the role: the headings above it, the role's mark, and who else is on it."""

    item: Item
    path: tuple[Item, ...]
    mark: Mark
    leaders: tuple[Role, ...]
    helpers: tuple[Role, ...]

    @property
    def place(self) -> tuple[Item, ...]:
        """Return the headings between the phase and the task."""
        return self.path[1:]


@dataclass(frozen=True, slots=True)
class Phase:
    """The role's tasks in one フェーズ, in document order."""

    item: Item
    duties: tuple[Duty, ...]

    @property
    def count(self) -> Count:
        led = sum(duty.mark.leads for duty in self.duties)
        return Count(led, len(self.duties) - led)


@dataclass(frozen=True, slots=True)
class Partner:
    """Another role on the role's tasks: on how many, and who of the two leads how many."""

    role: Role
    shared: int
    we_lead: int
    they_lead: int


@dataclass(frozen=True, slots=True)
class Part:
    """All that one role does; partners come in the order of the columns."""

    role: Role
    phases: tuple[Phase, ...]
    partners: tuple[Partner, ...]

    @property
    def count(self) -> Count:
        return total(phase.count for phase in self.phases)


def part_of(grid: Grid, place: int) -> Part:
    """Return the tasks of the role at that place of the columns, from 0."""
    groups: dict[str, list[Duty]] = {}
    tops: dict[str, Item] = {}
    for duty in _duties(grid, place):
        top = duty.path[0] if duty.path else duty.item
        tops[top.uid] = top
        groups.setdefault(top.uid, []).append(duty)
    phases = tuple(Phase(tops[uid], tuple(duties)) for uid, duties in groups.items())
    return Part(grid.roles[place], phases, tuple(_partners(grid, place, phases)))


def _duties(grid: Grid, place: int) -> Iterator[Duty]:
    up = parents(grid.items)
    marks, leads = {mark.symbol: mark for mark in grid.legend}, grid.leading
    for index, item in enumerate(grid.items):
        symbol = item.marks[place]
        if symbol and not is_heading(grid.items, index):
            path = tuple(grid.items[above] for above in ancestors(up, index))
            mark = marks.get(symbol, Mark(symbol, ""))
            yield Duty(item, path, mark, *_others(grid.roles, item, place, leads))


def _others(
    roles: Sequence[Role], item: Item, place: int, leads: Collection[str]
) -> tuple[tuple[Role, ...], tuple[Role, ...]]:
    """The other roles that lead the task, and those that help."""
    cells = [(roles[at], mark) for at, mark in enumerate(item.marks) if mark and at != place]
    leaders = tuple(role for role, mark in cells if mark in leads)
    return leaders, tuple(role for role, mark in cells if mark not in leads)


def _partners(grid: Grid, place: int, phases: Sequence[Phase]) -> Iterator[Partner]:
    shared: Counter[str] = Counter()
    we_lead: Counter[str] = Counter()
    they_lead: Counter[str] = Counter()
    for duty in (duty for phase in phases for duty in phase.duties):
        leaders, helpers = ([role.name for role in them] for them in (duty.leaders, duty.helpers))
        shared.update(leaders + helpers)
        if duty.mark.leads:
            we_lead.update(helpers)
        else:
            they_lead.update(leaders)
    for at, role in enumerate(grid.roles):
        if at != place and shared[role.name]:
            name = role.name
            yield Partner(role, shared[name], we_lead[name], they_lead[name])
