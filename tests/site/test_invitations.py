"""The link by which an invited person starts."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User
from django.test import Client

from raci.accounts import invitations
from tests.support.second_factors import PASSWORD, signed_in, with_app

pytestmark = pytest.mark.django_db
ANSWERS = {"last_name": "田中 一郎", "new_password1": PASSWORD, "new_password2": PASSWORD}


@pytest.fixture
def invited() -> User:
    user = User(username="tanaka", email="tanaka@example.jp")
    user.set_unusable_password()
    user.save()
    return user


def test_an_invited_person_chooses_name_and_password_and_is_signed_in(invited: User) -> None:
    client, path = Client(), invitations.link(invited)
    assert "tanaka" in client.get(path).content.decode()
    assert client.post(path, ANSWERS)["Location"] == "/"
    invited.refresh_from_db()
    assert (invited.last_name, invited.check_password(PASSWORD)) == ("田中 一郎", True)
    assert client.session["_auth_user_id"] == str(invited.pk)


def test_the_link_works_once(invited: User) -> None:
    path = invitations.link(invited)
    Client().post(path, ANSWERS)
    again = Client()
    assert again.get(path).status_code == 410
    assert again.post(path, ANSWERS).status_code == 410
    assert not signed_in(again)


def test_the_link_ends_when_the_password_is_set_elsewhere(invited: User) -> None:
    path = invitations.link(invited)
    invited.set_password("something else 7")
    invited.save()
    assert Client().get(path).status_code == 410


def test_the_link_ends_after_seven_days(invited: User, monkeypatch: pytest.MonkeyPatch) -> None:
    path, now = invitations.link(invited), time.time()
    monkeypatch.setattr(time, "time", lambda: now + invitations.SECONDS - 5)
    assert Client().get(path).status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + invitations.SECONDS + 5)
    assert Client().get(path).status_code == 410


def test_the_link_ends_when_the_mail_address_changes(invited: User) -> None:
    path = invitations.link(invited)
    User.objects.filter(pk=invited.pk).update(email="other@example.jp")
    assert Client().get(path).status_code == 410


def test_the_link_of_a_deactivated_person_is_over(invited: User) -> None:
    path = invitations.link(invited)
    User.objects.filter(pk=invited.pk).update(is_active=False)
    assert Client().get(path).status_code == 410


def test_the_link_of_one_person_opens_nothing_of_another(invited: User) -> None:
    other = User.objects.create_user("suzuki", password=PASSWORD)
    mine, theirs = (invitations.link(user).split("/") for user in (invited, other))
    assert Client().get("/".join([*theirs[:3], mine[3], ""])).status_code == 410


@pytest.mark.parametrize(
    "path", ["/invitations/x/y/", "/invitations/OTk5/1.2/", "/invitations/_-/a:b/"]
)
def test_a_made_up_link_is_over(path: str) -> None:
    page = Client().get(path)
    assert page.status_code == 410
    assert "この招待リンクは使えません" in page.content.decode()


def test_a_weak_password_is_refused_and_the_link_lives_on(invited: User) -> None:
    client, path = Client(), invitations.link(invited)
    weak = {"last_name": "田中", "new_password1": "12345678", "new_password2": "12345678"}
    page = client.post(path, weak)
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert client.post(path, ANSWERS).status_code == 302


def test_who_is_signed_in_as_somebody_else_becomes_the_invited_person(invited: User) -> None:
    client = Client()
    client.force_login(User.objects.create_user("suzuki", password=PASSWORD))
    client.post(invitations.link(invited), ANSWERS)
    assert client.session["_auth_user_id"] == str(invited.pk)


def test_the_link_does_not_replace_the_second_factor(invited: User) -> None:
    client = Client()
    response = client.post(invitations.link(with_app(invited)), ANSWERS)
    assert response["Location"] == "/login/code/"
    assert not signed_in(client)
