"""Managers decide which company fills which role, and who works for it in their project."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.http import HttpResponse

from projects import store
from projects.models import Membership, Project
from raci import audit
from tests.crew import (
    BASE,
    asked,
    client_of,
    company,
    crew,
    html,
    place,
    project,
    said,
    statuses,
)
from vendors.models import Contract, Member, Vendor

__all__ = ["crew", "project"]
NEW = f"{BASE}companies/new/"
DENIED = {"kou": 404, "stranger": 404, "viewer": 403, "editor": 403}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds that are recorded, with the act where there is one."""
    kinds: list[str] = []

    def record(kind: audit.Kind, **more: Any) -> None:
        kinds.append(f"{kind.value} {more.get('act', '')}".strip())

    monkeypatch.setattr(audit, "record", record)
    return kinds


def member(name: str) -> Member:
    return Member.objects.get(user__username=name)


def post(path: str, **data: Any) -> HttpResponse:
    answer: Any = client_of("manager").post(path, data, follow=True)
    assert isinstance(answer, HttpResponse)
    return answer


def parts(project: Project) -> set[tuple[str, str]]:
    found = Contract.objects.filter(project=project)
    return set(found.values_list("vendor__name", "role__name"))


def role(project: Project, name: str) -> int:
    return project.roles.get(name=name).pk


# ---- the page


def test_the_page_says_roles_progress_questions_and_people(crew: Project) -> None:
    said(crew, "計画")
    asked(crew, "報告", "いつまでですか")
    page = html(client_of("viewer").get(place()))
    for text in ("甲社", "企画", "50%", "いつまでですか", "kou@example.jp", "有効"):
        assert text in page
    assert "担当者を招待する" not in page


def test_the_page_costs_the_same_for_more_people_and_questions(
    crew: Project, django_assert_max_num_queries: Any
) -> None:
    client = client_of("manager")
    asked(crew, "計画", "一")
    html(client.get(place()))
    with django_assert_max_num_queries(20) as before:
        html(client.get(place()))
    for name in ("a", "b", "c"):
        user = User.objects.create_user(name, f"{name}@example.jp")
        Member.objects.create(vendor=company(), user=user, project=crew)
    asked(crew, "報告", "二")
    with django_assert_max_num_queries(len(before)):
        html(client.get(place()))


def test_a_company_without_a_part_in_the_project_is_not_found(crew: Project) -> None:
    other = Vendor.objects.create(name="無関係")
    assert client_of("manager").get(f"{BASE}companies/{other.uid}/").status_code == 404


def test_who_sees_the_page(crew: Project) -> None:
    wanted = {"kou": 404, "stranger": 404, "viewer": 200, "editor": 200, "manager": 200}
    assert statuses("get", place()) == wanted
    assert client_of("manager").post(place()).status_code == 405


def test_a_company_that_has_left_keeps_its_people_and_questions(crew: Project) -> None:
    question = asked(crew, "報告", "いつまでですか")
    Contract.objects.filter(vendor=company()).delete()
    page = html(client_of("manager").get(place()))
    assert "担当する列がありません" in page
    assert "として表示" not in page
    html(client_of("manager").get(place(f"questions/{question.uid}/")))
    html(post(place(f"people/{member('kou').pk}/deactivate/")))
    assert not member("kou").active


# ---- contracts


def test_a_new_company_is_made_by_its_name(crew: Project, log: list[str]) -> None:
    page = html(post(NEW, role=role(crew, "甲社"), name="　株式会社丙 "))
    assert "株式会社丙を「甲社」の担当会社にしました" in page
    assert ("株式会社丙", "甲社") in parts(crew)
    assert log == ["contract_changed added"]


def test_a_company_of_that_name_is_used_and_may_fill_several_roles(crew: Project) -> None:
    post(NEW, role=role(crew, "乙社"), name="株式会社甲")
    assert Vendor.objects.count() == 2
    assert parts(crew) == {
        ("株式会社甲", "甲社"),
        ("株式会社甲", "乙社"),
        ("株式会社乙", "乙社"),
    }


