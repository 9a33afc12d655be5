"""A browser's end of a stream of changes, and a hub of its own for each test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from importlib import import_module
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from projects.live import event_hub
from projects.models import Project
from raci.live import authorization

PATIENCE = 20


def served() -> Any:
    """raci.asgi, which asks for the database as soon as it is imported."""
    return import_module("raci.asgi")


class Reader:
    """A browser's end of one stream."""

    def __init__(self, path: str, cookie: str, **headers: str) -> None:
        named = {"host": "testserver", "cookie": cookie, **headers}
        path, _, query = path.partition("?")
        self.scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in named.items()],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        }
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.closed = asyncio.Event()
        self._asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.put_nowait(message)

    async def start(self) -> int:
        self.task = asyncio.ensure_future(served().application(self.scope, self.receive, self.send))
        message = await asyncio.wait_for(self.sent.get(), PATIENCE)
        status: int = message["status"]
        return status

    async def until_changes(self) -> dict[str, Any]:
        """The next changes; beats and comments are passed over."""
        while True:
            message = await asyncio.wait_for(self.sent.get(), PATIENCE)
            for block in message["body"].decode().split("\n\n"):
                if "event: changes" in block:
                    news: dict[str, Any] = json.loads(block.split("data: ", 1)[1])
                    return news

    async def close(self) -> None:
        self.closed.set()
        await asyncio.wait_for(self.task, PATIENCE)


@pytest.fixture(autouse=True)
def fresh_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hub of this test's event loop, whose connections are closed afterwards."""
    hub = event_hub.Hub()
    monkeypatch.setattr(event_hub, "hub", hub)
    yield
    hub.close()
    _close_connections_of_pages()


def _close_connections_of_pages() -> None:
    """In every thread that asks the view: each takes one part, since all must meet."""
    meeting = Barrier(authorization.THREADS)

    def close() -> None:
        connections.close_all()
        meeting.wait(PATIENCE)

    for part in [authorization.executor.submit(close) for _ in range(authorization.THREADS)]:
        part.result()


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def address(project: Project) -> str:
    return f"/projects/{project.slug}/events/?since={project.revision}"
