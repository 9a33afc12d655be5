"""The page of the security log: whose lines a manager sees."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.models import Membership, Project, Role
from raci.security_log import log
from raci.security_log.log import Kind
from vendors.models import Contract, Member, Vendor
from vendors.security_log import lines

PAGE = "/projects/p/security/"


@pytest.fixture
def people(db: None) -> dict[str, User]:
    names = ("manager", "member", "stranger", "admin")
    return {name: User.objects.create_user(name) for name in names}


@pytest.fixture
def project(people: dict[str, User]) -> Project:
    project = Project.objects.create(slug="p", title="p")
    for name, kind in (("manager", "manager"), ("member", "viewer")):
        Membership.objects.create(project=project, user=people[name], kind=kind)
    return project


@pytest.fixture
def manager(project: Project, people: dict[str, User]) -> Client:
    client = Client()
    client.force_login(people["manager"])
    return client


def rows(client: Client, query: str = "") -> list[lines.SecurityRow]:
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return list(response.context["table"].data)


def test_the_projects_lines_and_its_members_sign_ins_and_no_others(
    manager: Client, project: Project, people: dict[str, User]
) -> None:
    other = Project.objects.create(slug="q", title="q")
    log.record(Kind.EDITION_PUBLISHED, by=people["member"], project_id=other.pk)
    log.record(Kind.LOGIN, by=people["stranger"])
    log.record(Kind.USER_CREATED, by=people["manager"], user=people["stranger"].pk)
    log.record(Kind.LOGIN_FAILED, by=people["member"], address="192.0.2.1")
    log.record(Kind.INVITED, by=people["admin"], project_id=project.pk)
    found = [(row.kind, row.name) for row in rows(manager)]
    assert found == [
        ("招待", "admin"),
        ("ログインの失敗", "member"),
        ("ログイン", "manager"),
        ("案件の権限の変更", "―"),
        ("案件の権限の変更", "―"),
    ]


def test_sign_ins_of_the_projects_companies_are_there_too(
    manager: Client, project: Project, people: dict[str, User]
) -> None:
    role = Role.objects.create(project=project, name="甲社", position=1)
    for name in ("株式会社甲", "株式会社乙"):
        vendor = Vendor.objects.create(name=name)
        user = User.objects.create_user(name)
        Member.objects.create(vendor=vendor, user=user)
        if name == "株式会社甲":
            Contract.objects.create(vendor=vendor, project=project, role=role)
        log.record(Kind.LOGIN_FAILED, by=user, address="192.0.2.1")
    failed = rows(manager, f"?kind={Kind.LOGIN_FAILED}")
    assert [row.name for row in failed] == ["株式会社甲"]


def test_details_are_told_in_words(
    manager: Client, project: Project, people: dict[str, User]
) -> None:
    membership = Membership.objects.get(project=project, user=people["member"])
    membership.kind = "editor"
    membership.save()
    row = rows(manager, f"?kind={Kind.MEMBERSHIP_CHANGED}")[0]
    assert row.details == "対象: member、変更前: 閲覧者、変更後: 編集者"


def test_filters_by_kind_and_person(
    manager: Client, project: Project, people: dict[str, User]
) -> None:
    key = people["member"].pk
    log.record(Kind.LOGIN, by=people["member"])
    assert {row.name for row in rows(manager, f"?kind={Kind.LOGIN}")} == {"member", "manager"}
    assert {row.kind for row in rows(manager, f"?person={key}")} == {
        "ログイン",
        "案件の権限の変更",
    }
    assert len(rows(manager, f"?kind={Kind.LOGIN}&person={key}")) == 1


@pytest.mark.parametrize("query", ["?kind=nothing", "?person=x", "?person=999999"])
def test_a_wrong_filter_is_told(query: str, manager: Client) -> None:
    response = manager.get(PAGE + query)
    assert response.status_code == 400
    assert "すべての記録を表示しています" in response.content.decode()


def test_a_person_who_is_gone_leaves_a_number(
    manager: Client, project: Project, people: dict[str, User]
) -> None:
    key = people["stranger"].pk
    log.record(Kind.INVITED, by=people["stranger"], project_id=project.pk)
    people["stranger"].delete()
    assert rows(manager)[0].name == f"削除された利用者（{key}）"


def test_pages_and_the_same_queries_at_every_size(
    manager: Client, project: Project, people: dict[str, User]
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            rows(manager)
        return len(queries)

    rows(manager)
    few = asked()
    for number in range(lines.PER_PAGE):
        by = people["member" if number % 2 else "admin"]
        log.record(Kind.INVITED, by=by, project_id=project.pk, user=people["stranger"].pk)
    assert asked() == few
    assert len(rows(manager)) == lines.PER_PAGE
    assert 0 < len(rows(manager, "?page=2")) < lines.PER_PAGE


@pytest.mark.parametrize(("name", "status"), [("member", 403), ("stranger", 404)])
def test_nobody_else_reads_it(
    name: str, status: int, project: Project, people: dict[str, User]
) -> None:
    client = Client()
    client.force_login(people[name])
    assert client.get(PAGE).status_code == status


def test_only_managers_find_the_way_to_it(
    manager: Client, project: Project, people: dict[str, User]
) -> None:
    def leads(client: Client) -> bool:
        return PAGE in client.get("/projects/p/history/").content.decode()

    member = Client()
    member.force_login(people["member"])
    assert leads(manager)
    assert not leads(member)


def test_it_cannot_be_posted_to(manager: Client) -> None:
    assert manager.post(PAGE).status_code == 405
