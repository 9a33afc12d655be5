"""Sessions end: by idleness, by age, by a new password, by deactivation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import Project
from raci.accounts.sessions import FORMER_BACKEND
from tests.support.people import PASSWORD

PAGE = "/projects/besshi10/history/"
ASKED_BY_ITSELF = (
    "/projects/besshi10/events/",
    "/projects/besshi10/changes/?since=0",
)

Clock = Callable[..., None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Moves the site's clock on; the sessions' SQL is given the time by it."""
    now = timezone.now()

    def move(**much: float) -> None:
        nonlocal now
        now += timedelta(**much)
        monkeypatch.setattr(timezone, "now", lambda: now)

    move()
    return move


def ends(client: Client) -> datetime:
    key = client.cookies["sessionid"].value
    return Session.objects.get(session_key=key).expire_date


def test_an_hour_without_activity_ends_it(sign_in: Callable[[str], Client], later: Clock) -> None:
    client = sign_in("viewer")
    later(minutes=54)
    assert client.get(PAGE).status_code == 200
    later(minutes=59)
    assert client.get(PAGE).status_code == 200
    later(minutes=61)
    assert client.get(PAGE).status_code == 302


def test_twelve_hours_end_it_however_active(sign_in: Callable[[str], Client], later: Clock) -> None:
    client = sign_in("viewer")
    for _ in range(23):
        later(minutes=31)
        assert client.get(PAGE).status_code == 200
    later(minutes=12 * 60 - 23 * 31 + 1)
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("address", ASKED_BY_ITSELF)
def test_what_the_page_asks_by_itself_is_no_activity(
    address: str, sign_in: Callable[[str], Client], later: Clock
) -> None:
    client = sign_in("viewer")
    client.get(PAGE)
    before = ends(client)
    later(minutes=30)
    assert client.get(address).status_code in (200, 204)
    assert ends(client) == before
    later(minutes=31)
    assert client.get(address).status_code == 302


def test_the_session_is_written_once_in_a_few_minutes(
    sign_in: Callable[[str], Client], later: Clock
) -> None:
    client = sign_in("viewer")
    client.get(PAGE)

    def written() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return sum("UPDATE" in one["sql"] for one in queries)

    counts = []
    for _ in range(8):
        later(minutes=2)
        counts.append(written())
    assert counts == [0, 0, 1, 0, 0, 1, 0, 0]


def test_a_new_password_ends_all_other_sessions(sign_in: Callable[[str], Client]) -> None:
    here, elsewhere = sign_in("editor"), sign_in("editor")
    new = "another horse battery staple"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/password/", form).status_code == 302
    assert here.get(PAGE).status_code == 200
    assert elsewhere.get(PAGE).status_code == 302


def test_a_session_from_before_sessions_had_an_end_is_over(
    cast: dict[str, User], sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("viewer")
    session = client.session
    del session["since"]
    session.save()
    assert client.get(PAGE).status_code == 302


def test_somebody_who_signs_in_again_has_the_whole_time_again(
    besshi10: Project, cast: dict[str, User], later: Clock
) -> None:
    client = Client()
    for _ in range(2):
        client.force_login(cast["viewer"])
        later(minutes=50)
        assert client.get(PAGE).status_code == 200
        later(hours=13)
        assert client.get(PAGE).status_code == 302


def test_a_session_outlives_a_move_of_the_backend(sign_in: Callable[[str], Client]) -> None:
    client = sign_in("viewer")
    session: Any = client.session
    session["_auth_user_backend"] = FORMER_BACKEND
    session.save()
    assert client.get(PAGE).status_code == 200
