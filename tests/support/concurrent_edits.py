"""Many people set marks of one project at once: on few cells, and often from a page out of date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from random import Random
from threading import Barrier

from django.apps import apps
from django.db import connection

from projects import store
from projects.domain.grid import Grid, Mark
from projects.domain.plan import diff
from projects.models import Project
from projects.store import cells, grid_at_revision
from projects.store.cells import Operation, Outcome
from tests.support.grid_builders import grid_of

Cell = tuple[str, str]
Marks = dict[Cell, str]

ROWS, ROLES = ("企画", "設計", "製造", "試験"), ("甲", "乙", "丙")
SYMBOLS_EACH, MOST_AT_ONCE = 4, 3
LOOKS_AGAIN, BLANKS = 0.5, 0.2
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that was answered «saved», by which act, and the revision after that."""

    revision: int
    changed: bool
    operation: Operation

    @property
    def cell(self) -> Cell:
        return self.operation.uid, self.operation.role


@dataclass(slots=True)
class Played:
    """What came of it all."""

    done: list[Done] = field(default_factory=list)
    conflicts: int = 0

    def lost(self, table: Marks) -> list[Done]:
        """The saved operations that are neither in the table nor were knowingly replaced."""
        by_cell: dict[Cell, list[Done]] = {cell: [] for cell in table}
        for done in sorted(self.done, key=lambda done: (done.revision, not done.changed)):
            by_cell[done.cell].append(done)
        return [lost for cell, acts in by_cell.items() for lost in _lost(acts, table[cell])]


def _lost(acts: Sequence[Done], at_last: str) -> Iterator[Done]:
    """The acts on one cell in order: each must name what the one before it left there."""
    last: Done | None = None
    for done in acts:
        now = last.operation.after if last else ""
        if done.operation.after == now:
            continue
        if last and done.operation.before != now:
            yield last
        last = done
    if last and last.operation.after != at_last:
        yield last


def project_of(people: int, slug: str) -> Project:
    """A blank project whose legend has marks of their own for that many people."""
    legend = tuple(Mark(symbol, symbol) for person in range(people) for symbol in _symbols(person))
    project = store.create(slug=slug, title="競合", by=None)
    grid = replace(grid_of(*ROWS, roles=ROLES), title="競合", legend=legend)
    plan = diff(store.load(project), grid)
    store.apply(plan, project=project, by=None, kind=store.Kind.IMPORT)
    return project


def play(project: Project, *, people: int, edits: int) -> Played:
    """All people at once, each in a thread with a connection of its own.

    Raises what the database raised for any of them, such as a deadlock.
    """
    start = Barrier(people)
    with ThreadPoolExecutor(people) as pool:
        parts = [pool.submit(_person, project, number, edits, start) for number in range(people)]
        played = Played()
        for part in parts:
            found = part.result()
            played.done += found.done
            played.conflicts += found.conflicts
    return played


def everything_stands(cell: object, before: str) -> bool:
    """In the place of `projects.store.cells.stands`: no conflict check."""
    return True


def the_longer_way(*_: object) -> None:
    """In the place of `projects.store.cells.save_one`, whose check is part of its statement."""


def marks_of(grid: Grid) -> Marks:
    """Every cell with its mark, "" for blank."""
    names = [role.name for role in grid.roles]
    return {
        (item.uid, name): mark
        for item in grid.items
        for name, mark in zip(names, item.marks, strict=True)
    }


def table_of(project: Project) -> Marks:
    return marks_of(store.load(project))


def past_of(project: Project) -> Marks:
    """The latest revision as the history tells it."""
    project.refresh_from_db()
    return marks_of(grid_at_revision.at(project, project.revision))


def replayed(project: Project) -> Marks:
    """Every event of every mark in order, from the empty table on."""
    items = dict(project.items.values_list("pk", "uid"))
    roles = dict(project.roles.values_list("pk", "name"))
    marks = {(uid, name): "" for uid in items.values() for name in roles.values()}
    events = apps.get_model("projects", "AssignmentEvent")._default_manager
    rows = events.filter(project=project).order_by("pgh_id")
    for item, role, label, symbol in rows.values_list("item_id", "role_id", "pgh_label", "symbol"):
        cell = items[item], roles[role]
        if (label == "insert") is not (marks[cell] == ""):
            raise AssertionError(f"{label} of {cell}, where {marks[cell] or 'nothing'} stood")
        marks[cell] = "" if label == "delete" else symbol
    return marks


def _symbols(person: int) -> list[str]:
    return [f"{person:02d}{turn}" for turn in range(SYMBOLS_EACH)]


def _person(project: Project, number: int, edits: int, start: Barrier) -> Played:
    random = Random(number)  # noqa: S311 — no secret, the same game on every run
    symbols, played = _symbols(number), Played()
    try:
        seen = table_of(project)
        start.wait(PATIENCE_SECONDS)
        for turn in range(edits):
            if random.random() < LOOKS_AGAIN:
                seen = table_of(project)
            wanted = "" if random.random() < BLANKS else symbols[turn % SYMBOLS_EACH]
            chosen = random.sample(sorted(seen), random.randint(1, MOST_AT_ONCE))
            _edit(project, chosen, wanted, seen, played)
    finally:
        connection.close()
    return played


def _edit(
    project: Project, chosen: Sequence[Cell], wanted: str, seen: Marks, played: Played
) -> None:
    """One act of a person, who then sees what the answer says."""
    operations = [Operation(*cell, seen[cell], wanted) for cell in chosen]
    saved = cells.save(project, operations, by=None)
    for cell, operation, result in zip(chosen, operations, saved.results, strict=True):
        seen[cell] = result.now
        if result.outcome is Outcome.SAVED:
            played.done.append(Done(saved.revision, saved.changed, operation))
        else:
            played.conflicts += result.outcome is Outcome.CONFLICT
