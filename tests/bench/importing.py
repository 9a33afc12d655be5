"""The import of the real document with the database, against reading it without."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from tests.bench import site
from tests.bench.figures import Figure, run, slower
from tests.bench.rounds import Contender, medians

COMPARED = """importing.create of besshi10.md (parse, plan, rules, database with history, commit),
and importing it again into the same project (empty plan), against importing.read alone; all in
one process."""
ROUNDS = 15
MOST_OF_PARSE = 3


def measure() -> Iterator[Figure]:
    with site.opened():
        seconds = medians(_contenders(), rounds=ROUNDS)
        for name in ("create", "again"):
            ours, parse = seconds[name], seconds["parse"]
            yield slower(f"import, {name} / bare parse", ours, parse, at_most=MOST_OF_PARSE)


def _contenders() -> dict[str, Contender]:
    from projects import importing, store
    from raci import demo

    source, places = demo.source(), count()
    known = importing.create(source, slug="known", by=None)

    def create() -> None:
        importing.create(source, slug=f"new-{next(places)}", by=None)

    def again() -> None:
        plan = importing.propose(source, known).plan
        if not plan.is_empty:
            raise RuntimeError("importing again would change something")
        store.apply(plan, project=known, by=None, kind=store.Kind.IMPORT)

    return {
        "parse": Contender(lambda: importing.read(source)),
        "create": Contender(create),
        "again": Contender(again),
    }


if __name__ == "__main__":
    run(measure, COMPARED)
