"""What the matrix page costs when the browser has it already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.bench import site
from tests.bench.figures import Figure, run, slower
from tests.bench.rounds import medians
from tests.bench.serving import Kind, Page, served

COMPARED = """The matrix page (648 × 16) answered 304 to its own ETag, against the same page
answered 200, both over a kept-alive loopback connection, signed in and uncompressed."""
ROUNDS, REPEATS = 15, 5


def measure() -> Iterator[Figure]:
    with site.opened(pages=True):
        project, _ = site.real_project()
        site.analyse()
        with served(Kind.SITE, project.slug) as port:
            cookie = {"Cookie": site.signed_in("manager")}
            whole = Page(port, f"/projects/{project.slug}/", cookie)
            known = replace(whole, headers={**cookie, "If-None-Match": whole.etag()})
            turns = {
                "304": known.contender(repeats=REPEATS),
                "200": whole.contender(repeats=REPEATS),
            }
            seconds = medians(turns, rounds=ROUNDS)
        answer, whole_page = seconds["304"], seconds["200"]
        yield slower("not_modified / 200", answer, whole_page)


if __name__ == "__main__":
    run(measure, COMPARED)
