"""Several people edit the same cells at once: nothing is lost, and the history tells it all.

`python -m tests.bench.together` plays the same with 50 people and 200 edits each.
"""

from __future__ import annotations

import pytest

from projects.models import ChangeSet
from projects.store import cells
from tests.support import concurrent_edits

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, EDITS = 10, 20


def test_no_saved_mark_is_lost_and_the_history_equals_the_table() -> None:
    project = concurrent_edits.project_of(PEOPLE, "together")
    played = concurrent_edits.play(project, people=PEOPLE, edits=EDITS)
    table = concurrent_edits.table_of(project)
    assert played.lost(table) == []
    assert concurrent_edits.replayed(project) == concurrent_edits.past_of(project) == table
    assert played.conflicts > EDITS
    assert len(played.done) > EDITS


def test_every_act_of_many_people_has_a_number_of_its_own() -> None:
    project = concurrent_edits.project_of(PEOPLE, "together")
    before = project.revision
    played = concurrent_edits.play(project, people=PEOPLE, edits=EDITS)
    project.refresh_from_db()
    numbers = ChangeSet.objects.filter(project=project, number__gt=before).order_by("number")
    wanted = range(before + 1, project.revision + 1)
    assert list(numbers.values_list("number", flat=True)) == list(wanted)
    assert {done.revision for done in played.done if done.changed} == set(wanted)


def test_without_the_conflict_check_updates_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "stands", concurrent_edits.everything_stands)
    monkeypatch.setattr(cells, "save_one", concurrent_edits.the_longer_way)
    project = concurrent_edits.project_of(PEOPLE, "together")
    played = concurrent_edits.play(project, people=PEOPLE, edits=EDITS)
    assert played.conflicts == 0
    assert played.lost(concurrent_edits.table_of(project))
