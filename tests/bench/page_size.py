"""How many bytes of the matrix page travel to a browser."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace

from tests.bench import site
from tests.bench.figures import Figure, run
from tests.bench.same_cells import check
from tests.bench.serving import Kind, Page, served

COMPARED = """The body of the matrix page (648 × 16) as served with Accept-Encoding: gzip,
against the same page uncompressed. What is wanted is a size, not a ratio."""
MOST_KILOBYTES = 50


def measure() -> Iterator[Figure]:
    with site.opened(pages=True):
        project, grid = site.real_project()
        with served(Kind.SITE, project.slug) as port:
            cookie = {"Cookie": site.signed_in("manager")}
            plain = Page(port, f"/projects/{project.slug}/", cookie)
            packed = replace(plain, headers={**cookie, "Accept-Encoding": "gzip"})
            body, whole = packed.get(), plain.get()
        check(gzip.decompress(body), grid)
        yield Figure(
            "page_size",
            f"{len(body) / 1e3:.1f} kB",
            f"{len(whole) / 1e3:.1f} kB",
            len(body) / 1e3,
            at_most=MOST_KILOBYTES,
            unit="kB",
        )


if __name__ == "__main__":
    run(measure, COMPARED)
