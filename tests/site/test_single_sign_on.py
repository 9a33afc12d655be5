"""Single sign-on: who is let in, who is not, and that nobody is created."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client

from raci.accounts import single_sign_on
from tests.support.openid_provider import ENVIRONMENT, Provider, come_back, leave
from tests.support.second_factors import PASSWORD, signed_in, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def tanaka() -> User:
    return User.objects.create_user("tanaka", "Tanaka@example.jp", PASSWORD)


def test_a_known_person_comes_in_by_the_verified_address(tanaka: User, provider: Provider) -> None:
    client = Client()
    response = come_back(client, provider, next="/account/")
    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert client.session["_auth_user_id"] == str(tanaka.pk)


def test_signing_in_changes_nothing_of_the_person(tanaka: User, provider: Provider) -> None:
    come_back(Client(), provider)
    tanaka.refresh_from_db()
    assert tanaka.check_password(PASSWORD)
    assert tanaka.email == "Tanaka@example.jp"
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@example.jp"},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None},
        {"email": ""},
    ],
)
def test_anybody_else_is_refused_in_words_and_not_created(
    claims: dict[str, Any], tanaka: User, provider: Provider
) -> None:
    provider.claims |= claims
    client = Client()
    response = come_back(client, provider)
    assert response.status_code == 403
    assert "登録されていません" in response.content.decode()
    assert not signed_in(client)
    assert User.objects.count() == 1


def test_a_deactivated_person_is_refused(tanaka: User, provider: Provider) -> None:
    User.objects.update(is_active=False)
    assert come_back(Client(), provider).status_code == 403


def test_an_address_of_two_people_lets_in_neither(tanaka: User, provider: Provider) -> None:
    User.objects.create_user("suzuki", "tanaka@example.jp")
    assert come_back(Client(), provider).status_code == 403


def test_a_second_factor_is_asked_for_after_it(tanaka: User, provider: Provider) -> None:
    with_app(tanaka)
    client = Client()
    assert come_back(client, provider)["Location"] == "/login/code/"
    assert not signed_in(client)


def test_who_was_signed_in_as_somebody_else_is_that_person_no_more(
    tanaka: User, provider: Provider
) -> None:
    client = Client()
    client.force_login(User.objects.create_user("suzuki"))
    come_back(client, provider)
    assert client.session["_auth_user_id"] == str(tanaka.pk)


def test_the_button_sends_a_challenge_and_only_what_is_needed(provider: Provider) -> None:
    sent = leave(Client(), provider)
    assert sent["code_challenge_method"] == "S256"
    assert set(sent["scope"].split()) == {"openid", "profile", "email"}
    assert sent["redirect_uri"] == "http://testserver/login/sso/callback/"


def test_an_answer_that_was_not_asked_for_is_refused(tanaka: User, provider: Provider) -> None:
    asked, other = Client(), Client()
    state = leave(asked, provider)["state"]
    stolen = other.get("/login/sso/callback/", {"code": "c", "state": state})
    assert stolen.status_code == 401
    assert not signed_in(other)


def test_a_wrong_verifier_is_refused(tanaka: User, provider: Provider) -> None:
    client = Client()
    state = leave(client, provider)["state"]
    provider.challenge = "of somebody else"
    response = client.get("/login/sso/callback/", {"code": "c", "state": state})
    assert response.status_code == 401
    assert "もう一度お試しください" in response.content.decode()


def test_who_cancels_is_told_so(provider: Provider) -> None:
    client = Client()
    state = leave(client, provider)["state"]
    page = client.get("/login/sso/callback/", {"error": "access_denied", "state": state})
    assert "取り消されました" in page.content.decode()


def test_a_provider_that_is_down_is_said_in_words(provider: Provider) -> None:
    provider.down = True
    response = Client().post("/login/sso/")
    assert response.status_code == 401
    assert "時間をおいて" in response.content.decode()


def test_the_login_page_has_the_button_only_when_it_is_set_up(
    provider: Provider, settings: Any
) -> None:
    assert "職員認証でログイン" in Client().get("/login/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "/login/sso/" not in Client().get("/login/").content.decode()
    assert Client().post("/login/sso/").status_code == 404


def test_forms_may_lead_to_the_provider_only_when_it_is_set_up() -> None:
    assert single_sign_on.form_targets(ENVIRONMENT) == ["https://id.example.jp"]
    assert single_sign_on.form_targets({}) == []
    assert single_sign_on.providers({}) == {}


@pytest.mark.parametrize(("counts", "led_to"), [(False, "/account/"), (True, None)])
def test_where_a_factor_is_demanded_the_provider_can_answer_for_it(
    counts: bool, led_to: str | None, provider: Provider, settings: Any
) -> None:
    User.objects.create_superuser("tanaka", "tanaka@example.jp")
    settings.REQUIRE_MFA, settings.OIDC_COUNTS_AS_MFA = True, counts
    client = Client()
    come_back(client, provider)
    assert client.get("/admin/").get("Location") == led_to
