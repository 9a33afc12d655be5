"""Second factors: passing one, setting one up, and who needs one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils.http import urlencode

from projects.imports import proposal
from projects.models import Project
from raci.accounts import rate_limit, required_factor_middleware
from tests.support import besshi10 as documents
from tests.support.second_factors import (
    PASSWORD,
    code,
    give_code,
    give_password,
    recovery_codes,
    signed_in,
    with_app,
    wrong_code,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def besshi10(db: None) -> Project:
    return proposal.create_from(documents.beginning(), slug="besshi10", by=None)


@pytest.fixture
def tanaka() -> User:
    """Somebody with an app."""
    return with_app(User.objects.create_user("tanaka", password=PASSWORD))


def confirmed(client: Client) -> Client:
    client.post("/account/confirm/", {"password": PASSWORD})
    return client


# Passing one


def test_password_alone_makes_no_session(tanaka: User) -> None:
    client, response = give_password("tanaka")
    assert response["Location"] == "/login/code/"
    assert not signed_in(client)
    assert client.get("/account/").status_code == 302
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/login/code/"


def test_the_code_completes_the_sign_in_with_a_new_session_key(tanaka: User) -> None:
    client, _ = give_password("tanaka", next="/account/")
    between = client.session.session_key
    assert give_code(client, code())["Location"] == "/account/"
    assert signed_in(client)
    assert client.session.session_key != between


def test_full_width_digits_and_a_blank_are_a_code_too(tanaka: User) -> None:
    client, _ = give_password("tanaka")
    wide = code().translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    give_code(client, f"{wide[:3]}　{wide[3:]}")
    assert signed_in(client)


def test_a_wrong_code_is_refused_in_words(tanaka: User) -> None:
    client, _ = give_password("tanaka")
    page = give_code(client, wrong_code())
    assert "確認できませんでした" in page.content.decode()
    assert not signed_in(client)


def test_a_code_signs_in_once_whichever_process_is_asked(tanaka: User) -> None:
    used = code()
    give_code(give_password("tanaka")[0], used)
    cache.clear()  # as it is in another process
    again, _ = give_password("tanaka")
    assert "使用済み" in give_code(again, used).content.decode()
    assert not signed_in(again)


def test_codes_are_guessed_a_limited_number_of_times_over_all_sessions(tanaka: User) -> None:
    here, elsewhere = give_password("tanaka")[0], give_password("tanaka")[0]
    for _ in range(rate_limit.CODES_AN_HOUR):
        assert "待ってから" not in give_code(here, wrong_code()).content.decode()
    assert "待ってから" in give_code(elsewhere, code()).content.decode()
    assert not signed_in(elsewhere)


def test_a_recovery_code_signs_in_once(tanaka: User) -> None:
    spare = recovery_codes(tanaka)[0]
    first, second = give_password("tanaka")[0], give_password("tanaka")[0]
    give_code(first, spare)
    give_code(second, spare)
    assert (signed_in(first), signed_in(second)) == (True, False)


def test_between_the_steps_a_person_can_start_over(tanaka: User) -> None:
    client, _ = give_password("tanaka")
    assert client.get("/login/")["Location"] == "/login/code/"
    client.post("/logout/")
    assert client.get("/login/").status_code == 200


def test_somebody_without_a_first_step_gets_no_second(tanaka: User) -> None:
    client = Client()
    assert give_code(client, code())["Location"] == "/login/"
    assert not signed_in(client)


def test_a_person_deactivated_between_the_steps_is_not_let_in(tanaka: User) -> None:
    client, _ = give_password("tanaka")
    User.objects.filter(pk=tanaka.pk).update(is_active=False)
    give_code(client, code())
    assert client.get("/account/").status_code == 302


def test_a_password_between_the_steps_does_not_open_the_way_around(tanaka: User) -> None:
    """Neither a reset nor an answer to another form makes a session before the second step."""
    client, _ = give_password("tanaka")
    for path in ("/password/", "/account/confirm/", "/account/app/", "/account/passkeys/add/"):
        response = client.post(path, {"password": PASSWORD, "code": code()})
        assert response["Location"].startswith("/login/")
    assert not signed_in(client)


@pytest.mark.parametrize("credential", ["", "[]", "{}", "null", "1", '{"response": []}', "x" * 99])
def test_a_made_up_passkey_is_refused(credential: str) -> None:
    client = Client()
    client.get("/login/passkey/", headers={"Accept": "application/json"})
    response = client.post("/login/passkey/", {"credential": credential})
    assert (response.status_code, signed_in(client)) == (302, False)


# Setting one up


def test_factors_are_changed_only_after_a_fresh_confirmation(sign_in: SignIn) -> None:
    client = sign_in("viewer")
    assert client.get("/account/app/")["Location"].startswith("/account/confirm/")
    assert "この先の操作" in client.get("/account/confirm/").content.decode()
    wrong = client.post("/account/confirm/", {"password": "wrong"})
    assert "パスワードが正しくありません" in wrong.content.decode()
    assert confirmed(client).get("/account/app/").status_code == 200


def test_an_app_is_registered_by_its_first_code(sign_in: SignIn) -> None:
    client = confirmed(sign_in("viewer"))
    page = client.get("/account/app/")
    html = page.content.decode()
    assert "<svg" in html
    assert "no-store" in page["Cache-Control"]
    assert "data:" not in html
    assert " style=" not in html
    found = re.search(r'class="secret">([A-Z2-7]+)<', html)
    assert found
    response = client.post("/account/app/", {"code": code(found[1])})
    assert response["Location"] == "/account/codes/"
    codes = client.get("/account/codes/").content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", codes)) == 10
    assert Authenticator.objects.filter(type="totp", user__username="viewer").count() == 1


def test_a_wrong_first_code_registers_nothing(sign_in: SignIn) -> None:
    client = confirmed(sign_in("viewer"))
    client.get("/account/app/")
    assert client.post("/account/app/", {"code": "abc"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_recovery_codes_are_downloaded_and_renewed(cast: dict[str, User], sign_in: SignIn) -> None:
    old = recovery_codes(with_app(cast["viewer"]))
    client = sign_in("viewer")
    client.post("/account/confirm/code/", {"code": code()})
    download = client.get("/account/codes/download/")
    assert "attachment" in download["Content-Disposition"]
    assert [line for line in download.content.decode().splitlines() if line.isdigit()] == old
    client.post("/account/codes/new/")
    assert old[0] not in client.get("/account/codes/").content.decode()


def test_a_password_alone_does_not_change_the_factors_of_who_has_one(
    cast: dict[str, User], sign_in: SignIn
) -> None:
    with_app(cast["viewer"])
    client = sign_in("viewer")
    assert confirmed(client).get("/account/app/remove/")["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/code/", {"code": code()})
    assert client.post("/account/app/remove/")["Location"] == "/account/"
    assert not Authenticator.objects.exists()


def test_a_confirmation_is_guessed_a_limited_number_of_times(sign_in: SignIn) -> None:
    client = sign_in("viewer")
    for _ in range(rate_limit.PASSWORDS_AN_HOUR):
        client.post("/account/confirm/", {"password": "wrong"})
    assert confirmed(client).get("/account/app/").status_code == 302


def test_a_confirmation_lasts_five_minutes(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, now = confirmed(sign_in("viewer")), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)
    assert client.get("/account/app/").status_code == 302


def test_the_passkeys_of_others_are_not_there(cast: dict[str, User], sign_in: SignIn) -> None:
    data = {"name": "鍵", "credential": {}}
    theirs = Authenticator.objects.create(user=cast["editor"], type="webauthn", data=data)
    client = confirmed(sign_in("viewer"))
    assert client.get(f"/account/passkeys/{theirs.pk}/").status_code == 404
    assert client.post(f"/account/passkeys/{theirs.pk}/remove/").status_code == 404


# The admin


def test_the_admin_asks_for_the_factor_that_the_session_has_not_passed(
    cast: dict[str, User], sign_in: SignIn
) -> None:
    with_app(cast["admin"])
    client = sign_in("admin")
    chain = client.get("/admin/auth/user/", follow=True).redirect_chain
    assert chain[-1][0] == f"/account/confirm/code/?{urlencode({'next': '/admin/auth/user/'})}"
    passed = client.post("/account/confirm/code/", {"code": code(), "next": "/admin/auth/user/"})
    assert passed["Location"] == "/admin/auth/user/"
    assert client.get("/admin/auth/user/").status_code == 200


def test_an_administrator_takes_a_lost_factor_away_and_sees_no_secret(
    cast: dict[str, User], sign_in: SignIn
) -> None:
    lost = Authenticator.objects.get(user=with_app(cast["viewer"]))
    client, path = sign_in("admin"), f"/admin/mfa/authenticator/{lost.pk}"
    page = client.get(f"{path}/change/").content.decode()
    assert lost.data["secret"] not in page
    assert client.post(f"{path}/delete/", {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("path", ["account/emailaddress", "socialaccount/socialapp"])
def test_the_admin_has_no_tables_that_nothing_uses(path: str, sign_in: SignIn) -> None:
    assert sign_in("admin").get(f"/admin/{path}/").status_code == 404


# Who needs one


@pytest.fixture
def demanded(settings: Any) -> None:
    settings.REQUIRE_MFA = True


def pages(client: Client) -> list[tuple[int, str]]:
    paths = ("/", "/projects/", "/projects/besshi10/", "/admin/")
    answers = [client.get(path) for path in paths]
    return [(answer.status_code, answer.get("Location", "")) for answer in answers]


@pytest.mark.usefixtures("demanded")
@pytest.mark.parametrize("name", ["viewer", "editor", "manager", "admin"])
def test_without_a_factor_every_page_leads_to_the_set_up(name: str, sign_in: SignIn) -> None:
    client = sign_in(name)
    assert pages(client) == [(302, "/account/")] * 4
    assert "二段階認証の設定が必要です" in client.get("/account/").content.decode()
    assert client.get("/password/").status_code == 200


@pytest.mark.usefixtures("demanded")
@pytest.mark.parametrize("path", ["cells/", "outline/", "undo/"])
def test_without_a_factor_scripts_are_refused(path: str, sign_in: SignIn) -> None:
    client = sign_in("editor")
    assert client.post(f"/projects/besshi10/{path}").status_code == 403
    assert client.get("/projects/besshi10/events/").status_code == 403
    json = {"Accept": "application/json"}
    assert client.post("/projects/besshi10/imports/", headers=json).status_code == 403


@pytest.mark.usefixtures("demanded")
@pytest.mark.parametrize(("name", "path"), [("vendor", "/tasks/"), ("outsider", "/")])
def test_people_of_companies_are_free_to(name: str, path: str, sign_in: SignIn) -> None:
    assert sign_in(name).get(path).status_code == 200


@pytest.mark.usefixtures("demanded")
@pytest.mark.django_db(transaction=True)
def test_setting_one_up_opens_the_pages_at_once(sign_in: SignIn) -> None:
    client = confirmed(sign_in("viewer"))
    html = client.get("/account/app/").content.decode()
    secret = re.findall(r'class="secret">([A-Z2-7]+)<', html)[0]
    client.post("/account/app/", {"code": code(secret)})
    assert client.get("/projects/besshi10/").status_code == 200


@pytest.mark.usefixtures("demanded")
def test_a_session_from_before_the_factor_passes_it_first(
    cast: dict[str, User], sign_in: SignIn
) -> None:
    client = sign_in("viewer")
    with_app(cast["viewer"])
    wanted = "/account/confirm/code/?next=%2Fprojects%2Fbesshi10%2F"
    assert client.get("/projects/besshi10/")["Location"] == wanted
    client.post("/account/confirm/code/", {"code": code()})
    assert client.get("/projects/besshi10/").status_code == 200


@pytest.mark.usefixtures("demanded")
def test_a_factor_that_is_taken_away_ends_what_it_let_in(
    cast: dict[str, User], besshi10: Project
) -> None:
    with_app(cast["viewer"])
    client, _ = give_password("viewer")
    give_code(client, code())
    assert client.get("/projects/besshi10/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/projects/besshi10/")["Location"] == "/account/"


@pytest.mark.usefixtures("demanded")
def test_recovery_codes_alone_are_no_factor(cast: dict[str, User], sign_in: SignIn) -> None:
    recovery_codes(cast["viewer"])
    assert sign_in("viewer").get("/projects/")["Location"] == "/account/"


def test_the_demand_costs_no_query(cast: dict[str, User], settings: Any) -> None:
    with_app(cast["viewer"])
    client, _ = give_password("viewer")
    give_code(client, code())
    counts = []
    for demand in (False, True):
        settings.REQUIRE_MFA = demand
        client.get("/projects/besshi10/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/projects/besshi10/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_addresses_that_stay_open_and_those_of_scripts_exist() -> None:
    site = get_resolver()
    projects = site.namespace_dict["projects"][1].reverse_dict
    names = {*site.reverse_dict, *(f"projects:{name}" for name in projects)}
    assert names >= required_factor_middleware._FREE | required_factor_middleware._BY_SCRIPT


def test_nobody_needs_one_by_default() -> None:
    assert configured.REQUIRE_MFA is False
