"""200 open pages: how fast a saved change reaches all of them, and what that costs the server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from functools import partial
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

import psutil

from tests.bench import save_cell, site
from tests.bench.clients import Client
from tests.bench.figures import Figure, duration, run
from tests.bench.serving import HOST, Kind, served

if TYPE_CHECKING:
    from projects.models import Project

COMPARED = """200 open event streams of one project, one change a second saved over HTTP. The time
from the request's first byte to the event at each page, and the CPU time of all processes of the
server, saving and the regular checks of access included. Limits, not ratios."""
PAGES, WARM_UP, SECONDS = 200, 3, 65
PATIENCE_SECONDS = 60
MOST_SECONDS, MOST_PERCENT = 0.1, 5
_OVERLAP = 100
_EVENT = re.compile(rb"id: (\d+)\nevent: changes")


class _Page(asyncio.Protocol):
    """One open stream; `seen` says when which revision came."""

    def __init__(self, request: bytes) -> None:
        self._request, self._rest = request, b""
        self.seen: dict[int, float] = {}
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = perf_counter()
        self._rest += data
        if not self.is_open.done():
            self._open()
            return
        for event in _EVENT.finditer(self._rest):
            self.seen.setdefault(int(event[1]), now)
        self._rest = self._rest[-_OVERLAP:]

    def when(self, revision: int) -> float:
        """When that change was there; one event may tell of several."""
        return min(at for number, at in self.seen.items() if number >= revision)

    def _open(self) -> None:
        if not self._rest.startswith(b"HTTP/1.1 200 "):
            self.is_open.set_exception(RuntimeError(self._rest[:200].decode(errors="replace")))
        elif b"retry:" in self._rest:
            self.is_open.set_result(None)


def measure() -> Iterator[Figure]:
    with site.opened(pages=True):
        project, _ = site.real_project()
        site.analyse()
        with served(Kind.SITE, project.slug) as port:
            saver = _saver(port, project)
            requests = [_request(project) for _ in range(PAGES)]
            waits, seconds, cpu = asyncio.run(_run(port, requests, saver, project.revision))
        yield from _figures(waits, seconds, cpu)


async def _run(
    port: int, requests: Sequence[bytes], saver: Client, revision: int
) -> tuple[list[list[float]], float, float]:
    """Of each change the seconds to every page; how long it all took; the server's CPU seconds."""
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(partial(_Page, request), HOST, port + 1)
        for request in requests
    ]
    pages = [page for _, page in opened]
    await asyncio.wait_for(asyncio.gather(*(page.is_open for page in pages)), PATIENCE_SECONDS)
    await _changes(saver, WARM_UP)
    start, before = perf_counter(), _cpu()
    sent = await _changes(saver, SECONDS)
    seconds, cpu = perf_counter() - start, _cpu() - before
    revisions = range(revision + WARM_UP + 1, revision + WARM_UP + SECONDS + 1)
    for transport, _ in opened:
        transport.close()
    waits = [
        [page.when(number) - at for page in pages]
        for number, at in zip(revisions, sent, strict=True)
    ]
    return waits, seconds, cpu


async def _changes(saver: Client, count: int) -> list[float]:
    """One change a second; gives when each was sent."""
    sent = []
    for _ in range(count):
        begin = perf_counter()
        sent.append(begin)
        await asyncio.to_thread(saver.once)
        await asyncio.sleep(max(0, begin + 1 - perf_counter()))
    return sent


def _saver(port: int, project: Project) -> Client:
    mark = project.assignments.select_related("item", "role").order_by("pk")[0]
    client = Client(port, save_cell.ours(project)(mark), 200)
    client.connect()
    return client


def _request(project: Project) -> bytes:
    cookie, _ = save_cell.session("manager")
    path = f"/projects/{project.slug}/events/?since={project.revision}"
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()


def _cpu() -> float:
    """The seconds that the server's master and workers have computed so far."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        if {"tests.bench.serving", "raci events"} & set(process.cmdline()):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _figures(waits: list[list[float]], seconds: float, cpu: float) -> Iterator[Figure]:
    every = [wait for change in waits for wait in change]
    p95 = quantiles(every, n=20)[18]
    yield Figure(
        f"streams, {PAGES} pages, p95",
        duration(median(every)),
        "",
        p95 * 1e3,
        at_most=MOST_SECONDS * 1e3,
        unit="ms",
    )
    last = quantiles((max(change) for change in waits), n=20)[18]
    yield Figure("streams, the last page, p95", "", "", last * 1e3, unit="ms")
    percent = cpu / seconds * 100
    name = "streams, CPU of one core"
    yield Figure(name, duration(cpu / SECONDS), "", percent, at_most=MOST_PERCENT, unit="%")


if __name__ == "__main__":
    run(measure, COMPARED)
