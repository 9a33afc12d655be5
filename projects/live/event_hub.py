"""Stream changes to open pages: PostgreSQL's NOTIFY → server-sent events.

One listener per process, in its event loop; no stream takes a thread that serves pages. Whoever
opens a stream was let in by the page `projects:events`, and is asked again every minute, and at
once when their password changed or they may no longer sign in.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import uniform
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import psycopg2  # type: ignore[import-untyped]
from django.db import Error, close_old_connections, connections
from django.http import HttpResponse

from projects.editing.changes import changes_as_json
from projects.editing.payloads import LONGEST_NUMBER
from projects.models import CHANNEL, Project
from raci.database import unpooled
from raci.live.authorization import Admission, Handler, Headers, Receive, Scope, Send, ask, refuse
from raci.metrics import meters

BEAT_SECONDS, CHECK_SECONDS = 15, 60
RECONNECT_SECONDS = 1
WAITING_MOST = 1_000
MOST_STREAMS, FULL_SECONDS = 20, 60
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
]
_BEAT = b"event: beat\ndata:\n\n"
PEOPLE = "raci_people"
_ASK_AGAIN = b""

Queue = asyncio.Queue[bytes | None]


class Hub:
    """Who listens to which project, and how far the project's changes were told."""

    def __init__(self) -> None:
        self._people: defaultdict[int, set[Queue]] = defaultdict(set)
        self._queues: defaultdict[int, set[Queue]] = defaultdict(set)
        self._told: dict[int, int] = {}
        self._busy: set[int] = set()
        self._again: set[int] = set()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="events")
        self._connection: Any = None
        self._descriptor = -1
        self._listening = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, who: Admission, queue: Queue) -> bool:
        """Give the queue what happens in the project, and to the person.

        False when the person has MOST_STREAMS already.
        """
        project = who.project
        async with self._listening:
            if self._connection is None:
                await self._listen()
        if project not in self._told:
            self._told[project] = await self._run(_revision, project)
        has_place = len(self._people.get(who.person, ())) < MOST_STREAMS
        if has_place:
            self._queues[project].add(queue)
            self._people[who.person].add(queue)
        elif project not in self._queues:
            del self._told[project]
        return has_place

    def leave(self, who: Admission, queue: Queue) -> None:
        for queues, key in ((self._queues, who.project), (self._people, who.person)):
            queues[key].discard(queue)
            if not queues[key]:
                del queues[key]
        if who.project not in self._queues:
            self._told.pop(who.project, None)

    def close(self) -> None:
        """Close the connections and stop listening."""
        if self._connection is not None:
            self._connection.close()
        self._reader.submit(connections.close_all).result()
        self._reader.shutdown()

    async def since(self, project: int, number: int) -> bytes | None:
        """One event with all that happened after the number, None when nothing did."""
        news = await self._run(_news, project, number)
        return event(news) if news["changes"] or news["reload"] else None

    async def _listen(self) -> None:
        self._connection = await self._run(_connected)
        self._descriptor = self._connection.fileno()
        asyncio.get_running_loop().add_reader(self._descriptor, self._on_notify)

    def _on_notify(self) -> None:
        try:
            self._connection.poll()
        except psycopg2.Error:
            self._lost()
            return
        while self._connection.notifies:
            news = self._connection.notifies.pop()
            key = int(news.payload.split()[0])
            if news.channel == PEOPLE:
                self._ask_again(key)
            elif key in self._queues:
                self._start(self._deliver(key))

    def _ask_again(self, person: int) -> None:
        for queue in self._people.get(person, ()):
            queue.put_nowait(_ASK_AGAIN)

    def _lost(self) -> None:
        """Listen again as soon as the database is back, and send what was missed."""
        asyncio.get_running_loop().remove_reader(self._descriptor)
        self._connection.close()
        self._start(self._again_listening())

    async def _again_listening(self) -> None:
        while True:
            await asyncio.sleep(RECONNECT_SECONDS)
            with suppress(Exception):
                await self._listen()
                break
        for person in self._people:
            self._ask_again(person)
        for project in list(self._queues):
            await self._deliver(project)

    async def _deliver(self, project: int) -> None:
        """Tells all queues of a project; changes that come meanwhile are told in one more round."""
        if project in self._busy:
            self._again.add(project)
            return
        self._busy.add(project)
        try:
            self._again.add(project)
            while project in self._again and project in self._queues:
                self._again.discard(project)
                news = await self._read(project)
                if news and project in self._told and (news["changes"] or news["reload"]):
                    self._told[project] = news["revision"]
                    self._put(project, event(news))
        finally:
            self._busy.discard(project)

    async def _read(self, project: int) -> dict[str, Any] | None:
        """What is new, as soon as the database answers; None when nobody listens any more."""
        while (number := self._told.get(project)) is not None:
            try:
                news: dict[str, Any] = await self._run(_news, project, number)
            except Error:
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                return news
        return None

    def _put(self, project: int, data: bytes) -> None:
        """Queue an event; disconnect a browser that is too slow, which resumes by Last-Event-ID."""
        for queue in self._queues[project]:
            queue.put_nowait(data if queue.qsize() < WAITING_MOST else None)
        meters.events.inc(len(self._queues[project]))

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, _fresh, work, *arguments)


