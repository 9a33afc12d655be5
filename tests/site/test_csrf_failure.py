"""Pages whose session is over, or was replaced by a new one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects.models import Project
from raci.accounts.csrf_failure import NO_SESSION, OLD

MATRIX = "/projects/small/"
CELLS = f"{MATRIX}cells/"
FROM = {"referer": f"http://testserver{MATRIX}?fold=1"}


@pytest.fixture
def browser(project: Project) -> Client:
    """Somebody signed in, in a browser that checks tokens."""
    made = Client(enforce_csrf_checks=True)
    made.force_login(User.objects.get(username="editor"))
    return made


def saved(browser: Client, token: str) -> Any:
    operation = {"item": project_row(), "role": "甲社", "before": "", "after": "◎"}
    body = {"kind": "edit", "reason": "", "operations": [operation]}
    headers = {"x-csrftoken": token}
    return browser.post(CELLS, json.dumps(body), "application/json", headers=headers)


def project_row() -> str:
    return Project.objects.get(slug="small").items.order_by("position")[0].uid


def test_a_script_without_a_session_is_sent_to_sign_in(browser: Client) -> None:
    browser.cookies.clear()
    answer = saved(browser, "x" * 32)
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/")


def test_a_form_without_a_session_leads_back_to_its_page(browser: Client) -> None:
    browser.cookies.clear()
    answer = browser.post(f"{MATRIX}columns/", {}, headers=FROM)
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={MATRIX}")


def test_strangers_pages_are_not_led_back_to(browser: Client) -> None:
    browser.cookies.clear()
    answer = browser.post(CELLS, {}, headers={"referer": "https://evil.example/x"})
    assert answer["Location"] == "/login/?next=/"


def test_a_script_of_an_old_session_gets_the_token_of_the_new_one(browser: Client) -> None:
    refused = saved(browser, "x" * 32)
    assert refused.status_code == 403
    told = refused.json()
    assert (told["error"], told["user"]) == (OLD, User.objects.get(username="editor").pk)
    assert saved(browser, told["token"]).status_code == 200


def test_a_form_of_an_old_session_is_refused_in_words(browser: Client) -> None:
    answer = browser.post(f"{MATRIX}columns/", {}, headers=FROM)
    assert answer.status_code == 403
    assert OLD in answer.content.decode()


def test_a_login_without_cookies_says_so(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {})
    assert answer.status_code == 403
    assert NO_SESSION in answer.content.decode()