def test_adding_twice_adds_once(crew: Project, log: list[str]) -> None:
    post(NEW, role=role(crew, "甲社"), name="株式会社甲")
    assert len(parts(crew)) == 2
    assert log == []


def test_a_column_of_another_project_is_not_offered(crew: Project) -> None:
    other = store.create(slug="other", title="別", by=None)
    foreign = other.roles.create(position=1, name="甲社")
    assert client_of("manager").post(NEW, {"role": foreign.pk, "name": "丙"}).status_code == 400
    assert len(parts(crew)) == 2


def test_a_role_changes_hands_in_one_act(crew: Project, log: list[str]) -> None:
    path = place(f"roles/{role(crew, '甲社')}/")
    page = html(post(path, name="株式会社丙"))
    assert "担当会社は株式会社丙です" in page
    assert parts(crew) == {("株式会社丙", "甲社"), ("株式会社乙", "乙社")}
    assert log == ["contract_changed added", "contract_changed removed"]


def test_a_role_handed_to_the_company_that_has_it_stays(crew: Project, log: list[str]) -> None:
    post(place(f"roles/{role(crew, '甲社')}/"), name="株式会社甲")
    assert (len(parts(crew)), log) == (2, [])


def test_a_role_is_taken_away_and_what_was_said_is_kept(crew: Project, log: list[str]) -> None:
    said(crew, "計画")
    page = html(post(place(f"roles/{role(crew, '甲社')}/"), remove="1"))
    assert "担当会社のない列" in page
    assert parts(crew) == {("株式会社乙", "乙社")}
    assert log == ["contract_changed removed"]


def test_a_role_that_the_company_does_not_fill_is_not_found(crew: Project) -> None:
    path = place(f"roles/{role(crew, '乙社')}/")
    assert client_of("manager").post(path, {"remove": "1"}).status_code == 404


def test_contracts_are_in_the_history_under_the_managers_name(crew: Project) -> None:
    post(place(f"roles/{role(crew, '甲社')}/"), name="株式会社丙")
    events = Contract.pgh_event_models["delete"].objects.filter(pgh_label="delete")  # type: ignore[attr-defined]
    assert [event.pgh_context.metadata["name"] for event in events] == ["manager"]


def test_who_may_change_contracts(crew: Project) -> None:
    for path in (NEW, place(f"roles/{role(crew, '甲社')}/")):
        assert statuses("get", path) == {**DENIED, "manager": 200}
        assert statuses("post", path) == {**DENIED, "manager": 400}
        assert client_of("manager").put(path).status_code == 405


# ---- invitations


def invite(address: str, name: str = "新 人") -> str:
    return html(post(place("invite/"), name=name, address=address))


