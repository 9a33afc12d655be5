"""The same project alone in its database, and among 500 others and one of 10,000 × 50."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import cycle
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psutil
import psycopg2  # type: ignore[import-untyped]

from projects.domain.grid import Grid
from raci.database import address
from tests.bench import copies, disk, grids, site
from tests.bench.clients import Client, post
from tests.bench.figures import Figure, duration, run, say, slower
from tests.bench.rounds import Contender, by_round
from tests.bench.save_cell import SYMBOLS, session
from tests.bench.serving import Kind, Page, served

if TYPE_CHECKING:
    from projects.models import Project

COMPARED = """The real 別紙10 (648 × 16) alone in its database, against the same among 500
projects of its size with marks, history, 版 and companies and one of 10,000 × 50: two databases of
one server, each behind its own gunicorn, asked in turns over kept-alive connections. "first view":
the project changed just before. "cell": one saved edit. "list": the start page of a PMO person and
of a company's person with one project each, and the company's list of tasks. "another": one of the
500 instead of the first. The number of projects can be given as an argument."""
ROUNDS, REPEATS = 40, 2
MOST = 1.3
ALONE = "alone"
FEW, VISITS = 30, 300
OF_ANOTHER = ("page", "page, first view", "cell", "export")
Turns = dict[str, Contender]
Saving = Callable[[str], Callable[[], bytes]]


def measure() -> Iterator[Figure]:
    """Everything of Django's is imported late: the settings must find the temporary folder."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with site.opened(pages=True), ExitStack() as stack:
        _leave_the_queue()
        project, real = site.real_project()
        people = People(
            site.signed_in("manager"), site.signed_in("viewer"), site.signed_in("hoshu")
        )
        save = _saving(project)
        _set_apart()
        backup = disk.backup()
        before = disk.sizes()
        _timed(f"{count} copies", lambda: copies.make(project, count))
        site.analyse()
        disk.tell_copies(before, count)
        before = disk.sizes()
        _timed("10,000 × 50 with a 版", lambda: _large(real))
        disk.tell_copies(before, 1)
        site.analyse()
        many = stack.enter_context(served(Kind.SITE, project.slug))
        with _database(ALONE):
            alone = stack.enter_context(served(Kind.SITE, project.slug))
        among = _turns(many, project.slug, people, save, address.DATABASE)
        other = _turns(many, f"copy-{count // 2}", people, save, address.DATABASE)
        single = _turns(alone, project.slug, people, save, ALONE)
        yield from _compared(among, other, single)
        yield _memory(many, people, count)
        yield slower("cost, backup", disk.backup(), backup)
        disk.tell_edits(project, SYMBOLS)


@dataclass(frozen=True, slots=True)
class People:
    """The Cookie headers of a manager of all projects, and of a PMO and a company person of one."""

    manager: str
    viewer: str
    company: str


def _compared(among: Turns, other: Turns, single: Turns) -> Iterator[Figure]:
    """Ratios within each round, and of these the median: the machine is not always as fast."""
    turns: Turns = {}
    for name in among:
        turns |= {name: among[name], f"{ALONE} {name}": single[name]}
        if name in OF_ANOTHER:
            turns[f"{name}, another"] = other[name]
    by_round(turns, rounds=1)
    seconds = by_round(turns, rounds=ROUNDS)
    for name, ours in seconds.items():
        if name.startswith(ALONE):
            continue
        peer = seconds[f"{ALONE} {name.removesuffix(', another')}"]
        ratio = median(a / b for a, b in zip(ours, peer, strict=True))
        texts = duration(median(ours)), duration(median(peer))
        yield Figure(f"cost, {name}", *texts, ratio, at_most=MOST)


def _turns(port: int, slug: str, people: People, save: Saving, database: str) -> Turns:
    path = f"/projects/{slug}/"
    manager, viewer, company = (
        {"Cookie": cookie} for cookie in (people.manager, people.viewer, people.company)
    )
    touch = partial(_touch, _connected(database), slug)
    client = Client(port, save(slug), 200)
    return {
        "page": Page(port, path, manager).contender(repeats=REPEATS),
        "page, first view": Page(port, path, manager).contender(repeats=REPEATS, prepare=touch),
        "cell": Contender(client.once, client.connect, repeats=REPEATS * 4),
        "list, PMO": Page(port, "/", viewer).contender(repeats=REPEATS),
        "list, company": Page(port, "/", company).contender(repeats=REPEATS),
        "list, tasks": Page(port, "/tasks/", company).contender(repeats=REPEATS),
        "export": Page(port, f"{path}export.xlsx", manager).contender(),
    }


