"""The security headers on what the server of streams answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.contrib.auth.models import User

from projects.models import Project
from tests.support.event_stream_reader import (
    PATIENCE,
    Reader,
    address,
    cookie_of,
    fresh_hub,
    served,
)
from tests.support.security_headers import check

__all__ = ["fresh_hub"]
pytestmark = pytest.mark.django_db(transaction=True)


def head_of(path: str, cookie: str = "", **headers: str) -> tuple[int, dict[str, str]]:
    """The head of what the ASGI application answers."""

    async def scene() -> dict[str, Any]:
        reader = Reader(path, cookie, **headers)
        task = asyncio.ensure_future(
            served().application(reader.scope, reader.receive, reader.send)
        )
        head = await asyncio.wait_for(reader.sent.get(), PATIENCE)
        reader.closed.set()
        await asyncio.wait_for(task, PATIENCE)
        return head

    head = asyncio.run(scene())
    return head["status"], {name.decode(): value.decode() for name, value in head["headers"]}


def test_a_stream_has_them(besshi10: Project, cast: dict[str, User]) -> None:
    number = "stream-of-viewer"
    status, headers = head_of(address(besshi10), cookie_of(cast["viewer"]), x_request_id=number)
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/event-stream")
    assert (headers["x-request-id"], headers["cache-control"]) == (number, "private, no-store")
    check(headers)


@pytest.mark.parametrize(("person", "wanted"), [("", 302), ("outsider", 404)])
def test_a_refusal_has_them(
    person: str, wanted: int, besshi10: Project, cast: dict[str, User]
) -> None:
    status, headers = head_of(address(besshi10), cookie_of(cast[person]) if person else "")
    assert status == wanted
    check(headers)


def test_pages_are_not_served_beside_streams(besshi10: Project, cast: dict[str, User]) -> None:
    status, headers = head_of("/projects/besshi10/", cookie_of(cast["viewer"]))
    assert status == 404
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("origin", "may_read"),
    [
        ("http://testserver:8000", True),
        ("http://testserver:8001", False),
        ("http://other:8000", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_pages_of_the_neighbouring_port_may_read_a_stream(
    origin: str, may_read: bool, besshi10: Project, cast: dict[str, User], settings: Any
) -> None:
    settings.PAGE_PORT = 8000
    more = {"origin": origin} if origin else {}
    status, headers = head_of(address(besshi10), cookie_of(cast["viewer"]), **more)
    assert status == 200
    allowed = headers.get("access-control-allow-origin")
    assert allowed == (origin if may_read else None)
    assert ("access-control-allow-credentials" in headers) is may_read
