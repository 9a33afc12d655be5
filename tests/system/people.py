"""People at the pages, each at a person's pace: editors, readers, and open pages that listen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.system.http import Answer, AnswerError, ask, events
from tests.system.ledger import OK, Edit, Ledger, now

SYMBOLS = ("◎", "○", "")
AGAIN_SECONDS = 1.0
RETRY_SECONDS = 2.0
FAVOURITES = 40
NO_HEADERS: Mapping[str, str] = {}


@dataclass(slots=True)
class Site:
    """What everybody shares: the addresses, what is known of them, and when it is over."""

    ports: list[int]
    ledger: Ledger
    random: Random
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, seconds: float) -> bool:
        """Waits so long; False when it is over."""
        try:
            await asyncio.wait_for(self.over.wait(), seconds)
        except TimeoutError:
            return True
        return False


class Person:
    """Somebody with a session, at one of the machines."""

    def __init__(self, site: Site, session: dict[str, Any], machine: int) -> None:
        self.site, self.machine = site, machine
        self.name: str = session["name"]
        self.project: str = session["project"]
        self._headers = {"Cookie": session["cookie"], "X-CSRFToken": session["token"]}

    async def ask(
        self,
        kind: str,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer | None:
        """The answer; None when it is not known what became of it."""
        port = self.site.ports[self.machine]
        began = now()
        try:
            answer = await ask(port, method, path, headers={**self._headers, **headers}, body=body)
        except AnswerError as failed:
            self.site.ledger.unanswered(kind, str(failed))
            return None
        self.site.ledger.answered(self.machine, kind, answer.status, answer.body)
        if answer.status in OK:
            self.site.ledger.waits.append(now() - began)
        return None if answer.status >= 500 else answer

    def become(self, headers: dict[str, str]) -> None:
        """Goes on with another session."""
        self._headers = headers

    async def run(self) -> None:
        """Until it is over."""
        raise NotImplementedError

    async def insist(
        self,
        kind: str,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer | None:
        """Asks until there is an answer; None when it is over before."""
        while True:
            answer = await self.ask(kind, method, path, body, headers)
            if answer is not None or not await self.site.pause(AGAIN_SECONDS):
                return answer


class Editor(Person):
    """Sets marks as the page does: again until there is an answer, and never as if unseen."""

    def __init__(
        self,
        site: Site,
        session: dict[str, Any],
        machine: int,
        marks: dict[str, dict[str, str]],
        *,
        every: tuple[float, float],
    ) -> None:
        super().__init__(site, session, machine)
        self._marks = {
            (uid, role): mark for uid, row in marks.items() for role, mark in row.items()
        }
        self._cells = list(self._marks)
        self._every = every
        self.acknowledged: list[tuple[float, float]] = []

    async def run(self) -> None:
        """Edits until it is over; the last edit may stay open."""
        while await self.site.pause(self.site.random.uniform(*self._every)):
            await self._edit(self._chosen())

    def _chosen(self) -> Edit:
        """Half of the edits are on cells that everybody likes."""
        random = self.site.random
        few = self._cells[:FAVOURITES] if random.random() < 0.5 else self._cells
        cell = random.choice(few)
        before = self._marks[cell]
        after = random.choice([symbol for symbol in SYMBOLS if symbol != before])
        return Edit(self.name, self.project, cell, before, after, self.machine)

    async def _edit(self, edit: Edit) -> None:
        self.site.ledger.edits.append(edit)
        path = f"/projects/{self.project}/cells/"
        while True:
            edit.began = now()
            answer = await self.ask("edit", "POST", path, _body(edit), JSON)
            if answer is not None:
                break
            edit.unknown += 1
            if not await self.site.pause(AGAIN_SECONDS):
                return
        if answer.status in (200, 409):
            self._take(edit, json.loads(answer.body))

    def _take(self, edit: Edit, told: dict[str, Any]) -> None:
        result = told["results"][0]
        self._marks[edit.cell] = result["now"]
        edit.outcome = result["outcome"]
        edit.revision, edit.changed = told["revision"], told["changed"]
        if edit.outcome == "saved":
            self.acknowledged.append((edit.began, now()))


class Reader(Person):
    """Somebody of a company who opens the list of their tasks now and then."""

    def __init__(
        self, site: Site, session: dict[str, Any], machine: int, *, every: tuple[float, float]
    ) -> None:
        super().__init__(site, session, machine)
        self._every = every

    async def run(self) -> None:
        if not await self.site.pause(self.site.random.uniform(0, self._every[1])):
            return
        while True:
            await self.ask("tasks", "GET", "/tasks/")
            if not await self.site.pause(self.site.random.uniform(*self._every)):
                return


class Listener(Person):
    """An open page: comes back with the last number that it knows, as EventSource does."""

    def __init__(self, site: Site, session: dict[str, Any], machine: int, revision: int) -> None:
        super().__init__(site, session, machine)
        self._begins = self.last = revision
        self.heard: dict[int, float] = {}
        self.opened = 0
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        while True:
            self._task = asyncio.ensure_future(self._listen())
            try:
                await self._task
            except AnswerError:
                self.site.ledger.answers["stream refused"] += 1
            except asyncio.CancelledError:
                return
            if not await self.site.pause(RETRY_SECONDS):
                return

    def close(self) -> None:
        """The page is closed."""
        if self._task:
            self._task.cancel()

    def first_after(self, moment: float) -> float | None:
        """When it first heard of a change that was acknowledged after the moment."""
        numbers = [
            edit.revision
            for edit in self.site.ledger.edits[-_LATEST:]
            if edit.changed and edit.began > moment and edit.project == self.project
        ]
        return self.heard.get(min(numbers)) if numbers else None

    def missing(self, revision: int) -> list[int]:
        """The changes up to that one that never came."""
        return [n for n in range(self._begins + 1, revision + 1) if n not in self.heard]

    async def _listen(self) -> None:
        path = f"/projects/{self.project}/events/?since={self._begins}"
        headers = {**self._headers, "Last-Event-ID": str(self.last)}
        async for event in events(self.site.ports[self.machine] + 1, path, headers=headers):
            if event.startswith(b"retry"):
                self.opened += 1
                self.site.ledger.answers["stream opened"] += 1
            if b"event: changes" in event:
                self._hear(event)

    def _hear(self, event: bytes) -> None:
        told = json.loads(event.split(b"data: ", 1)[1])
        numbers = [change["number"] for change in told["changes"]]
        if told["reload"]:  # too many to tell one by one: the page reads all of it again
            numbers = list(range(self.last + 1, told["revision"] + 1))
        for number in numbers:
            self.heard.setdefault(number, now())
        self.last = max(self.last, told["revision"])


_LATEST = 2_000
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def _body(edit: Edit) -> bytes:
    uid, role = edit.cell
    operation = {"item": uid, "role": role, "before": edit.before, "after": edit.after}
    return json.dumps({"kind": "edit", "reason": "", "operations": [operation]}).encode()
