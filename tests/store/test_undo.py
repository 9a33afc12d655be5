"""Taking back one change set while others came after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User

from projects import store
from projects.domain.grid import (
    Grid,
    Role,
    index_of,
    moved_under,
    with_item,
    with_item_under,
    without_item,
)
from projects.domain.outline_edits import Way, stepped
from projects.domain.plan import diff
from projects.models import ChangeSet, Project
from projects.models import Role as RoleRow
from projects.store import cells
from projects.store.cells import Operation, Outcome
from tests.support.grid_builders import grid_of, uid

pytestmark = pytest.mark.django_db

ROLES = (Role("甲"), Role("乙"))
ROWS = grid_of("企画", "  計画", "  報告", "開発", "  設計", "  製造")


@pytest.fixture
def project() -> Project:
    """企画(計画, 報告), 開発(設計, 製造) with two columns and ◎ at 計画 × 甲."""
    made = store.create(slug="small", title="小さな表", by=None)
    grid = replace(
        ROWS,
        title="小さな表",
        roles=ROLES,
        items=tuple(replace(item, marks=("", "")) for item in ROWS.items),
    )
    grid = with_item(grid, uid(2), lambda item: replace(item, marks=("◎", "")))
    store.apply(diff(store.load(made), grid), project=made, by=None, kind=store.Kind.IMPORT)
    return made


def act(project: Project, edit: Callable[[Grid], Grid]) -> int:
    """Changes the grid and gives the number of the change set."""
    store.change(project, edit, by=None, kind=store.Kind.STRUCTURE)
    return project.revision


def mark(project: Project, row: int, role: str, before: str, after: str) -> int:
    operation = Operation(uid(row), role, before, after)
    saved = cells.save(project, [operation], by=None)
    assert saved.results[0].outcome is Outcome.SAVED
    project.refresh_from_db()
    return saved.revision


def names(project: Project) -> list[str]:
    return [f"{'  ' * (i.level - 1)}{i.name}" for i in store.load(project).items]


def marks(project: Project, row: int) -> tuple[str, ...]:
    grid = store.load(project)
    return grid.items[index_of(grid, uid(row))].marks


def named(name: str) -> Callable[[Grid], Grid]:
    return lambda grid: with_item(grid, uid(5), lambda item: replace(item, name=name))


def test_every_act_leaves_one_numbered_change_set(project: Project) -> None:
    act(project, named("基本設計"))
    mark(project, 5, "甲", "", "○")
    numbers = list(ChangeSet.objects.filter(project=project).values_list("number", flat=True))
    assert numbers == list(range(project.revision, 0, -1))


def test_undo_of_a_mark_leaves_later_marks_elsewhere(project: Project) -> None:
    first = mark(project, 5, "甲", "", "○")
    mark(project, 5, "乙", "", "◎")
    store.undo(project, first, by=None)
    assert marks(project, 5) == ("", "◎")


def test_undo_stops_at_a_cell_that_changed_again(project: Project) -> None:
    first = mark(project, 5, "甲", "", "○")
    mark(project, 5, "甲", "○", "◎")
    revision = project.revision
    with pytest.raises(store.UndoConflictError) as stopped:
        store.undo(project, first, by=None)
    (obstacle,) = stopped.value.obstacles
    assert (obstacle.uid, obstacle.role) == (uid(5), "甲")
    assert "項番5「設計」の「甲」の記号" in str(stopped.value)
    project.refresh_from_db()
    assert (project.revision, marks(project, 5)) == (revision, ("◎", ""))


def test_undo_of_an_undo_brings_it_back(project: Project) -> None:
    first = act(project, named("基本設計"))
    store.undo(project, first, by=None)
    assert "  設計" in names(project)
    store.undo(project, project.revision, by=None, kind=store.Kind.REDO)
    assert "  基本設計" in names(project)


def test_undo_of_a_deletion_brings_the_subtree_back_with_its_marks(project: Project) -> None:
    before = store.load(project)
    number = act(project, lambda grid: without_item(grid, uid(1)))
    act(project, named("基本設計"))
    store.undo(project, number, by=None)
    assert names(project) == ["企画", "  計画", "  報告", "開発", "  基本設計", "  製造"]
    assert marks(project, 2) == before.items[1].marks


def test_a_row_that_comes_back_keeps_its_history(project: Project) -> None:
    was = project.items.get(uid=uid(2)).pk
    store.undo(project, act(project, lambda grid: without_item(grid, uid(2))), by=None)
    assert project.items.get(uid=uid(2)).pk == was


def test_undo_of_an_insertion_follows_the_numbering(project: Project) -> None:
    row = replace(ROWS.items[1], uid=uid(9), name="評価", marks=("", ""))
    number = act(project, lambda grid: with_item_under(grid, row, uid(1)))
    act(project, named("基本設計"))
    store.undo(project, number, by=None)
    assert "  評価" not in names(project)
    assert [item.number for item in store.load(project).items] == list("123456")


def test_undo_of_an_insertion_stops_when_the_row_was_used(project: Project) -> None:
    row = replace(ROWS.items[1], uid=uid(9), name="評価", marks=("", ""))
    number = act(project, lambda grid: with_item_under(grid, row, uid(1)))
    mark(project, 9, "甲", "", "◎")
    with pytest.raises(store.UndoConflictError, match="評価"):
        store.undo(project, number, by=None)


def test_undo_of_a_move_puts_the_rows_back_between_their_neighbours(project: Project) -> None:
    number = act(project, lambda grid: moved_under(grid, uid(2), uid(4)))
    act(project, named("基本設計"))
    store.undo(project, number, by=None)
    assert names(project) == ["企画", "  計画", "  報告", "開発", "  基本設計", "  製造"]


def test_undo_of_a_move_stops_when_the_row_went_elsewhere_or_away(project: Project) -> None:
    number = act(project, lambda grid: moved_under(grid, uid(2), uid(4)))
    act(project, lambda grid: moved_under(grid, uid(2), None))
    with pytest.raises(store.UndoConflictError, match="別の場所"):
        store.undo(project, number, by=None)
    act(project, lambda grid: without_item(grid, uid(2)))
    with pytest.raises(store.UndoConflictError, match="削除"):
        store.undo(project, number, by=None)


def test_undo_of_a_removed_column_brings_its_marks_back(project: Project) -> None:
    def drop(grid: Grid) -> Grid:
        items = tuple(replace(item, marks=item.marks[1:]) for item in grid.items)
        return replace(grid, roles=grid.roles[1:], items=items)

    number = act(project, drop)
    mark(project, 5, "乙", "", "◎")
    store.undo(project, number, by=None)
    assert (marks(project, 2), marks(project, 5)) == (("◎", ""), ("", "◎"))


def test_renamed_columns_stay_the_same_rows_also_when_they_swap(project: Project) -> None:
    rows = dict(RoleRow.objects.filter(project=project).values_list("pk", "name"))
    swap = {"甲": "乙", "乙": "甲"}
    store.change(
        project,
        lambda grid: replace(grid, roles=(Role("乙"), Role("甲"))),
        by=None,
        kind=store.Kind.STRUCTURE,
        renamed=swap,
    )
    now = dict(RoleRow.objects.filter(project=project).values_list("pk", "name"))
    assert now == {pk: swap[name] for pk, name in rows.items()}
    store.undo(project, project.revision, by=None)
    assert dict(RoleRow.objects.filter(project=project).values_list("pk", "name")) == rows
    assert marks(project, 2) == ("◎", "")


def swapped(grid: Grid) -> Grid:
    """The two columns change places, with their marks."""
    items = tuple(replace(item, marks=item.marks[::-1]) for item in grid.items)
    return replace(grid, roles=grid.roles[::-1], items=items)


def named_columns(*names: str) -> Callable[[Grid], Grid]:
    return lambda grid: replace(
        grid, roles=tuple(replace(r, name=n) for r, n in zip(grid.roles, names, strict=True))
    )


def rename(project: Project, **renamed: str) -> None:
    names = (renamed.get(role.name, role.name) for role in store.load(project).roles)
    edit = named_columns(*names)
    store.change(project, edit, by=None, kind=store.Kind.STRUCTURE, renamed=renamed)


def test_a_row_comes_back_with_its_marks_in_their_columns(project: Project) -> None:
    number = act(project, lambda grid: without_item(grid, uid(2)))
    act(project, swapped)
    store.undo(project, number, by=None)
    assert marks(project, 2) == ("", "◎")


def test_a_row_does_not_come_back_without_a_column_that_it_had_a_mark_in(project: Project) -> None:
    number = act(project, lambda grid: without_item(grid, uid(2)))
    act(
        project,
        lambda grid: replace(
            grid,
            roles=grid.roles[1:],
            items=tuple(replace(item, marks=item.marks[1:]) for item in grid.items),
        ),
    )
    with pytest.raises(store.UndoConflictError, match="「甲」の列"):
        store.undo(project, number, by=None)


def test_a_row_comes_back_also_among_more_columns(project: Project) -> None:
    number = act(project, lambda grid: without_item(grid, uid(2)))
    act(
        project,
        lambda grid: replace(
            grid,
            roles=(Role("丙"), *grid.roles),
            items=tuple(replace(item, marks=("", *item.marks)) for item in grid.items),
        ),
    )
    store.undo(project, number, by=None)
    assert marks(project, 2) == ("", "◎", "")


def test_undo_follows_a_column_that_was_renamed_since(project: Project) -> None:
    def both(grid: Grid) -> Grid:
        return with_item(grid, uid(2), lambda i: replace(i, name="新計画", marks=("○", "")))

    number = act(project, both)
    rename(project, 甲="丁")
    store.undo(project, number, by=None)
    assert (names(project)[1], marks(project, 2)) == ("  計画", ("◎", ""))


def test_undo_of_a_rename_stops_when_the_column_was_renamed_again(project: Project) -> None:
    rename(project, 甲="丁")
    number = project.revision
    rename(project, 丁="戊")
    with pytest.raises(store.UndoConflictError, match="関連業者の列"):
        store.undo(project, number, by=None)


def test_an_act_that_touches_a_cell_twice_is_undone_to_what_was_before_it(project: Project) -> None:
    with store.change_set(by=None, kind=store.Kind.EDIT):
        cells.save(project, [Operation(uid(5), "甲", "", "○")], by=None)
        cells.save(project, [Operation(uid(5), "甲", "○", "◎")], by=None)
    project.refresh_from_db()
    store.undo(project, project.revision, by=None)
    assert marks(project, 5) == ("", "")


def test_undo_of_a_deletion_twice_does_not_move_the_row(project: Project) -> None:
    number = act(project, lambda grid: without_item(grid, uid(2)))
    store.undo(project, number, by=None)
    act(project, lambda grid: moved_under(grid, uid(2), uid(4)))
    with pytest.raises(store.UndoConflictError, match="既に戻されています"):
        store.undo(project, number, by=None)


def test_undo_of_a_move_stops_when_its_neighbours_were_reordered(project: Project) -> None:
    number = act(project, lambda grid: stepped(grid, [uid(2)], Way.DOWN))
    act(project, lambda grid: stepped(grid, [uid(2)], Way.UP))
    with pytest.raises(store.UndoConflictError, match="並べ替え"):
        store.undo(project, number, by=None)


def test_undo_of_an_insertion_stops_when_the_row_was_moved(project: Project) -> None:
    row = replace(ROWS.items[1], uid=uid(9), name="評価", marks=("", ""))
    number = act(project, lambda grid: with_item_under(grid, row, uid(1)))
    act(project, lambda grid: moved_under(grid, uid(9), uid(4)))
    with pytest.raises(store.UndoConflictError, match="別の場所"):
        store.undo(project, number, by=None)


def test_everything_is_undone_in_reverse_after_a_column_came_back(project: Project) -> None:
    start = store.load(project)
    numbers = [mark(project, 5, "甲", "", "○")]
    numbers.append(
        act(
            project,
            lambda grid: replace(
                grid,
                roles=grid.roles[1:],
                items=tuple(replace(item, marks=item.marks[1:]) for item in grid.items),
            ),
        )
    )
    for number in reversed(numbers):
        store.undo(project, number, by=None)
    assert store.load(project) == start


def test_a_reason_with_a_nul_keeps_who_and_why(project: Project, cast: dict[str, User]) -> None:
    wanted = [Operation(uid(5), "甲", "", "○")]
    cells.save(project, wanted, by=cast["editor"], reason="協議\x00の\ud800結果")
    latest = ChangeSet.objects.filter(project=project).latest("number")
    assert latest.context is not None
    assert latest.context.metadata["name"] == "editor"
    assert latest.context.metadata["reason"] == "協議の結果"


# ---- marks


def test_each_operation_is_answered_for_itself(project: Project, cast: dict[str, User]) -> None:
    first = Operation(uid(3), "甲", "", "○")
    cells.save(project, [first], by=cast["editor"])
    wanted = [
        Operation(uid(3), "甲", "", "◎"),
        Operation(uid(3), "乙", "", "◎"),
        Operation(uid(99), "甲", "", "◎"),
        Operation(uid(3), "丙", "", "◎"),
        Operation(uid(5), "甲", "", "×"),
        Operation(uid(2), "甲", "", "◎"),
    ]
    saved = cells.save(project, wanted, by=cast["manager"])
    assert [result.outcome.value for result in saved.results] == [
        "conflict",
        "saved",
        "gone",
        "gone",
        "refused",
        "saved",
    ]
    conflict = saved.results[0]
    assert (conflict.now, conflict.by) == ("○", "editor")
    assert conflict.at is not None
    assert marks(project, 3) == ("○", "◎")


def test_the_same_answer_twice_changes_nothing(project: Project) -> None:
    number = mark(project, 5, "甲", "", "○")
    again = cells.save(project, [Operation(uid(5), "甲", "", "○")], by=None)
    assert (again.results[0].outcome, again.changed, again.revision) == (
        Outcome.SAVED,
        False,
        number,
    )


def test_operations_on_one_cell_follow_one_another(project: Project) -> None:
    steps = [Operation(uid(5), "甲", "", "○"), Operation(uid(5), "甲", "○", "")]
    saved = cells.save(project, steps, by=None)
    assert [result.outcome for result in saved.results] == [Outcome.SAVED] * 2
    assert not saved.changed


def test_a_batch_costs_the_same_number_of_queries(
    project: Project, django_assert_max_num_queries: Any
) -> None:
    wanted = [
        Operation(uid(row), role, "◎" if (row, role) == (2, "甲") else "", symbol)
        for row, role, symbol in ((2, "甲", ""), (3, "甲", "◎"), (3, "乙", "○"), (5, "乙", "○"))
    ]
    with django_assert_max_num_queries(6):
        saved = cells.save(project, wanted, by=None)
    assert all(result.outcome is Outcome.SAVED for result in saved.results)
