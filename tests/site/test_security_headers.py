"""The security headers are on every answer, whoever makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from raci import urls
from tests.support.people import PASSWORD
from tests.support.security_headers import check

PROJECT = "/projects/besshi10/"


def check_kept_nowhere(headers: Any) -> None:
    assert "no-store" in headers["Cache-Control"]
    assert "public" not in headers["Cache-Control"]


def broken(_: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("broken/", broken), *urls.urlpatterns]


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/login/", 302),
        ("GET", PROJECT, 200),
        ("GET", f"{PROJECT}history/", 200),
        ("GET", f"{PROJECT}export.xlsx", 200),
        ("GET", f"{PROJECT}history.csv", 200),
        ("GET", f"{PROJECT}changes/", 400),
        ("POST", f"{PROJECT}cells/", 403),
        ("GET", "/nothing/", 404),
        ("POST", PROJECT, 405),
        ("GET", f"{PROJECT}events/", 204),
        ("GET", "/broken/", 500),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
    ],
)
@override_settings(ROOT_URLCONF="tests.site.test_security_headers")
def test_every_status_has_them(
    method: str, address: str, status: int, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("viewer")
    client.raise_request_exception = False
    response = client.generic(method, address)
    assert response.status_code == status
    check(dict(response.items()))
    if not response.has_header("ETag"):
        check_kept_nowhere(response)


def test_an_unknown_host_is_refused_with_them(db: None) -> None:
    response = Client().get("/login/", headers={"host": "evil.example"})
    assert response.status_code == 400
    check(dict(response.items()))


def test_a_form_without_its_token_is_refused_with_them(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/login/", {})
    assert response.status_code == 403
    check(dict(response.items()))


@override_settings(SECURE_SSL_REDIRECT=True)
def test_the_way_to_tls_has_them(db: None) -> None:
    response = Client().get("/login/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/login/")
    check(dict(response.items()))


@override_settings(SECURE_HSTS_SECONDS=31536000)
def test_over_tls_all_answers_demand_it(sign_in: Callable[[str], Client]) -> None:
    client = sign_in("viewer")
    for page in (PROJECT, "/nothing/", "/healthz"):
        check(dict(client.get(page, secure=True).items()), tls=True)


def test_a_page_with_an_etag_may_be_kept_by_the_person_alone(
    sign_in: Callable[[str], Client],
) -> None:
    client = sign_in("viewer")
    page = client.get(PROJECT)
    assert page["Cache-Control"] == "private, no-cache"
    again = client.get(PROJECT, headers={"if-none-match": page["ETag"]})
    assert again.status_code == 304
    check(dict(again.items()))


@override_settings(SESSION_COOKIE_SECURE=True)
def test_every_cookie_is_kept_from_scripts_other_sites_and_plain_http(
    cast: dict[str, User],
) -> None:
    client = Client()
    client.post("/login/", {"username": "viewer", "password": PASSWORD})
    assert len(client.cookies) == 2
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
