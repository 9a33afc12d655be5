"""The log: one JSON object a line, joined by the request's id, and nothing about people."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path

from raci import current_request, urls
from raci.http import request_log

logger = logging.getLogger("tests.something")
SECRET = "himitsu-yamada@example.jp"


def broken(request: HttpRequest) -> HttpResponse:
    said = request.GET["said"]
    raise ValueError(f"cannot use {said}")


def doubled(request: HttpRequest) -> HttpResponse:
    User.objects.create_user(SECRET)
    User.objects.create_user(SECRET)
    return HttpResponse()


def talking(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[str]:
        logger.warning("while the answer is made")
        yield "part"

    logger.warning("before the answer is made")
    return StreamingHttpResponse(parts())


urlpatterns = [
    path("broken/", broken),
    path("doubled/", doubled),
    path("talking/", talking),
    *urls.urlpatterns,
]


@pytest.fixture
def written() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines so far, as the JSON handler writes them."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request_log.Formatter())
    requests, root = logging.getLogger("raci.request"), logging.getLogger()
    level = requests.level
    requests.setLevel(logging.INFO)
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    requests.setLevel(level)


Written = Callable[[], list[dict[str, Any]]]


def test_a_request_is_one_line_without_its_query(
    sign_in: Callable[[str], Client], cast: dict[str, User], written: Written
) -> None:
    sign_in("viewer").get(f"/projects/besshi10/history/?q={SECRET}")
    (line,) = written()
    assert line["method"] == "GET"
    assert line["route"] == "/projects/<slug:slug>/history/"
    assert (line["status"], line["user"]) == (200, cast["viewer"].pk)
    assert line["ms"] > 0
    assert "himitsu" not in json.dumps(line)
    assert not {"query", "path", "address", "name"} & line.keys()


def test_what_django_says_of_an_answer_has_its_id(
    sign_in: Callable[[str], Client], cast: dict[str, User], written: Written
) -> None:
    response = sign_in("viewer").get("/nothing/")
    lines = written()
    assert {line["logger"] for line in lines} == {"raci.request", "django.request"}
    assert {line["request_id"] for line in lines} == {response["X-Request-ID"]}


@pytest.mark.parametrize(
    "path", ["/invitations/MjM/1xVdha.himitsu/", "/himitsu/", "/tasks/himitsu/x/"]
)
def test_no_line_quotes_a_path(db: None, written: Written, path: str) -> None:
    Client(enforce_csrf_checks=True).post(path)
    Client().get(path)
    assert len(written()) >= 2
    assert "himitsu" not in json.dumps(written())


def test_what_was_typed_at_the_login_is_in_no_line(db: None, written: Written) -> None:
    Client().post("/login/", {"username": SECRET, "password": SECRET})
    assert [line["route"] for line in written()] == ["/login/"]
    assert "himitsu" not in json.dumps(written())


@override_settings(ROOT_URLCONF="tests.site.test_request_log")
def test_all_lines_of_a_request_have_the_id_of_its_answer(
    sign_in: Callable[[str], Client], written: Written
) -> None:
    response: Any = sign_in("viewer").get("/talking/")
    assert b"".join(response.streaming_content) == b"part"
    lines = written()
    assert len(lines) == 3
    assert {line["request_id"] for line in lines} == {response["X-Request-ID"]}
    assert current_request.now() is None


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("0af7651916cd43dd8448eb211c80319c", True),
        ("req-2026.11_23", True),
        ("short", False),
        ("x" * 65, False),
        ('12345678","level":"x', False),
        ("12345678\n", False),
        ("", False),
    ],
)
def test_an_id_is_taken_over_only_in_a_safe_form(given: str, taken: bool) -> None:
    found = request_log.id_from(given)
    assert (found == given) is taken
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", found)


def test_two_requests_have_two_ids(db: None) -> None:
    client = Client()
    assert client.get("/healthz")["X-Request-ID"] != client.get("/healthz")["X-Request-ID"]


@override_settings(ROOT_URLCONF="tests.site.test_request_log")
@pytest.mark.parametrize(
    ("address", "kind"),
    [("/broken/?said=" + SECRET, "ValueError"), ("/doubled/", "IntegrityError")],
)
def test_an_error_is_told_by_kind_and_code_without_values(
    address: str, kind: str, sign_in: Callable[[str], Client], written: Written
) -> None:
    client = sign_in("viewer")
    client.raise_request_exception = False
    response = client.get(address)
    assert response.status_code == 500
    error = next(line for line in written() if line["level"] == "ERROR")
    assert kind in error["error"]
    assert "test_request_log.py" in error["error"]
    assert error["request_id"] == response["X-Request-ID"]
    assert "himitsu" not in json.dumps(written())


@pytest.mark.django_db
def test_an_error_of_the_database_keeps_its_code() -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        connection.cursor().execute("INSERT INTO auth_group (name) VALUES ('x'), ('x')")
    assert "23505" in request_log.traceback_of(caught.value)
    assert "already exists" not in request_log.traceback_of(caught.value)
