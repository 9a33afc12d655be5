"""Companies read their lists while the PMO edits: many people, each at a person's pace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from statistics import median, quantiles
from threading import Lock
from time import perf_counter, sleep
from typing import TYPE_CHECKING

from tests.bench import save_cell, site
from tests.bench.clients import Client
from tests.bench.figures import Figure, duration
from tests.bench.serving import Kind, served

if TYPE_CHECKING:
    from projects.models import Project

PEOPLE_EACH, EDITORS = 20, 20
READ_EVERY, EDIT_EVERY, SECONDS = 60.0, 5.0, 60.0
UNLOADED, AT_ONCE = 40, 64
MOST_TIMES = 5


class Person:
    """Somebody who asks for the same again and again, one request at a time."""

    def __init__(self, client: Client, every: float, begins: float) -> None:
        self._client, self.every, self.begins = client, every, begins
        self._busy = Lock()

    def wants(self) -> Iterator[float]:
        """When, in seconds from the start."""
        at = self.begins
        while at < SECONDS:
            yield at
            at += self.every

    def ask(self, since: float) -> float:
        """The seconds from when it was wanted to the whole answer."""
        with self._busy:
            self._client.connect()  # nobody keeps one for a minute
            self._client.once()
        return perf_counter() - since


def figures(project: Project) -> Iterator[Figure]:
    """The waits of readers while others edit, against those of one reader alone."""
    names = _companies(project)
    with served(Kind.SITE, project.slug) as port:
        readers = [
            Person(_reader(port, name), READ_EVERY, place * READ_EVERY / len(names))
            for place, name in enumerate(names)
        ]
        alone = [readers[place % 4].ask(perf_counter()) for place in range(UNLOADED)]
        waits, edits = _play(readers, _editors(port, project))
    p95 = quantiles(waits, n=20)[18]
    usual = median(alone[4:])
    name = f"vendors, {len(names)} readers, {EDITORS} editors: p95 / alone"
    yield Figure(name, duration(p95), duration(usual), p95 / usual, at_most=MOST_TIMES)
    yield Figure("vendors, the cells saved meanwhile: p95", "", "", _p95(edits) * 1e3, unit="ms")


def _p95(waits: Sequence[float]) -> float:
    return quantiles(waits, n=20)[18]


def _play(readers: Sequence[Person], editors: Sequence[Person]) -> tuple[list[float], list[float]]:
    """The waits of readers and editors. Raises what any of them was answered wrongly."""
    everybody = [*readers, *editors]
    wanted = sorted((at, place) for place, person in enumerate(everybody) for at in person.wants())
    found: list[tuple[int, Future[float]]] = []
    start = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for at, place in wanted:
            sleep(max(0.0, start + at - perf_counter()))
            found.append((place, pool.submit(everybody[place].ask, start + at)))
    waits = [part.result() for place, part in found if place < len(readers)]
    return waits, [part.result() for place, part in found if place >= len(readers)]


def _companies(project: Project) -> list[str]:
    """The names of the people of a company for each column; the matrix published."""
    from datetime import date

    from django.contrib.auth.models import User

    from projects.store import editions
    from vendors.models import Contract, Member, Vendor

    project.refresh_from_db()
    if editions.latest(project) is None:
        editions.publish(
            project, title="", date=date(2026, 4, 1), revision=project.revision, by=None
        )
    names = []
    for place, role in enumerate(project.roles.order_by("position")):
        vendor = Vendor.objects.create(name=f"計測{place}")
        Contract.objects.create(vendor=vendor, project=project, role=role)
        for number in range(PEOPLE_EACH):
            user = User.objects.create_user(f"reader-{place}-{number}")
            Member.objects.create(vendor=vendor, user=user)
            names.append(user.username)
    return names


def _reader(port: int, name: str) -> Client:
    lines = ("GET /tasks/ HTTP/1.1", "Host: localhost", f"Cookie: {site.signed_in(name)}")
    request = "\r\n".join([*lines, "", ""]).encode()
    return Client(port, lambda: request, 200)


def _editors(port: int, project: Project) -> list[Person]:
    marks = project.assignments.select_related("item", "role").order_by("pk")[:EDITORS]
    make = save_cell.ours(project)
    return [
        Person(Client(port, make(mark), 200), EDIT_EVERY, place * EDIT_EVERY / EDITORS)
        for place, mark in enumerate(marks)
    ]
