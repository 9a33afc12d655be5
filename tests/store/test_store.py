"""The store against a real PostgreSQL: load, apply, the rules underneath, and the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import F

from projects import store
from projects.domain.grid import Grid, Item, Mark, Role, new_uid, with_item_under, without_item
from projects.domain.plan import diff
from projects.imports import proposal
from projects.models import Assignment, LegendMark, Project, WorkItem
from projects.models import Role as RoleRow
from projects.store.cells import Operation, Outcome, save
from vendors import demo
from vendors.models import Contract, Vendor

pytestmark = pytest.mark.django_db


def rows_of(*, width: int = 2, count: int = 4) -> tuple[Item, ...]:
    """A heading with tasks below it, ◎ in the first column."""
    head = Item(new_uid(), 1, "1", "工程", "", ("",) * width)
    marks = ("◎",) + ("",) * (width - 1)
    tasks = (Item(new_uid(), 2, str(n), f"作業{n}", "内容", marks) for n in range(2, count + 1))
    return (head, *tasks)


@pytest.fixture
def project() -> Project:
    """A small project with two roles and four rows."""
    made = store.create(slug="small", title="小さな表", by=None)
    grid = Grid(title="小さな表", roles=(Role("甲"), Role("乙")), items=rows_of())
    store.apply(diff(store.load(made), grid), project=made, by=None, kind=store.Kind.IMPORT)
    return made


def edit(project: Project, change: Callable[[Grid], Grid], by: User | None = None) -> None:
    before = store.load(project)
    plan = diff(before, change(before))
    store.apply(plan, project=project, by=by, kind=store.Kind.EDIT)


def committed(statement: Callable[[], object]) -> None:
    """Runs a statement and the deferred rules after it, as a commit would."""
    with transaction.atomic(), connection.cursor() as cursor:
        statement()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_real_document_comes_back_as_it_went_in(besshi10: Project) -> None:
    wanted = proposal.read(demo.source()).grid
    found = store.load(besshi10)
    assert [replace(item, uid="") for item in found.items] == [
        replace(item, uid="") for item in wanted.items
    ]
    assert replace(found, items=()) == replace(wanted, items=())


@pytest.mark.parametrize("count", [4, 60])
def test_loading_takes_three_queries_for_any_size(
    count: int, project: Project, django_assert_num_queries: Any
) -> None:
    edit(project, lambda grid: replace(grid, items=rows_of(count=count)))
    with django_assert_num_queries(3):
        assert len(store.load(project).items) == count


def test_an_empty_plan_writes_nothing(project: Project) -> None:
    revision = project.revision
    grid = store.load(project)
    store.apply(diff(grid, grid), project=project, by=None, kind=store.Kind.EDIT)
    assert project.revision == revision


def test_a_change_set_raises_the_revision_by_one_however_much_it_changes(project: Project) -> None:
    revision = project.revision
    edit(project, lambda grid: replace(grid, title="新", items=rows_of(count=9)))
    assert project.revision == revision + 1


def test_a_plan_for_an_older_revision_is_refused_and_changes_nothing(project: Project) -> None:
    before = store.load(project)
    stale = diff(before, replace(before, title="古い"))
    revision = project.revision
    edit(project, lambda grid: replace(grid, title="新しい"))
    with pytest.raises(store.StaleRevisionError) as refusal:
        store.apply(stale, project=project, by=None, kind=store.Kind.EDIT, revision=revision)
    assert (refusal.value.expected, refusal.value.found) == (revision, revision + 1)
    assert store.load(project).title == "新しい"


def test_an_unsound_grid_is_refused_in_words(project: Project) -> None:
    with pytest.raises(store.BrokenRulesError, match="凡例にありません"):
        edit(
            project,
            lambda grid: replace(
                grid, items=tuple(replace(i, marks=("×", "")) for i in grid.items)
            ),
        )


def test_blank_cell_removes_the_mark(project: Project) -> None:
    edit(
        project,
        lambda grid: replace(grid, items=tuple(replace(i, marks=("", "")) for i in grid.items)),
    )
    assert not Assignment.objects.filter(project=project).exists()


def test_removing_a_column_removes_its_marks(project: Project) -> None:
    def without_first(grid: Grid) -> Grid:
        items = tuple(replace(item, marks=item.marks[1:]) for item in grid.items)
        return replace(grid, roles=grid.roles[1:], items=items)

    edit(project, without_first)
    assert [role.name for role in store.load(project).roles] == ["乙"]
    assert not Assignment.objects.filter(project=project).exists()


def test_a_column_under_contract_is_not_removed_and_nothing_else_happens(project: Project) -> None:
    role = project.roles.get(name="甲")
    vendor = Vendor.objects.create(name="会社")
    Contract.objects.create(vendor=vendor, project=project, role=role)
    before = store.load(project)
    with pytest.raises(store.BrokenRulesError, match="契約中の業者"):
        edit(project, lambda grid: replace(grid, title="x", roles=(), items=()))
    assert store.load(project) == before


def test_swapping_rows_and_columns_keeps_every_mark_with_its_row(project: Project) -> None:
    def mirrored(grid: Grid) -> Grid:
        items = (grid.items[0], *reversed(grid.items[1:]))
        turned = tuple(replace(item, marks=item.marks[::-1]) for item in items)
        return replace(grid, roles=grid.roles[::-1], items=turned)

    before = store.load(project)
    edit(project, mirrored)
    assert store.load(project) == mirrored(before)


def test_texts_with_tabs_backslashes_and_line_breaks_survive_the_copy(project: Project) -> None:
    nasty = "a\\tb\t\\N\n\\. 'quote' \"double\" %s {}"
    edit(
        project,
        lambda grid: replace(grid, items=tuple(replace(i, description=nasty) for i in grid.items)),
    )
    assert {item.description for item in store.load(project).items} == {nasty}


def test_a_new_row_under_a_new_heading_needs_one_apply(project: Project) -> None:
    head = Item(new_uid(), 1, "", "新工程", "", ("", ""))
    task = Item(new_uid(), 1, "", "新作業", "", ("", "○"))

    def grown(grid: Grid) -> Grid:
        return with_item_under(with_item_under(grid, head, None), task, head.uid)

    edit(project, grown)
    names = [(item.level, item.name) for item in store.load(project).items[-2:]]
    assert names == [(1, "新工程"), (2, "新作業")]


def test_change_renumbers_a_sequential_project(project: Project) -> None:
    gone = store.load(project).items[1].uid
    store.change(project, lambda g: without_item(g, gone), by=None, kind=store.Kind.EDIT)
    assert [item.number for item in store.load(project).items] == ["1", "2", "3"]


def test_change_keeps_given_numbers_where_the_project_wants_that(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(numbering="as_given")
    gone = store.load(project).items[1].uid
    store.change(project, lambda g: without_item(g, gone), by=None, kind=store.Kind.EDIT)
    assert [item.number for item in store.load(project).items] == ["1", "3", "4"]


@pytest.mark.parametrize(("before", "after"), [("", "○"), ("○", "◎"), ("○", "")])
def test_one_mark_of_what_is_not_there_is_told(project: Project, before: str, after: str) -> None:
    item, role = store.load(project).items[0].uid, store.load(project).roles[0].name
    revision = project.revision
    for uid, name in ((new_uid(), role), (item, "無い業者")):
        saved = save(project, [Operation(uid, name, before, after)], by=None)
        assert [result.outcome for result in saved.results] == [Outcome.GONE]
    project.refresh_from_db()
    assert project.revision == revision


def test_one_mark_that_the_legend_lacks_is_refused(project: Project) -> None:
    item, role = store.load(project).items[0].uid, store.load(project).roles[0].name
    saved = save(project, [Operation(item, role, "", "×")], by=None)
    assert [result.outcome for result in saved.results] == [Outcome.REFUSED]


def test_one_mark_that_is_there_already_changes_nothing(project: Project) -> None:
    item, role = store.load(project).items[0].uid, store.load(project).roles[0].name
    before = store.load(project).items[0].marks[0]
    after = "◎" if before == "○" else "○"
    with store.change_set(by=None, kind=store.Kind.EDIT):  # of which this is the second act
        first = save(project, [Operation(item, role, before, after)], by=None)
        again = save(project, [Operation(item, role, before, after)], by=None)
    assert first.changed
    assert [result.outcome for result in again.results] == [Outcome.SAVED]
    assert store.load(project).items[0].marks[0] == after


def test_a_symbol_in_use_cannot_leave_the_legend(project: Project) -> None:
    with pytest.raises(store.BrokenRulesError):
        edit(project, lambda grid: replace(grid, legend=(Mark("○", "協力"),)))


# the database's own rules, without the store


def test_one_mark_per_cell(project: Project) -> None:
    mark = Assignment.objects.filter(project=project).first()
    assert mark is not None
    with pytest.raises(IntegrityError):
        Assignment.objects.create(project=project, item=mark.item, role=mark.role, symbol="○")


def test_a_mark_never_joins_two_projects(project: Project) -> None:
    other = store.create(slug="other", title="別", by=None)
    role = RoleRow.objects.create(project=other, position=1, name="他社")
    item = project.items.first()
    assert item is not None
    mark = Assignment(project=project, item=item, role=role, symbol="◎")
    with pytest.raises(IntegrityError, match="assignment_role"):
        committed(mark.save)


def test_a_parent_of_another_project_is_impossible(project: Project) -> None:
    other = store.create(slug="other", title="別", by=None)
    stranger = WorkItem.objects.create(project=other, position=1, name="他")
    rows = WorkItem.objects.filter(project=project, position=4)
    with pytest.raises(IntegrityError, match="workitem_parent"):
        committed(lambda: rows.update(parent=stranger))


def test_a_symbol_outside_the_legend_is_impossible(project: Project) -> None:
    marks = Assignment.objects.filter(project=project)
    with pytest.raises(IntegrityError, match="assignment_in_legend"):
        committed(lambda: marks.update(symbol="×"))


def test_renaming_a_symbol_renames_it_in_the_cells(project: Project) -> None:
    LegendMark.objects.filter(project=project, symbol="◎").update(symbol="●")
    assert set(Assignment.objects.values_list("symbol", flat=True)) == {"●"}


def test_a_cycle_is_impossible(project: Project) -> None:
    head, task, *_ = WorkItem.objects.filter(project=project)
    with pytest.raises(IntegrityError, match="below its parent"), transaction.atomic():
        WorkItem.objects.filter(pk=head.pk).update(parent=task)


def test_two_rows_never_share_a_place(project: Project) -> None:
    rows = WorkItem.objects.filter(project=project, position=4)
    with pytest.raises(IntegrityError, match="workitem_position"):
        committed(lambda: rows.update(position=3))


def test_rows_that_somebody_interleaved_are_read_as_the_tree_they_are(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(numbering="as_given")
    rows = list(WorkItem.objects.filter(project=project))
    WorkItem.objects.filter(pk=rows[2].pk).update(parent=None)
    grid = store.load(project)
    assert not grid.errors()
    assert [item.number for item in grid.items] == ["1", "2", "4", "3"]


# the history


def events(model: str) -> list[Any]:
    found = apps.get_model("projects", model)._default_manager.order_by("pgh_id")
    return list(found.select_related("pgh_context"))


def test_the_history_names_person_kind_and_reason(project: Project) -> None:
    editor = User.objects.create_user("editor")
    plan = diff(store.load(project), replace(store.load(project), title="新"))
    store.apply(plan, project=project, by=editor, kind=store.Kind.EDIT, reason="誤記")
    context = events("ProjectEvent")[-1].pgh_context.metadata
    assert context == {"user": editor.pk, "name": "editor", "kind": "edit", "reason": "誤記"}


def test_marks_written_in_bulk_are_in_the_history_with_their_context(project: Project) -> None:
    marks = events("AssignmentEvent")
    assert len(marks) == 3
    assert {event.pgh_context.metadata["kind"] for event in marks} == {"import"}
    assert len({event.pgh_context_id for event in marks}) == 1


def test_a_statement_around_the_application_is_recorded_too(project: Project) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_assignment SET symbol = '○'")
    assert [event.symbol for event in events("AssignmentEvent")[-3:]] == ["○"] * 3


@pytest.mark.parametrize("sql", ["DELETE FROM {}", "UPDATE {} SET pgh_label = 'x'"])
def test_the_history_cannot_be_altered(sql: str, project: Project) -> None:
    table = apps.get_model("projects", "AssignmentEvent")._meta.db_table
    with connection.cursor() as cursor, pytest.raises(InternalError, match="Cannot"):
        cursor.execute(sql.format(table))
    transaction.set_rollback(True)


def test_a_change_around_the_application_raises_the_revision(project: Project) -> None:
    revision = project.revision
    with connection.cursor() as cursor:  # as in a transaction of its own
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
    WorkItem.objects.filter(project=project).update(position=F("position"), description="新")
    project.refresh_from_db()
    assert project.revision > revision
