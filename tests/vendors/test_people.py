"""Managers invite people of companies into their project, stop them and let them in again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail

from projects import store
from projects.models import Membership, Project
from tests.support.company_project import (
    DENIED,
    client_of,
    company,
    html,
    member,
    place,
    post,
    statuses,
)
from vendors.mail import outbox
from vendors.models import Contract, Member


def invite(address: str, name: str = "新 人") -> str:
    return html(post(place("invite/"), name=name, address=address))


def test_an_address_that_no_mail_can_have_is_refused(crew: Project) -> None:
    answer = post(place("invite/"), name="新 人", address="x@ex\ufffdample.jp")
    assert answer.status_code == 400
    assert "このアドレスにはメールを送れません" in answer.content.decode()
    assert not User.objects.filter(username__startswith="x@").exists()


def test_a_mail_that_cannot_be_sent_keeps_no_other_back(
    crew: Project, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = (User(username=n, email=f"{n}@example.jp") for n in ("\ud800", "good"))
    with django_capture_on_commit_callbacks(execute=True):
        outbox.after_commit("件名", lambda: [(bad, "本文"), (good, "本文")])
    assert [letter.to for letter in mail.outbox] == [["good@example.jp"]]
    assert "could not be sent" in caplog.text


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
    data = {"name": "新 人", "address": "shin@example.jp", **wrong}
    assert client_of("manager").post(place("invite/"), data).status_code == 400
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
