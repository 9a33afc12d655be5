"""A project as a template for another, and projects that nobody changes any more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from projects import store
from projects.domain.grid import Grid
from projects.models import ChangeSet, Membership, Project
from projects.store import editions, lifecycle
from projects.store.cells import Operation, save
from tests.support.company_project import BASE, client_of, html, uid_of
from tests.support.editions import DAY
from vendors.access import row_security, seats
from vendors.models import Contract, Member

COPY, ARCHIVE, REOPEN = f"{BASE}copy/", f"{BASE}archive/", f"{BASE}reopen/"
FORM = {"title": "次の案件", "slug": "next", "marks": "on"}


def manager() -> User:
    return User.objects.get(username="manager")


def shape(grid: Grid) -> list[tuple[Any, ...]]:
    return [(i.level, i.number, i.name, i.description, i.marks) for i in grid.items]


def archived(project: Project) -> Project:
    lifecycle.archive(project, by=manager())
    return project


# ---- copies


def test_a_copy_has_rows_columns_legend_and_marks_under_new_identities(project: Project) -> None:
    project.roles.filter(name="甲社").update(aliases=["甲"], short_name="甲")
    Project.objects.filter(pk=project.pk).update(numbering="as_given", requires_reason=True)
    project.refresh_from_db()
    answer = client_of("manager").post(COPY, FORM)
    assert answer["Location"] == "/projects/next/"
    made = Project.objects.get(slug="next")
    was, now = store.load(project), store.load(made)
    assert shape(now) == shape(was)
    assert (now.roles, now.legend, now.title) == (was.roles, was.legend, "次の案件")
    assert (made.numbering, made.requires_reason) == ("as_given", True)
    assert not {item.uid for item in now.items} & {item.uid for item in was.items}


def test_a_copy_without_marks_has_none(project: Project) -> None:
    client_of("manager").post(COPY, {"title": "ひな形", "slug": "blank"})
    made = store.load(Project.objects.get(slug="blank"))
    assert len(made.items) == 6
    assert not any(mark for item in made.items for mark in item.marks)


def test_a_copy_begins_with_one_change_set_that_says_from_where(project: Project) -> None:
    made = lifecycle.copy(project, slug="next", title="次", marks=True, by=manager())
    (act,) = ChangeSet.objects.filter(project=made).select_related("context")
    assert act.context is not None
    assert act.context.metadata["kind"] == "copy"
    assert f"「small」（改訂{project.revision}）から" in act.context.metadata["reason"]
    assert "複製" in html(client_of("manager").get("/projects/next/history/"))


def test_who_copies_manages_the_copy_alone_and_companies_stay_behind(crew: Project) -> None:
    client_of("manager").post(COPY, FORM)
    made = Project.objects.get(slug="next")
    members = Membership.objects.filter(project=made).values_list("user__username", "kind")
    assert list(members) == [("manager", "manager")]
    assert not Contract.objects.filter(project=made).exists()
    assert editions.latest(made) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slug": "small"}, "使われています"),
        ({"slug": "だめ"}, "slug"),
        ({"title": "  "}, "必須"),
    ],
)
def test_a_wrong_name_is_told_and_nothing_is_made(
    project: Project, change: dict[str, str], words: str
) -> None:
    answer = client_of("manager").post(COPY, FORM | change)
    assert answer.status_code == 400
    assert words in html(answer, 400)
    assert Project.objects.count() == 1


def test_a_name_that_somebody_took_meanwhile_is_told_and_nothing_is_made(
    project: Project,
) -> None:
    with pytest.raises(store.BrokenRulesError, match="使われています"):
        lifecycle.copy(project, slug="small", title="次", marks=True, by=manager())
    assert Project.objects.count() == 1


# ---- archives


def test_archiving_tells_what_happens_and_reopening_takes_it_back(project: Project) -> None:
    client = client_of("manager")
    assert "だれも変更できなくなります" in html(client.get(ARCHIVE))
    before = project.revision
    assert client.post(ARCHIVE, {"reason": "年度末"}).status_code == 302
    project.refresh_from_db()
    assert project.archived_at is not None
    assert project.revision == before + 1
    assert "再開すると" in html(client.get(REOPEN))
    client.post(REOPEN)
    project.refresh_from_db()
    assert project.archived_at is None
    log = html(client.get(f"{BASE}history/"))
    assert "年度末" in log
    assert "再開" in log


@pytest.mark.parametrize("person", ["manager", "editor"])
def test_every_page_that_changes_something_is_refused_in_words(crew: Project, person: str) -> None:
    archived(crew)
    client = client_of(person)
    for place in ("columns/", "legend/", "history/1/undo/"):
        answer = client.get(f"{BASE}{place}")
        assert answer.status_code == 403
        assert "保管されているため、変更できません" in html(answer, 403)
    body = {"base": 1, "operations": []}
    sent = client.post(f"{BASE}cells/", json.dumps(body), content_type="application/json")
    assert sent.status_code == 403
    assert client.post(ARCHIVE).status_code == 403


@pytest.mark.parametrize("place", ["", "history/", "editions/", "companies/", "workload/"])
def test_pages_are_still_read_and_say_that_it_is_archived(crew: Project, place: str) -> None:
    archived(crew)
    page = html(client_of("manager").get(f"{BASE}{place}"))
    assert "保管済み" in page
    assert f'href="{REOPEN}"' in page
    assert "再開する</a>" not in html(client_of("viewer").get(f"{BASE}{place}"))


def test_the_matrix_has_nothing_to_edit_with(project: Project) -> None:
    looked = "矢印キーで移動、作業項目の列で"
    assert looked not in html(client_of("editor").get(BASE))
    archived(project)
    assert looked in html(client_of("editor").get(BASE))


def test_the_store_refuses_in_words(project: Project) -> None:
    archived(project)
    cell = Operation(uid_of(project, "計画"), "甲社", "◎", "")
    with pytest.raises(store.ArchivedError, match="再開してください"), transaction.atomic():
        save(project, [cell], by=manager())
    with pytest.raises(store.ArchivedError), transaction.atomic():
        store.change(
            project,
            lambda grid: type(grid)(title="別", legend=grid.legend),
            by=manager(),
            kind=store.Kind.EDIT,
        )
    with pytest.raises(editions.PublishError, match="保管"):
        editions.publish(project, title="", date=DAY, revision=project.revision, by=manager())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE projects_workitem SET name = 'x' WHERE project_id = %s",
        "DELETE FROM projects_assignment WHERE project_id = %s",
        "UPDATE projects_role SET short_name = 'x' WHERE project_id = %s",
        "UPDATE projects_legendmark SET label = 'x' WHERE project_id = %s",
        "UPDATE projects_project SET title = 'x' WHERE id = %s",
    ],
)
def test_the_database_refuses_too(project: Project, statement: str) -> None:
    archived(project)
    refused = pytest.raises(IntegrityError, match="read-only")
    with refused, another_act(), connection.cursor() as cursor:
        cursor.execute(statement, [project.pk])


@contextmanager
def another_act() -> Iterator[None]:
    """The transaction of a test is one act unless something else is said."""
    with transaction.atomic(), pghistory.context(kind="elsewhere"):
        yield


def test_archived_projects_are_left_out_of_the_list_unless_asked_for(project: Project) -> None:
    archived(project)
    client = client_of("viewer")
    assert f'href="{BASE}"' not in html(client.get("/projects/"))
    assert f'href="{BASE}"' in html(client.get("/projects/", {"archived": "1"}))
    assert client_of("stranger").get("/projects/", {"archived": "1"}).status_code == 404


def test_a_company_sees_no_task_of_an_archived_project(crew: Project) -> None:
    client = client_of("kou")
    task = f"/tasks/small/{uid_of(crew, '計画')}/"
    assert "計画" in html(client.get("/tasks/"))
    archived(crew)
    assert "計画" not in html(client.get("/tasks/"))
    assert client.get(task).status_code == 404
    lifecycle.reopen(crew, by=manager())
    assert client.get(task).status_code == 200


def test_each_of_the_two_walls_hides_an_archived_project(crew: Project) -> None:
    user = Member.objects.get(user__username="kou").user
    assert seats.own_desk(user, base="").seats
    archived(crew)
    assert seats.own_desk(user, base="").seats == ()
    with row_security.seen_by(user):
        assert not Project.objects.filter(slug="small").only("slug").exists()
        assert not Contract.objects.exists()


def test_a_manager_can_copy_an_archived_project_and_read_its_log(project: Project) -> None:
    archived(project)
    client = client_of("manager")
    assert client.get(f"{BASE}security/").status_code == 200
    assert client.post(COPY, FORM)["Location"] == "/projects/next/"
    assert Project.objects.get(slug="next").archived_at is None


def test_the_admin_only_looks_at_an_archived_project(project: Project) -> None:
    archived(project)
    User.objects.create_superuser("root")
    client = client_of("root")
    for model, pk in (
        ("project", project.pk),
        ("workitem", project.items.all()[0].pk),
        ("role", project.roles.all()[0].pk),
    ):
        address = f"/admin/projects/{model}/{pk}"
        assert "_save" not in html(client.get(f"{address}/change/"))
        assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403


# ---- who may


@pytest.mark.parametrize("path", [COPY, ARCHIVE, REOPEN])
def test_only_managers_may(project: Project, path: str) -> None:
    for person, status in {"stranger": 404, "viewer": 403, "editor": 403, "manager": 200}.items():
        assert client_of(person).get(path).status_code == status
    assert client_of("viewer").post(path, FORM).status_code == 403
    assert client_of("manager").put(path).status_code == 405


def test_a_reason_is_asked_for_where_the_project_wants_one(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(requires_reason=True)
    assert client_of("manager").post(ARCHIVE).status_code == 400
    project.refresh_from_db()
    assert project.archived_at is None


@pytest.mark.parametrize(("path", "queries"), [(COPY, 3), (ARCHIVE, 3)])
def test_the_pages_cost_the_same_at_any_size(
    project: Project, path: str, queries: int, django_assert_num_queries: Any
) -> None:
    client = client_of("manager")
    client.get("/password/")
    with django_assert_num_queries(queries):
        client.get(path)
    with store.change_set(by=None, kind=store.Kind.EDIT):
        project.items.all().delete()
    with django_assert_num_queries(queries):
        client.get(path)
