"""50 people make 200 edits each on twelve cells, at once, through `projects.store.cells.save`."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from unittest.mock import patch

from tests.bench import site
from tests.bench.figures import Figure, duration, run

COMPARED = """50 people × 200 edits of one to three of 12 cells, each in a thread with a connection
of its own; half of the edits come from a page out of date. Lost: answered «saved», but neither in
the table nor replaced by somebody who had seen it. The history is replayed in two ways and
compared with the table cell by cell. A deadlock would end the benchmark with its error."""
PEOPLE, EDITS, EDITS_UNCHECKED = 50, 200, 20


def measure() -> Iterator[Figure]:
    with site.opened():
        yield from _checked()
        stands = patch("projects.store.cells.stands", return_value=True)
        with stands, patch("projects.store.cells.save_one", return_value=None):
            yield from _unchecked()


def _checked() -> Iterator[Figure]:
    from tests.support import concurrent_edits

    project = concurrent_edits.project_of(PEOPLE, "together")
    start = perf_counter()
    played = concurrent_edits.play(project, people=PEOPLE, edits=EDITS)
    seconds = perf_counter() - start
    table = concurrent_edits.table_of(project)
    saved, conflicts = f"{len(played.done):,} saved", f"{played.conflicts:,} conflicts"
    lost = len(played.lost(table))
    yield Figure("together, lost updates", saved, conflicts, lost, at_most=0, unit="lost")
    for name, told in (
        ("past.at", concurrent_edits.past_of(project)),
        ("events in order", concurrent_edits.replayed(project)),
    ):
        wrong = sum(told[cell] != mark for cell, mark in table.items())
        cells = f"{len(table)} cells"
        yield Figure(f"together, {name} / table", cells, "", wrong, at_most=0, unit="differ")
    per_edit = PEOPLE * EDITS / seconds
    yield Figure("together", duration(seconds), "", per_edit, unit="edits/s")


def _unchecked() -> Iterator[Figure]:
    from tests.support import concurrent_edits as collisions

    project = collisions.project_of(PEOPLE, "unchecked")
    played = collisions.play(project, people=PEOPLE, edits=EDITS_UNCHECKED)
    lost = len(played.lost(collisions.table_of(project)))
    saved = f"{len(played.done):,} saved"
    name = "together, lost without the conflict check"
    yield Figure(name, saved, "", lost, at_least=1, unit="lost")


if __name__ == "__main__":
    run(measure, COMPARED)
