"""The laws of the store: what was applied is what is loaded, and the way back leads back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from projects import intake, store
from projects.domain.grid import Grid
from projects.domain.plan import diff, matched
from projects.excel import workbook
from projects.models import Numbering, Project
from tests.support.applied_grids import become
from tests.support.grid_builders import grids, pairs_of_grids

pytestmark = pytest.mark.django_db

examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@examples
@given(pair=pairs_of_grids())
def test_after_apply_the_wanted_grid_is_loaded_and_the_inverse_restores(
    pair: tuple[Grid, Grid],
) -> None:
    one, other = pair
    with transaction.atomic():
        project = store.create(slug="law", title="法則", by=None)
        for wanted in (one, other, one):
            become(project, wanted)
            assert store.load(project) == wanted
        transaction.set_rollback(True)


@examples
@given(pair=pairs_of_grids())
def test_the_past_is_what_was_loaded_then_and_undo_restores_it(pair: tuple[Grid, Grid]) -> None:
    one, other = pair
    with transaction.atomic():
        project = store.create(slug="law", title="法則", by=None)
        Project.objects.filter(pk=project.pk).update(numbering=Numbering.AS_GIVEN)
        project.refresh_from_db()
        become(project, one)
        first = project.revision
        become(project, other)
        assert store.grid_at_revision.at(project, first) == one
        assert store.grid_at_revision.at(project, project.revision) == other
        if project.revision > first:
            store.undo(project, project.revision, by=None)
        assert store.load(project) == one
        transaction.set_rollback(True)


@examples
@given(grid=grids())
def test_nasty_texts_survive_the_database(grid: Grid) -> None:
    with transaction.atomic():
        project = store.create(slug="law", title="法則", by=None)
        become(project, grid)
        assert store.load(project) == grid
        transaction.set_rollback(True)


def test_the_export_of_the_real_document_comes_back_as_an_empty_plan(besshi10: Project) -> None:
    grid = store.load(besshi10)
    back = intake.read(workbook.matrix(grid)).grid
    assert diff(grid, matched(grid, back)).is_empty


def test_screen_and_workbook_say_the_same_marks(besshi10: Project) -> None:
    grid = store.load(besshi10)
    back = intake.read(workbook.matrix(grid)).grid
    assert [item.marks for item in back.items] == [item.marks for item in grid.items]
    assert replace(back, items=()) == replace(grid, items=())
