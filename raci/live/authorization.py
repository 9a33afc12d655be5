"""Who may have a stream: Django's page says it, at the beginning and whenever it is asked again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from raci.server.wsgi_bridge import Message, Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class LetIn(NamedTuple):
    """The ids of a project and of the person who may have its stream."""

    project: int
    person: int


async def ask(scope: Scope, receive: Receive, send: Send, pages: Application) -> LetIn | None:
    """Who was let in where, when the page says 204; anything else is passed on."""
    held: list[Message] = []

    async def hold(message: Message) -> None:
        held.append(message)

    await pages(scope, receive, hold)
    let_in = _let_in(held)
    if let_in is None:
        for message in held:
            await send(message)
    return let_in


async def still(scope: Scope, pages: Application) -> bool:
    async def nothing() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    held: list[Message] = []

    async def hold(message: Message) -> None:
        held.append(message)

    await pages(scope, nothing, hold)
    return _let_in(held) is not None


def _let_in(held: list[Message]) -> LetIn | None:
    start = next((m for m in held if m["type"] == "http.response.start"), None)
    if start is None:
        return None
    headers = {name.lower(): value for name, value in start["headers"]}
    if start["status"] != 204:
        return None
    return LetIn(int(headers[b"x-raci-project"]), int(headers[b"x-raci-person"]))
