"""One saved cell over HTTP, 20 clients at once, against the admin and one bare upsert."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.bench import peer_upsert, site
from tests.bench.clients import Client, Turn, load, post
from tests.bench.figures import Figure, run, say
from tests.bench.serving import Kind, served

if TYPE_CHECKING:
    from projects.models import Assignment, Project

COMPARED = """One cell saved over HTTP by each of 20 clients at once on kept-alive connections, all
in one project, each changing its own cell with every request. Ours: session, CSRF, access,
conflict check, history. The admin: its ordinary change form of the same mark, with the same
triggers underneath. Bare: plain WSGI and one psycopg2 upsert into the same table; "no triggers"
into a table that keeps no history. The peers run under gunicorn with 2 × 4 threads."""
CLIENTS, ROUNDS, SECONDS = 20, 5, 3.0
LEAST_OF_ADMIN, MOST_OF_P99, MOST_OF_BARE = 4, 0.4, 2.5
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
SYMBOLS = ("◎", "○")
Maker = Callable[["Assignment"], Callable[[], bytes]]


def measure() -> Iterator[Figure]:
    with site.opened(pages=True), ExitStack() as stack:
        project, _ = site.real_project()
        _create_plain()
        site.analyse()
        loads = _loads(stack, project)
        turns: dict[str, list[Turn]] = {name: [] for name in loads}
        for turn in range(ROUNDS + 1):
            for name, clients in loads.items():
                found = _turn(project, clients, changes=name != "plain")
                turns[name] += [found] if turn else []
        yield from _figures(turns)


def _loads(stack: ExitStack, project: Project) -> dict[str, list[Client]]:
    own, bare, peers = (stack.enter_context(served(kind, project.slug)) for kind in Kind)
    rows = project.assignments.select_related("item", "role").order_by("pk")
    marks = list(rows[: 4 * CLIENTS])
    shares = [marks[at : at + CLIENTS] for at in range(0, 4 * CLIENTS, CLIENTS)]
    return {
        "ours": _clients(own, shares[0], ours(project), 200),
        "admin": _clients(peers, shares[1], _admin, 302),
        "bare": _clients(bare, shares[2], _bare("/marks"), 200),
        "plain": _clients(bare, shares[3], _bare("/plain"), 200),
    }


def _clients(port: int, marks: Sequence[Assignment], maker: Maker, status: int) -> list[Client]:
    return [Client(port, maker(mark), status) for mark in marks]


def _turn(project: Project, clients: Sequence[Client], *, changes: bool) -> Turn:
    """One turn; every answer must stand for one change of the project."""
    project.refresh_from_db()
    before = project.revision
    turn = load(clients, seconds=SECONDS)
    project.refresh_from_db()
    if changes and project.revision - before != len(turn.waits):
        raise RuntimeError(f"{len(turn.waits)} answers, {project.revision - before} changes")
    return turn


def ours(project: Project) -> Maker:
    """What makes a client's requests: each sets one mark of the project to its other symbol."""
    path = f"/projects/{project.slug}/cells/"

    def maker(mark: Assignment) -> Callable[[], bytes]:
        cookie, token = session("manager")
        headers = {"Cookie": cookie, "X-CSRFToken": token, "Content-Type": "application/json"}
        cell = {"item": mark.item.uid, "role": mark.role.name}

        def body(before: str, after: str) -> bytes:
            operation = {**cell, "before": before, "after": after}
            return json.dumps({"kind": "edit", "reason": "", "operations": [operation]}).encode()

        return _alternating(mark, lambda *change: post(path, body(*change), headers))

    return maker


def _admin(mark: Assignment) -> Callable[[], bytes]:
    cookie, token = session("admin")
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    path = f"/admin/projects/assignment/{mark.pk}/change/"
    fields = {
        "csrfmiddlewaretoken": token,
        "project": mark.project_id,
        "item": mark.item_id,
        "role": mark.role_id,
        "_save": "Save",
    }
    return _alternating(
        mark, lambda _, after: post(path, urlencode({**fields, "symbol": after}).encode(), headers)
    )


def _bare(path: str) -> Maker:
    def maker(mark: Assignment) -> Callable[[], bytes]:
        cell = {"project": mark.project_id, "item": mark.item_id, "role": mark.role_id}
        return _alternating(
            mark, lambda _, after: post(path, json.dumps({**cell, "symbol": after}).encode(), {})
        )

    return maker


def _alternating(mark: Assignment, make: Callable[[str, str], bytes]) -> Callable[[], bytes]:
    """The requests that set the mark to the other symbol, again and again."""
    first = mark.symbol
    (second,) = set(SYMBOLS) - {first}
    requests = cycle([make(first, second), make(second, first)])
    return lambda: next(requests)


def session(username: str) -> tuple[str, str]:
    """Cookie header and CSRF token of a new session."""
    from django.contrib.auth.models import User
    from django.test import Client as Browser

    browser = Browser(headers={"host": "localhost"})
    browser.force_login(User.objects.get(username=username))
    found = _TOKEN.search(browser.get("/password/").content)
    assert found is not None
    return f"sessionid={browser.cookies['sessionid'].value}", found[1].decode()


def _create_plain() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(peer_upsert.CREATE_PLAIN)


def _figures(turns: dict[str, list[Turn]]) -> Iterator[Figure]:
    rates = {name: median(turn.per_second for turn in found) for name, found in turns.items()}
    ends = {
        name: quantiles((wait for turn in found for wait in turn.waits), n=100)[98]
        for name, found in turns.items()
    }
    for name, rate in rates.items():
        say(f"{name}: {rate:,.0f} requests a second, p99 {ends[name] * 1e3:,.0f} ms")
    ours, admin = rates["ours"], rates["admin"]
    yield Figure(
        "save_cell / admin", _rate(ours), _rate(admin), ours / admin, at_least=LEAST_OF_ADMIN
    )
    yield Figure(
        "save_cell, p99 / admin",
        f"{ends['ours'] * 1e3:,.0f} ms",
        f"{ends['admin'] * 1e3:,.0f} ms",
        ends["ours"] / ends["admin"],
        at_most=MOST_OF_P99,
    )
    bare, plain = rates["bare"], rates["plain"]
    name = "save_cell, times slower than a bare upsert"
    yield Figure(name, _rate(ours), _rate(bare), bare / ours, at_most=MOST_OF_BARE)
    yield Figure(f"{name}, no triggers", _rate(ours), _rate(plain), plain / ours)


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f} /s"


if __name__ == "__main__":
    run(measure, COMPARED)
