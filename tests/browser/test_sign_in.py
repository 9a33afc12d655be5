"""Signing in and setting up second factors in real Chromium, under the real policy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.support.matrix_page import DESKTOP, PHONE, Open, axe_findings, in_chromium
from tests.support.openid_provider import Provider
from tests.support.second_factors import PASSWORD, code, recovery_codes, with_app

pytestmark = in_chromium
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def viewer(scene: dict[str, User]) -> User:
    """One of the demo's people, with a password that the test knows."""
    user = scene["viewer"]
    user.set_password(PASSWORD)
    user.save()
    return user


def first_step(page: Page) -> None:
    page.get_by_label("利用者名またはメールアドレス").fill("viewer")
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="ログイン", exact=True).click()


def confirm(page: Page) -> None:
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="確認する").click()


def plug_in(page: Page) -> None:
    """A device with a fingerprint that is always there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_an_app_is_registered_and_asked_for_at_the_next_sign_in(
    viewer: User, open_page: Open
) -> None:
    page = open_page("/login/", user="")
    first_step(page)
    page.goto(page.url.split("/projects")[0] + "/account/app/")
    confirm(page)
    expect(page.locator(".qr svg")).to_be_visible()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("6桁の確認コード").fill(code(secret))
    page.get_by_role("button", name="登録する").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="ログアウト").click()
    first_step(page)
    expect(page.get_by_role("heading", name="二段階認証")).to_be_visible()
    page.get_by_label("確認コードまたはリカバリーコード").fill(code(secret, steps=1))
    page.get_by_role("button", name="ログイン").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))


def test_a_passkey_is_registered_and_signs_in_alone(viewer: User, open_page: Open) -> None:
    page = open_page("/login/", user="")
    plug_in(page)
    first_step(page)
    page.goto(page.url.split("/projects")[0] + "/account/passkeys/add/")
    confirm(page)
    page.get_by_label("パスキーの名前").fill("仕事のノート")
    page.get_by_role("button", name="登録する").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="ログアウト").click()
    page.get_by_role("button", name="パスキーでログイン").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    page.get_by_role("link", name=viewer.get_full_name()).click()
    expect(page.get_by_role("rowheader", name="仕事のノート")).to_be_visible()


def test_a_passkey_is_the_second_step_and_confirms_who_is_there(
    viewer: User, open_page: Open
) -> None:
    page = open_page("/login/", user="")
    plug_in(page)
    first_step(page)
    page.goto(page.url.split("/projects")[0] + "/account/passkeys/add/")
    confirm(page)
    page.get_by_label("このパスキーだけで").uncheck()
    page.get_by_role("button", name="登録する").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="ログアウト").click()
    first_step(page)
    page.get_by_role("button", name="パスキーを使う").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    page.goto(page.url.split("/projects")[0] + "/account/")
    page.get_by_role("link", name="削除").click()
    page.get_by_role("link", name="パスキーで確認する").click()
    page.get_by_role("button", name="パスキーで確認する").click()
    page.get_by_role("button", name="削除する").click()
    expect(page.get_by_text("パスキーを削除しました")).to_be_visible()


def test_a_passkey_that_fails_is_said_in_words(viewer: User, open_page: Open) -> None:
    page = open_page("/login/", user="")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    gone = AUTHENTICATOR | {"isUserVerified": False}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": gone})
    page.get_by_role("button", name="パスキーでログイン").click()
    expect(page.get_by_role("alert")).to_contain_text("パスキーを確認できませんでした")


def test_without_scripts_the_password_still_signs_in(viewer: User, open_page: Open) -> None:
    page = open_page("/login/", user="", java_script_enabled=False)
    expect(page.get_by_role("button", name="パスキーでログイン")).to_be_hidden()
    first_step(page)
    expect(page).to_have_url(re.compile(r":\d+/$"))


def test_single_sign_on_leads_there_and_back_under_the_policy(
    viewer: User, served_provider: Provider, open_page: Open
) -> None:
    viewer.email = "viewer@example.jp"
    viewer.save()
    served_provider.claims = {"sub": "7", "email": viewer.email, "email_verified": True}
    page = open_page("/login/", user="")
    page.get_by_role("button", name="職員認証でログイン").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_before_the_sign_in(viewport: Any, viewer: User, open_page: Open) -> None:
    page = open_page("/login/", user="", viewport=viewport)
    first = axe_findings(page)
    page.get_by_label("利用者名またはメールアドレス").fill("nobody")
    page.get_by_label("パスワード", exact=True).fill("wrong")
    page.get_by_role("button", name="ログイン", exact=True).click()
    expect(page.locator(".errorlist")).to_be_visible()
    refused = axe_findings(page)
    with_app(viewer)
    first_step(page)
    expect(page.get_by_role("heading", name="二段階認証")).to_be_visible()
    assert (first, refused, axe_findings(page)) == ([], [], [])


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_the_account(viewport: Any, viewer: User, open_page: Open) -> None:
    page = open_page("/account/app/", viewport=viewport)
    site = page.url.split("/account")[0]
    found = {page.url: axe_findings(page)}
    confirm(page)
    paths = ["app/", "passkeys/add/"]
    for path in paths:
        page.goto(f"{site}/account/{path}")
        found[path] = axe_findings(page)
    recovery_codes(with_app(viewer))
    for path in ("", "codes/", "codes/new/", "app/remove/"):
        page.goto(f"{site}/account/{path}")
        found[path] = axe_findings(page)
    assert [each for each in found.items() if each[1]] == []
