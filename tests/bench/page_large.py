"""The whole matrix page at 10,000 × 50, against the admin and against itself at 648 × 16."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from tests.bench import grids, site
from tests.bench.figures import Figure, faster, per_cell, run, say
from tests.bench.rounds import Contender, medians
from tests.bench.same_cells import check
from tests.bench.serving import Kind, Page, served

if TYPE_CHECKING:
    from projects.models import Project

COMPARED = """The matrix page at 10,000 × 50 (500,000 cells, about 15 % marked) from gunicorn over
loopback, signed in, uncompressed, no If-None-Match: against the admin's changelist with all the
same cells, and its cost per cell against that of the page at 648 × 16. "first view": the project
changed just before every request, so nothing kept could serve it."""
ROUNDS, ADMIN_ROUNDS, REPEATS = 7, 3, 5
LEAST_OF_ADMIN, MOST_PER_CELL = 60, 1.2
LARGE = "large"


def measure() -> Iterator[Figure]:
    with site.opened(pages=True), ExitStack() as stack:
        project, real = site.real_project()
        large = grids.large(real)
        project_large = site.project_of(large, LARGE)
        site.analyse()
        pages = _pages(stack, project.slug)
        for name, page in pages.items():
            body = page.get()
            check(body, real if name == "small" else large)
            say(f"{name}: {len(body):,} bytes")
        turns = {
            "small": pages["small"].contender(repeats=REPEATS),
            "large": pages["large"].contender(repeats=REPEATS),
            "small, first view": _first(pages["small"], project),
            "large, first view": _first(pages["large"], project_large),
        }
        cells = {"small": grids.cells(real), "large": grids.cells(large)}
        yield from _own(medians(turns, rounds=ROUNDS), cells)
        del turns["small"], turns["small, first view"]
        turns["admin"] = pages["admin"].contender()
        seconds = medians(turns, rounds=ADMIN_ROUNDS)
        admin = seconds["admin"]
        yield faster("page_large / admin", seconds["large"], admin, at_least=LEAST_OF_ADMIN)
        first = seconds["large, first view"]
        yield faster("page_large, first view / admin", first, admin, at_least=LEAST_OF_ADMIN)


def _pages(stack: ExitStack, slug: str) -> dict[str, Page]:
    ours = stack.enter_context(served(Kind.SITE, LARGE))
    peers = stack.enter_context(served(Kind.PEERS, LARGE))
    manager, admin = ({"Cookie": site.signed_in(name)} for name in ("manager", "admin"))
    return {
        "small": Page(ours, f"/projects/{slug}/", manager),
        "large": Page(ours, f"/projects/{LARGE}/", manager),
        "admin": Page(peers, "/admin/projects/workitem/", admin, warm_path="/admin/"),
    }


def _first(page: Page, project: Project) -> Contender:
    return page.contender(repeats=REPEATS, prepare=partial(site.touch, project))


def _own(seconds: dict[str, float], cells: dict[str, int]) -> Iterator[Figure]:
    for view in ("", ", first view"):
        small = seconds[f"small{view}"] / cells["small"]
        large = seconds[f"large{view}"] / cells["large"]
        yield Figure(
            f"page_large{view} / cost per cell at 648 × 16",
            per_cell(large),
            per_cell(small),
            large / small,
            at_most=MOST_PER_CELL,
        )


if __name__ == "__main__":
    run(measure, COMPARED)
