"""The whole matrix page at 10,000 × 50, against the admin and against itself at 648 × 16."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from tests.bench import grids, site
from tests.bench.figures import Figure, milliseconds, per_cell, run, say
from tests.bench.rounds import Contender, medians
from tests.bench.same_cells import check
from tests.bench.serving import Kind, Page, served

COMPARED = """The matrix page at 10,000 × 50 (500,000 cells, about 15 % marked) from gunicorn over
loopback, signed in, uncompressed, no If-None-Match: against the admin's changelist with all the
same cells, and its cost per cell against that of the page at 648 × 16."""
ROUNDS, ADMIN_ROUNDS = 7, 3
LEAST_OF_ADMIN, MOST_PER_CELL = 60, 1.2
LARGE = "large"


def measure() -> Iterator[Figure]:
    with site.opened(pages=True), ExitStack() as stack:
        project, real = site.real_project()
        large = grids.large(real)
        site.project_of(large, LARGE)
        site.analyse()
        ours = stack.enter_context(served(Kind.SITE, LARGE))
        peers = stack.enter_context(served(Kind.PEERS, LARGE))
        manager, admin = ({"Cookie": site.signed_in(name)} for name in ("manager", "admin"))
        pages = {
            "small": Page(ours, f"/projects/{project.slug}/", manager),
            "large": Page(ours, f"/projects/{LARGE}/", manager),
            "admin": Page(peers, "/admin/projects/workitem/", admin, warm_path="/admin/"),
        }
        for name, page in pages.items():
            body = page.get()
            check(body, real if name == "small" else large)
            say(f"{name}: {len(body):,} bytes")
        yield from _figures(pages, grids.cells(real), grids.cells(large))


def _figures(pages: dict[str, Page], small: int, large: int) -> Iterator[Figure]:
    ours = {name: pages[name].contender(repeats=5) for name in ("small", "large")}
    own = medians(ours, rounds=ROUNDS)
    yield Figure(
        "page_large / cost per cell at 648 × 16",
        per_cell(own["large"], large),
        per_cell(own["small"], small),
        own["large"] / large / (own["small"] / small),
        at_most=MOST_PER_CELL,
    )
    admin = Contender(pages["admin"].get, pages["admin"].connect)
    both = medians({"large": ours["large"], "admin": admin}, rounds=ADMIN_ROUNDS)
    yield Figure(
        "page_large / admin",
        milliseconds(both["large"]),
        milliseconds(both["admin"]),
        both["admin"] / both["large"],
        at_least=LEAST_OF_ADMIN,
    )


if __name__ == "__main__":
    run(measure, COMPARED)
