"""The whole matrix page of the real 別紙10 over HTTP, signed in and uncompressed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from projects.grid import Grid
from tests.bench import site
from tests.bench.figures import Figure, milliseconds, run, say
from tests.bench.rounds import medians
from tests.bench.same_cells import check, check_size
from tests.bench.serving import Kind, Page, served

COMPARED = """The matrix page (648 × 16) from gunicorn over a kept-alive loopback connection,
signed in, Accept-Encoding: identity, no If-None-Match, against the same cells from a bare
psycopg2 view, the admin's changelist and django-tables2 on the same server settings."""
ROUNDS, REPEATS = 9, 5
MOST_OF_BARE, LEAST_OF_ADMIN, LEAST_OF_TABLE = 2, 30, 60


def measure() -> Iterator[Figure]:
    with site.opened(pages=True), ExitStack() as stack:
        project, grid = site.real_project()
        site.analyse()
        pages = _pages(stack, project.slug)
        _check(pages, grid)
        quick = ("ours", "bare")
        turns = {
            name: page.contender(repeats=REPEATS if name in quick else 1)
            for name, page in pages.items()
        }
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
    ours = seconds["ours"]

    def against(name: str, peer: str, value: float, **wanted: float) -> Figure:
        return Figure(
            f"page / {name}", milliseconds(ours), milliseconds(seconds[peer]), value, **wanted
        )

    yield against("bare view", "bare", ours / seconds["bare"], at_most=MOST_OF_BARE)
    yield against("admin", "admin", seconds["admin"] / ours, at_least=LEAST_OF_ADMIN)
    yield against("django-tables2", "table", seconds["table"] / ours, at_least=LEAST_OF_TABLE)
    yield against("django-tables2, lean template", "lean", seconds["lean"] / ours)


if __name__ == "__main__":
    run(measure, COMPARED)
