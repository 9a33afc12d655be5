"""Signing in by password: who, how often, where to, and what a password change ends."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from raci.accounts import rate_limit
from raci.accounts.forms import SignInForm
from raci.accounts.sessions import Backend
from raci.mail.settings import mail_settings
from tests.support.second_factors import PASSWORD, give_password, signed_in

pytestmark = pytest.mark.django_db
MISMATCH = "組み合わせが正しくありません"


@pytest.fixture
def tanaka() -> User:
    return User.objects.create_user("tanaka", "tanaka@example.jp", PASSWORD)


@pytest.mark.parametrize("name", ["tanaka", "tanaka@example.jp", "Tanaka@Example.JP"])
def test_a_person_signs_in_by_name_or_mail_address(name: str, tanaka: User) -> None:
    client, response = give_password(name)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(tanaka.pk)


def test_a_mail_address_of_two_people_signs_in_neither(tanaka: User) -> None:
    User.objects.create_user("suzuki", "tanaka@example.jp", PASSWORD)
    client, _ = give_password("tanaka@example.jp")
    assert not signed_in(client)


def test_a_user_name_goes_before_the_same_mail_address(tanaka: User) -> None:
    named = User.objects.create_user("tanaka@example.jp", password=PASSWORD)
    client, _ = give_password("tanaka@example.jp")
    assert client.session["_auth_user_id"] == str(named.pk)


def test_every_refusal_reads_the_same(tanaka: User) -> None:
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    pages = []
    for name, password in (("tanaka", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)):
        client, response = give_password(name, password=password)
        html = response.content.decode()
        assert MISMATCH in html
        assert not signed_in(client)
        pages.append(re.sub(f'value="({name}|[^"]{{64}})"', "", html))
    assert pages[0] == pages[1] == pages[2]


def test_who_is_over_the_limit_is_told_how_long_to_wait(
    tanaka: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Backend, request: Any, **__: Any) -> None:
        request.throttled_seconds = 181
        raise PermissionDenied

    monkeypatch.setattr(Backend, "authenticate", refuse)
    form = SignInForm(
        RequestFactory().post("/login/"), {"username": "tanaka", "password": PASSWORD}
    )
    assert form.non_field_errors() == [
        "試行の回数が多すぎます。4分ほど待ってから、もう一度お試しください。"
    ]


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [("/tasks/", "/tasks/"), ("https://evil.example/", "/"), ("//evil.example", "/")],
)
def test_the_way_leads_to_the_wanted_page_of_this_site(
    wanted: str, led_to: str, tanaka: User
) -> None:
    _, response = give_password("tanaka", next=wanted)
    assert response["Location"] == led_to


def test_the_session_gets_a_new_key(tanaka: User) -> None:
    client = Client()
    client.get("/login/")
    before = client.session.session_key
    give_password("tanaka", client)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "path",
    [
        "/signup/",
        "/login/signup/",
        "/accounts/",
        "/accounts/login/",
        "/account/email/",
        "/confirm/",
    ],
)
def test_nothing_of_allauth_is_there_that_the_site_does_not_use(path: str, tanaka: User) -> None:
    assert Client().get(path).status_code == 404


def test_the_form_says_what_its_fields_are_for() -> None:
    html = Client().get("/login/").content.decode()
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
    assert '<label for="id_username">利用者名またはメールアドレス</label>' in html


def test_the_admin_has_no_way_in_of_its_own() -> None:
    User.objects.create_superuser("admin", password=PASSWORD)
    client = Client()
    data = {"username": "admin", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", data)["Location"] == "/login/?next=/admin/login/"
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [("/admin/auth/user/", "/admin/auth/user/"), ("https://evil.example/", "/admin/")],
)
def test_the_admin_login_leads_on_within_the_site(wanted: str, led_to: str) -> None:
    User.objects.create_superuser("admin", password=PASSWORD)
    client, _ = give_password("admin")
    assert client.get(f"/admin/login/?next={wanted}")["Location"] == led_to


def test_a_name_and_password_in_the_header_open_nothing(tanaka: User) -> None:
    basic = {"Authorization": "Basic dGFuYWthOmNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU="}
    assert Client().get("/account/", headers=basic).status_code == 302


def change(client: Client, old: str, new: str = "a much better one 9") -> Any:
    data = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/password/", data)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(tanaka: User) -> None:
    here, _ = give_password("tanaka")
    elsewhere, _ = give_password("tanaka")
    assert change(here, PASSWORD).status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_the_old_password_is_guessed_a_limited_number_of_times(tanaka: User) -> None:
    client, _ = give_password("tanaka")
    for _ in range(rate_limit.PASSWORDS_AN_HOUR):
        assert "待ってから" not in change(client, "wrong").content.decode()
    assert "待ってから" in change(client, PASSWORD).content.decode()


def ask_for_link(address: str) -> Any:
    return Client().post("/password/reset/", {"email": address})


@pytest.fixture
def can_mail(settings: Any) -> None:
    settings.CAN_MAIL = True


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(tanaka: User) -> None:
    assert ask_for_link("tanaka@example.jp")["Location"] == "/password/reset/sent/"
    sent = mail.outbox[0]
    assert sent.subject == "【役割分担表管理】パスワードの再設定"
    found = re.search(r"http://testserver(\S+)", str(sent.body))
    assert found
    client = Client()
    page = client.get(found[1])
    new = {"new_password1": "a much better one 9", "new_password2": "a much better one 9"}
    assert client.post(page["Location"], new)["Location"] == "/password/reset/done/"
    assert not signed_in(client)
    assert "このリンクは使えません" in Client().get(found[1]).content.decode()
    tanaka.refresh_from_db()
    assert tanaka.check_password("a much better one 9")


def test_asking_for_a_link_does_not_tell_who_is_known(tanaka: User) -> None:
    known, unknown = ask_for_link("tanaka@example.jp"), ask_for_link("nobody@example.jp")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


def test_the_answer_waits_for_no_mail_and_asks_the_same_of_the_database_for_strangers(
    tanaka: User, settings: Any
) -> None:
    settings.JOBS_INLINE = False
    counts = []
    for address in ("nobody@example.jp", "tanaka@example.jp"):
        with CaptureQueriesContext(connection) as queries:
            ask_for_link(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert mail.outbox == []
    for row in DBTaskResult.objects.order_by("enqueued_at"):
        assert "tanaka" not in str(row.args_kwargs)
        row.task.func(*row.args_kwargs["args"])
    assert mail.outbox[0].to == ["tanaka@example.jp"]


def test_strangers_cannot_make_the_site_mail_without_end(
    tanaka: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "MAILS_A_DAY", 0)
    assert ask_for_link("tanaka@example.jp").status_code == 302
    assert mail.outbox == []


def test_a_mailbox_is_not_flooded(tanaka: User) -> None:
    for _ in range(rate_limit.MAILS_AN_HOUR + 3):
        assert ask_for_link("tanaka@example.jp").status_code == 302
    assert len(mail.outbox) == rate_limit.MAILS_AN_HOUR


@pytest.mark.usefixtures("can_mail")
def test_the_reset_page_asks_for_the_address() -> None:
    assert "メールを送る" in Client().get("/password/reset/").content.decode()
    assert "パスワードを忘れた場合" in Client().get("/login/").content.decode()


def test_without_mail_the_reset_page_says_whom_to_ask(settings: Any) -> None:
    settings.CAN_MAIL = False
    assert "管理者に依頼してください" in Client().get("/password/reset/").content.decode()
    assert "パスワードを忘れた場合" not in Client().get("/login/").content.decode()


def test_mail_settings_come_from_one_address() -> None:
    url = {"RACI_EMAIL_URL": "smtp://me:pass%40word@mail.example.jp:587/?tls=True"}
    found = mail_settings(url, plain=False)
    assert found["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me", "pass@word")
    assert found["EMAIL_USE_TLS"] is True


def test_links_are_written_to_no_log_of_a_real_server() -> None:
    assert mail_settings({}, plain=False) == {}
    assert mail_settings({}, plain=True)["EMAIL_BACKEND"].endswith("console.EmailBackend")
