"""The page of a company, and which company fills which role."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from projects import store
from projects.models import Project
from tests.support.company_project import (
    BASE,
    DENIED,
    ask,
    client_of,
    company,
    html,
    member,
    place,
    post,
    record_answer,
    statuses,
)
from vendors.models import Contract, Member, Vendor

NEW = f"{BASE}companies/new/"


def parts(project: Project) -> set[tuple[str, str]]:
    found = Contract.objects.filter(project=project)
    return set(found.values_list("vendor__name", "role__name"))


def role(project: Project, name: str) -> int:
    return project.roles.get(name=name).pk


def test_the_page_says_roles_progress_questions_and_people(crew: Project) -> None:
    record_answer(crew, "計画")
    ask(crew, "報告", "いつまでですか")
    page = html(client_of("viewer").get(place()))
    for text in ("甲社", "企画", "50%", "いつまでですか", "kou@example.jp", "有効"):
        assert text in page
    assert "担当者を招待する" not in page


def test_the_page_costs_the_same_for_more_people_and_questions(
    crew: Project, django_assert_max_num_queries: Any
) -> None:
    client = client_of("manager")
    ask(crew, "計画", "一")
    html(client.get(place()))
    with django_assert_max_num_queries(20) as before:
        html(client.get(place()))
    for name in ("a", "b", "c"):
        user = User.objects.create_user(name, f"{name}@example.jp")
        Member.objects.create(vendor=company(), user=user, project=crew)
    ask(crew, "報告", "二")
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
    question = ask(crew, "報告", "いつまでですか")
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
    record_answer(crew, "計画")
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


def test_looking_as_a_company_is_recorded_for_the_list_alone(crew: Project, log: list[str]) -> None:
    client = client_of("manager")
    html(client.get(place("tasks/")))
    assert client.get(place("tasks/export.xlsx")).status_code == 200
    assert log == ["shown_as_company"]
