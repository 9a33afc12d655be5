"""The whole matrix page of the real 別紙10 over HTTP, signed in and uncompressed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from projects.domain.grid import Grid
from tests.bench import site
from tests.bench.figures import Figure, faster, run, say, slower
from tests.bench.rounds import medians
from tests.bench.same_cells import check, check_size
from tests.bench.serving import Kind, Page, served

COMPARED = """The matrix page (648 × 16) from gunicorn over a kept-alive loopback connection,
signed in, Accept-Encoding: identity, no If-None-Match, against the same cells from a bare
psycopg2 view, the admin's changelist and django-tables2 on the same server settings.
"first view": the project changed just before every request, so nothing kept could serve it."""
ROUNDS, REPEATS = 9, 5
MOST_OF_BARE, LEAST_OF_ADMIN, LEAST_OF_TABLE = 2, 30, 60


def measure() -> Iterator[Figure]:
    with site.opened(pages=True), ExitStack() as stack:
        project, grid = site.real_project()
        site.analyse()
        pages = _pages(stack, project.slug)
        _check(pages, grid)
        turns = {name: page.contender() for name, page in pages.items()}
        for name in ("ours", "bare"):
            turns[name] = pages[name].contender(repeats=REPEATS)
        touch = partial(site.touch, project)
        turns["first"] = pages["ours"].contender(repeats=REPEATS, prepare=touch)
        yield from _figures(medians(turns, rounds=ROUNDS))


def _pages(stack: ExitStack, slug: str) -> dict[str, Page]:
    ours, bare, peers = (stack.enter_context(served(kind, slug)) for kind in Kind)
    admin = {"Cookie": site.signed_in("admin")}
    return {
        "ours": Page(ours, f"/projects/{slug}/", {"Cookie": site.signed_in("manager")}),
        "bare": Page(bare, "/"),
        "admin": Page(peers, "/admin/projects/workitem/", admin),
        "table": Page(peers, "/table/", admin),
        "lean": Page(peers, "/table/?lean", admin),
    }


def _check(pages: dict[str, Page], grid: Grid) -> None:
    bodies = {name: page.get() for name, page in pages.items()}
    for name, body in bodies.items():
        check(body, grid)
        say(f"{name}: {len(body):,} bytes")
    check_size(bodies["ours"], bodies["bare"])


def _figures(seconds: dict[str, float]) -> Iterator[Figure]:
    page, bare, admin, table = (seconds[name] for name in ("ours", "bare", "admin", "table"))
    yield slower("page / bare view", page, bare, at_most=MOST_OF_BARE)
    yield faster("page / admin", page, admin, at_least=LEAST_OF_ADMIN)
    yield faster("page / django-tables2", page, table, at_least=LEAST_OF_TABLE)
    yield faster("page / django-tables2, leanest template", page, seconds["lean"])
    first = seconds["first"]
    yield slower("page, first view / bare view", first, bare, at_most=MOST_OF_BARE)
    yield faster("page, first view / admin", first, admin, at_least=LEAST_OF_ADMIN)
    yield faster("page, first view / django-tables2", first, table, at_least=LEAST_OF_TABLE)


if __name__ == "__main__":
    run(measure, COMPARED)