def _saving(project: Project) -> Saving:
    """By slug what makes the requests of an editor who sets one mark to and fro."""
    mark = project.assignments.select_related("item", "role").order_by("pk")[100]
    cookie, token = session("manager")
    headers = {"Cookie": cookie, "X-CSRFToken": token, "Content-Type": "application/json"}
    cell = {"item": mark.item.uid, "role": mark.role.name}
    (second,) = set(SYMBOLS) - {mark.symbol}

    def save(slug: str) -> Callable[[], bytes]:
        def request(before: str, after: str) -> bytes:
            operation = {**cell, "before": before, "after": after}
            body = json.dumps({"kind": "edit", "reason": "", "operations": [operation]})
            return post(f"/projects/{slug}/cells/", body.encode(), headers)

        requests = cycle([request(mark.symbol, second), request(second, mark.symbol)])
        return lambda: next(requests)

    return save


def _host() -> str:
    from django.conf import settings

    return str(settings.DATABASES["default"]["HOST"])


def _connected(database: str) -> Any:
    connection = psycopg2.connect(dbname=database, user=address.USER, host=_host())
    connection.autocommit = True
    return connection


def _leave_the_queue() -> None:
    """This process works on no jobs: it would keep connections to the database."""
    from raci.jobs import runner

    runner.leave_to_others()


def _set_apart() -> None:
    """The database as it is now, once more: with one project."""
    from django.db import connection

    connection.close()
    with closing(_connected("postgres")) as server, server.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {address.DATABASE} ALLOW_CONNECTIONS false")
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            [address.DATABASE],
        )
        cursor.execute(f"CREATE DATABASE {ALONE} TEMPLATE {address.DATABASE}")
        cursor.execute(f"ALTER DATABASE {address.DATABASE} ALLOW_CONNECTIONS true")
    with closing(_connected(ALONE)) as server, server.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _database(name: str) -> Iterator[None]:
    """What is started within uses that database of the same server."""
    os.environ["DATABASE_URL"] = f"postgresql://{address.USER}@{quote(_host(), safe='')}/{name}"
    try:
        yield
    finally:
        del os.environ["DATABASE_URL"]


def _touch(connection: Any, slug: str) -> None:
    with connection.cursor() as cursor:
        statement = "UPDATE projects_project SET revision = revision + 1 WHERE slug = %s"
        cursor.execute(statement, [slug])


def _large(real: Grid) -> None:
    from projects.store import editions

    project = site.project_of(grids.large(real), "large")
    day = date(2026, 4, 1)
    editions.publish(project, title="", date=day, revision=project.revision, by=None)


def _memory(port: int, people: People, count: int) -> Figure:
    """The workers after a person has looked at many projects, against after a few."""
    page = Page(port, "/projects/copy-1/", {"Cookie": people.manager})

    def visit(first: int, last: int) -> float:
        for number in range(first, last + 1):
            page.path = page.warm_path = f"/projects/copy-{number}/"
            page.connect()
        most: float = max(process.memory_info().rss for process in _workers(port))
        return most / 2**20

    few, many = visit(1, min(FEW, count)), visit(1, min(VISITS, count))
    name = f"cost, memory of a worker, {VISITS} projects / {FEW}"
    return Figure(name, f"{many:,.0f} MiB", f"{few:,.0f} MiB", many / few, at_most=MOST)


def _workers(port: int) -> list[Any]:
    """The processes of the server that listens there, without itself."""
    for server in psutil.Process().children():
        if any(one.laddr.port == port for one in server.net_connections()):
            return list(server.children(recursive=True))
    raise RuntimeError(f"nobody listens on {port}")


def _timed(name: str, act: Callable[[], object]) -> None:
    start = time.perf_counter()
    act()
    say(f"{name}: {duration(time.perf_counter() - start)}")


if __name__ == "__main__":
    run(measure, COMPARED)