hub = Hub()


def event(news: dict[str, Any]) -> bytes:
    """Encode changes as one server-sent event whose id is the last change number."""
    data = json.dumps(news, ensure_ascii=False, separators=(",", ":"))
    return f"id: {news['revision']}\nevent: changes\ndata: {data}\n\n".encode()


async def stream(
    scope: Scope, receive: Receive, send: Send, *, handler: Handler, headers: Headers
) -> None:
    """Stream a project's changes to whom the page's view admits; its answer to everybody else.

    `headers` are added to those of the view.
    """
    admitted = await ask(scope, handler)
    if not isinstance(admitted, Admission):
        await refuse(admitted, send)
        return
    queue = Queue(0)
    if not await hub.join(admitted, queue):
        full = HttpResponse(status=429, headers={"Retry-After": str(FULL_SECONDS)})
        await refuse(full, send, headers=admitted.headers)
        return
    try:
        head = [*admitted.headers, *_HEADERS, *headers]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        missed = await hub.since(admitted.project, _since(scope))
        await _write(send, b"retry: 2000\n\n" + (missed or b""))
        gone = asyncio.ensure_future(disconnected(receive))
        try:
            with meters.streams.track_inprogress():
                await _relay(queue, send, gone, lambda: _is_still_admitted(scope, handler))
        finally:
            gone.cancel()
    finally:
        hub.leave(admitted, queue)


async def disconnected(receive: Receive) -> None:
    """End when the browser is gone; what it still sends means nothing."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _is_still_admitted(scope: Scope, handler: Handler) -> bool:
    return isinstance(await ask(scope, handler), Admission)


async def _relay(
    queue: Queue, send: Send, gone: asyncio.Future[None], may: Callable[[], Awaitable[bool]]
) -> None:
    ask_at = monotonic() + uniform(0, CHECK_SECONDS)  # noqa: S311 — not all streams at once
    while not gone.done():
        item = asyncio.ensure_future(queue.get())
        waiting: set[asyncio.Future[Any]] = {item, gone}
        done, _ = await asyncio.wait(
            waiting, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if item not in done:
            item.cancel()
        data = item.result() if item in done else _BEAT
        if data is None or gone in done:
            break
        if monotonic() >= ask_at or data == _ASK_AGAIN:
            if not await may():
                break
            ask_at = monotonic() + CHECK_SECONDS
        if data:
            await _write(send, data)
    with suppress(Exception):
        await send({"type": "http.response.body", "body": b""})


async def _write(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


def _since(scope: Scope) -> int:
    headers = dict(scope["headers"])
    query = parse_qs(scope["query_string"].decode("ascii", "ignore"))
    text = (
        headers.get(b"last-event-id", b"").decode("ascii", "ignore") or query.get("since", [""])[0]
    )
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


def _fresh(work: Callable[..., Any], *arguments: Any) -> Any:
    close_old_connections()
    return work(*arguments)


def _revision(project: int) -> int:
    found = Project.objects.filter(pk=project).values_list("revision", flat=True).first()
    return found or 0


def _news(project: int, number: int) -> dict[str, Any]:
    return changes_as_json(project, number, _revision(project))


def _connected() -> Any:
    """Open a connection that listens for notifications."""
    made = unpooled.connect()
    made.autocommit = True
    with made.cursor() as cursor:
        cursor.execute(f"LISTEN {PEOPLE}; LISTEN {CHANNEL}")
    return made
