"""The laws of 版: what was published is what was there then, and a change is what changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects import store
from projects.domain import edition_rows as comparing
from projects.domain.edition_rows import Line
from projects.domain.grid import Grid
from projects.models import Edition, EditionRow, Project
from projects.store import editions
from tests.support.applied_grids import become
from tests.support.editions import published
from tests.support.grid_builders import grids, pairs_of_grids
from vendors.access.seats import own_desk
from vendors.models import Contract, Member, Vendor
from vendors.tasks.queries import work_of

pytestmark = pytest.mark.django_db

examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PAIRS = pairs_of_grids().filter(lambda pair: bool(pair[0].items and pair[1].items))
GRIDS = grids().filter(lambda grid: bool(grid.items))
Words = tuple[str, str, tuple[str, ...], frozenset[tuple[str, str]]]


@examples
@given(pair=PAIRS)
def test_an_edition_is_the_grid_of_its_time(pair: tuple[Grid, Grid]) -> None:
    with transaction.atomic():
        first, second = _published_in_turn(pair)
        assert (editions.grid(first), editions.grid(second)) == pair
        transaction.set_rollback(True)


@examples
@given(pair=PAIRS)
def test_a_row_is_changed_in_the_edition_that_gave_it_other_content(
    pair: tuple[Grid, Grid],
) -> None:
    with transaction.atomic():
        first, second = _published_in_turn(pair)
        before, now = _words(first), _words(second)
        wanted = {uid: 1 if before.get(uid) == words else 2 for uid, words in now.items()}
        rows = EditionRow.objects.filter(edition=second)
        assert dict(rows.values_list("uid", "changed_in")) == wanted
        assert set(first.rows.values_list("changed_in", flat=True)) == {1}
        transaction.set_rollback(True)


@examples
@given(grid=GRIDS)
def test_publishing_the_same_again_changes_nothing_for_anybody(grid: Grid) -> None:
    with transaction.atomic():
        first, second = _published_in_turn((grid, grid))
        one, other = editions.lines(first), editions.lines(second)
        for role, *_ in second.roles:
            assert comparing.changes(one, other, {role}).is_empty
        assert set(second.rows.values_list("changed_in", flat=True)) == {1}
        transaction.set_rollback(True)


@examples
@given(pair=PAIRS)
def test_new_gone_changed_and_kept_rows_add_up(pair: tuple[Grid, Grid]) -> None:
    with transaction.atomic():
        one, other = map(editions.lines, _published_in_turn(pair))
        for role in {role for line in (*one, *other) for role in line.role_ids}:
            changes = comparing.changes(one, other, {role})
            stayed = len(changes.changed) + changes.kept
            assert len(changes.gone) + stayed == len(_of(one, role))
            assert len(changes.new) + stayed == len(_of(other, role))
        transaction.set_rollback(True)


@examples
@given(grid=GRIDS, data=st.data())
def test_the_tasks_of_a_company_are_the_rows_with_its_marks(
    grid: Grid, data: st.DataObject
) -> None:
    places = data.draw(st.sets(st.integers(0, len(grid.roles) - 1), min_size=1))
    with transaction.atomic():
        project = _project()
        become(project, grid)
        published(project)
        desk = own_desk(_person(project, [grid.roles[place].name for place in places]), base="")
        own = [item.uid for item in grid.items if any(item.marks[place] for place in places)]
        assert [task.line.uid for task in work_of(desk).tasks] == own
        transaction.set_rollback(True)


def _project() -> Project:
    made = store.create(slug="law", title="法則", by=None)
    Project.objects.filter(pk=made.pk).update(numbering="as_given")
    made.refresh_from_db()
    return made


def _published_in_turn(grids: Sequence[Grid]) -> list[Edition]:
    """A project that becomes each of the grids and is published as it stands then."""
    project, found = _project(), []
    for grid in grids:
        become(project, grid)
        found.append(published(project))
    return found


def _words(edition: Edition) -> dict[str, Words]:
    """By uid what a row asks for: its texts, its headings and its marks by column."""
    return {
        line.uid: (
            line.name,
            line.description,
            tuple(line.path_names),
            frozenset(zip(map(str, line.role_ids), line.symbols, strict=True)),
        )
        for line in editions.lines(edition)
    }


def _of(lines: Sequence[Line], role: int) -> list[Line]:
    return [line for line in lines if role in line.role_ids]


def _person(project: Project, roles: Sequence[str]) -> User:
    vendor, user = Vendor.objects.create(name="会社"), User.objects.create_user("人")
    for name in roles:
        role = project.roles.get(name=name)
        Contract.objects.create(vendor=vendor, project=project, role=role)
    Member.objects.create(vendor=vendor, user=user)
    return user
