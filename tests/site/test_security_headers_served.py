"""The security headers on what the event loop answers itself: streams and static files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

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


def asked(path: str, cookie: str = "", **headers: str) -> tuple[int, dict[str, str]]:
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
    status, headers = asked(address(besshi10), cookie_of(cast["viewer"]), x_request_id=number)
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/event-stream")
    assert (headers["x-request-id"], headers["cache-control"]) == (number, "no-store")
    check(headers)


def test_what_is_no_stream_has_them_once(besshi10: Project, cast: dict[str, User]) -> None:
    for page, cookie, wanted in (
        (address(besshi10), "", 302),
        (address(besshi10), cookie_of(cast["outsider"]), 404),
        ("/projects/besshi10/", cookie_of(cast["viewer"]), 200),
    ):
        status, headers = asked(page, cookie)
        assert status == wanted
        check(headers)


@pytest.fixture
def collected(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A static file for the ASGI application, which looks for them when it is loaded."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "a.js").write_text("export {};")
    asgi = served()
    monkeypatch.setattr(asgi, "_files", type(asgi._files)())


def test_a_static_file_has_them(collected: None) -> None:
    status, headers = asked("/static/a.js")
    assert status == 200
    check(headers)
    assert "access-control-allow-origin" not in headers
    status, again = asked("/static/a.js", if_none_match=headers["etag"])
    assert status == 304
    check(again)


@override_settings(SECURE_HSTS_SECONDS=31536000, SECURE_PROXY_SSL_HEADER=("HTTP_X_PROTO", "https"))
def test_a_static_file_behind_a_proxy_with_tls_demands_it(collected: None) -> None:
    check(asked("/static/a.js", x_proto="https")[1], tls=True)