def test_an_invited_person_gets_a_link_and_no_password(
    crew: Project, log: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = invite("Shin@Example.jp")
    assert "招待のメールを送ります" in page
    assert "招待中" in page
    user = User.objects.get(username="shin@example.jp")
    assert (user.email, user.last_name) == ("shin@example.jp", "新 人")
    assert (user.is_active, user.has_usable_password(), user.is_staff) == (True, False, False)
    found = Member.objects.get(user=user)
    assert (found.vendor, found.project, found.active) == (company(), crew, True)
    (letter,) = mail.outbox
    assert letter.to == ["shin@example.jp"]
    assert "http://testserver/invitations/" in letter.body
    assert log == ["invited"]


def test_a_known_person_is_added_with_the_same_answer(
    crew: Project, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        known, new = invite("OTSU@example.jp"), invite("shin@example.jp")
    assert "otsu@example.jpに招待のメールを送ります" in known
    assert "shin@example.jpに招待のメールを送ります" in new
    user = User.objects.get(username="otsu")
    assert set(user.company_memberships.values_list("vendor__name", flat=True)) == {
        "株式会社甲",
        "株式会社乙",
    }
    assert user.check_password("x")
    assert "/login/" in mail.outbox[0].body
    assert "/invitations/" not in mail.outbox[0].body


def test_inviting_twice_makes_one_member(crew: Project) -> None:
    invite("shin@example.jp")
    invite("shin@example.jp")
    assert Member.objects.filter(user__username="shin@example.jp").count() == 1


def test_a_person_of_all_projects_needs_no_second_membership(crew: Project) -> None:
    Member.objects.filter(pk=member("kou").pk).update(project=None)
    invite("kou@example.jp")
    assert Member.objects.filter(user__username="kou").count() == 1


def test_inviting_a_person_who_was_stopped_lets_them_in_again(crew: Project) -> None:
    post(place(f"people/{member('kou').pk}/deactivate/"))
    invite("kou@example.jp")
    assert (member("kou").active, member("kou").user.is_active) == (True, True)


def test_an_account_that_an_administrator_stopped_stays_so(crew: Project) -> None:
    User.objects.filter(username="otsu").update(is_active=False)
    assert "アカウント停止中" in invite("otsu@example.jp")
    assert not User.objects.get(username="otsu").is_active


@pytest.mark.parametrize("wrong", [{"address": "だれか"}, {"address": ""}, {"name": " "}])
def test_a_wrong_invitation_invites_nobody(wrong: dict[str, str], crew: Project) -> None:
    before = User.objects.count()
    data = {"name": "新 人", "address": "shin@example.jp", **wrong}
    assert client_of("manager").post(place("invite/"), data).status_code == 400
    assert User.objects.count() <= before + 1
    assert not User.objects.filter(username__startswith="shin").exists()


def test_an_invitation_is_sent_again(
    crew: Project, log: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    invite("shin@example.jp")
    path = place(f"people/{member('shin@example.jp').pk}/invite/")
    with django_capture_on_commit_callbacks(execute=True):
        assert "もう一度送ります" in html(post(path))
    assert len(mail.outbox) == 1
    assert log == ["invited", "invited"]


def test_a_stopped_person_is_not_invited_again_before_they_are_let_in(crew: Project) -> None:
    key = member("kou").pk
    post(place(f"people/{key}/deactivate/"))
    assert "先に再開してください" in html(post(place(f"people/{key}/invite/")))
    assert mail.outbox == []


# ---- stopping people


def test_stopping_says_what_it_means_and_does_nothing_yet(crew: Project) -> None:
    path = place(f"people/{member('kou').pk}/deactivate/")
    assert "担当作業を見られなくなります" in html(client_of("manager").get(path))
    assert member("kou").active


def test_a_stopped_person_is_out_at_once_and_comes_back(crew: Project, log: list[str]) -> None:
    client, key = client_of("kou"), member("kou").pk
    assert client.get("/tasks/").status_code == 200
    assert "停止しました" in html(post(place(f"people/{key}/deactivate/")))
    assert (member("kou").active, member("kou").user.is_active) == (False, False)
    assert client.get("/tasks/").status_code == 302
    assert "再開しました" in html(post(place(f"people/{key}/activate/")))
    assert (member("kou").active, member("kou").user.is_active) == (True, True)
    assert client_of("kou").get("/tasks/").status_code == 200
    assert log == ["member_deactivated", "member_activated"]


def test_who_works_for_another_company_too_keeps_the_account(crew: Project) -> None:
    user = member("kou").user
    Member.objects.create(vendor=company("株式会社乙"), user=user, project=crew)
    post(place(f"people/{Member.objects.get(user=user, vendor=company()).pk}/deactivate/"))
    assert User.objects.get(pk=user.pk).is_active
    tasks = client_of("kou").get("/tasks/").context["work"].tasks
    assert {task.seat.vendor for task in tasks} == {"株式会社乙"}


@pytest.mark.parametrize("kind", ["member", "staff", "superuser"])
def test_nobody_stops_a_person_of_the_pmo_here(kind: str, crew: Project) -> None:
    user = member("kou").user
    if kind == "member":
        Membership.objects.create(project=crew, user=user, kind="viewer")
    User.objects.filter(pk=user.pk).update(
        is_staff=kind == "staff", is_superuser=kind == "superuser"
    )
    path = place(f"people/{member('kou').pk}/deactivate/")
    assert "システム管理者に依頼" in html(client_of("manager").get(path))
    assert "PMOの利用者" in html(post(path))
    assert member("kou").active


@pytest.mark.parametrize("manages", [True, False])
def test_a_person_of_all_projects_only_by_who_manages_all_of_them(
    manages: bool, crew: Project
) -> None:
    other = store.create(slug="other", title="別", by=None)
    foreign = other.roles.create(position=1, name="甲社")
    Contract.objects.create(vendor=company(), project=other, role=foreign)
    kind = "manager" if manages else "editor"
    manager = User.objects.get(username="manager")
    Membership.objects.create(project=other, user=manager, kind=kind)
    Member.objects.filter(pk=member("kou").pk).update(project=None)
    page = html(post(place(f"people/{member('kou').pk}/deactivate/")))
    assert member("kou").active is not manages
    assert ("すべての案件を担当しているため" in page) is not manages


def test_a_superuser_may_stop_a_person_of_all_projects(crew: Project) -> None:
    User.objects.create_superuser("root")
    other = store.create(slug="other", title="別", by=None)
    foreign = other.roles.create(position=1, name="甲社")
    Contract.objects.create(vendor=company(), project=other, role=foreign)
    Member.objects.filter(pk=member("kou").pk).update(project=None)
    client_of("root").post(place(f"people/{member('kou').pk}/deactivate/"))
    assert not member("kou").active


def test_a_person_of_the_company_in_another_project_is_not_found(crew: Project) -> None:
    other = store.create(slug="other", title="別", by=None)
    Member.objects.filter(pk=member("kou").pk).update(project=other)
    path = place(f"people/{member('kou').pk}/deactivate/")
    assert client_of("manager").post(path).status_code == 404


def test_a_person_of_another_company_is_not_found(crew: Project) -> None:
    path = place(f"people/{member('otsu').pk}/deactivate/")
    assert client_of("manager").post(path).status_code == 404


def test_letting_in_an_account_that_an_administrator_stopped_is_refused(crew: Project) -> None:
    user = member("kou").user
    Member.objects.create(vendor=company("株式会社乙"), user=user, project=crew)
    own = Member.objects.get(user=user, vendor=company())
    post(place(f"people/{own.pk}/deactivate/"))
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert "システム管理者が停止しています" in html(post(place(f"people/{own.pk}/activate/")))
    assert not Member.objects.get(pk=own.pk).active


def test_who_may_decide_over_people(crew: Project) -> None:
    person = f"people/{member('kou').pk}/"
    assert statuses("get", place("invite/")) == {**DENIED, "manager": 200}
    assert statuses("post", place("invite/")) == {**DENIED, "manager": 400}
    assert statuses("get", place(f"{person}deactivate/")) == {**DENIED, "manager": 200}
    for act in ("invite", "activate"):
        assert statuses("post", place(f"{person}{act}/")) == {**DENIED, "manager": 302}
        assert client_of("manager").get(place(f"{person}{act}/")).status_code == 405
    assert statuses("post", place(f"{person}deactivate/")) == {
        **DENIED,
        "manager": 302,
    }


def test_looking_as_a_company_is_recorded_for_the_list_alone(crew: Project, log: list[str]) -> None:
    client = client_of("manager")
    html(client.get(place("tasks/")))
    assert client.get(place("tasks/export.xlsx")).status_code == 200
    assert log == ["shown_as_company"]
