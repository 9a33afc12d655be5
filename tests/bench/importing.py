"""The import of the real document with the database, against reading it without."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import count

from tests.bench import site
from tests.bench.figures import Figure, run, slower
from tests.bench.rounds import Contender, medians

COMPARED = """The command import_matrix of besshi10.md into an empty project (parse, plan, rules,
database with history, commit) against the same command with --dry-run, each as a process. And in
one process: importing.create, and importing again into the same project (empty plan), against
importing.read alone, without the start of Python and Django."""
ROUNDS, COMMAND_ROUNDS = 15, 5
MOST_OF_PARSE = 3


def measure() -> Iterator[Figure]:
    with site.opened():
        seconds = medians(_commands(), rounds=COMMAND_ROUNDS)
        yield slower("import_matrix / its dry run", seconds["create"], seconds["dry"])
        seconds = medians(_contenders(), rounds=ROUNDS)
        again, create, parse = (seconds[name] for name in ("again", "create", "parse"))
        yield slower("import again / parse, in process", again, parse, at_most=MOST_OF_PARSE)
        yield slower("import / parse, in process", create, parse, at_most=MOST_OF_PARSE)


def _commands() -> dict[str, Contender]:
    from django.conf import settings

    folder, places = settings.BASE_DIR / "fixtures", count()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_matrix"]
    command += [str(folder / "besshi10.md"), "--roles", str(folder / "roles.csv")]
    command += ["--columns", str(folder / "columns.csv"), "--project"]

    def run_with(*more: str) -> None:
        slug = f"command-{next(places)}"
        subprocess.run([*command, slug, *more], check=True, capture_output=True)

    return {
        "dry": Contender(lambda: run_with("--dry-run")),
        "create": Contender(lambda: run_with("--create")),
    }


def _contenders() -> dict[str, Contender]:
    from projects import store
    from projects.imports import proposal
    from vendors import demo

    source, places = demo.source(), count()
    known = proposal.create(source, slug="known", by=None)
    site.analyse()

    def create() -> None:
        proposal.create(source, slug=f"new-{next(places)}", by=None)

    def again() -> None:
        plan = proposal.propose(source, known, trusted=True).plan
        if not plan.is_empty:
            raise RuntimeError("importing again would change something")
        store.apply(plan, project=known, by=None, kind=store.Kind.IMPORT)

    return {
        "parse": Contender(lambda: proposal.read(source)),
        "create": Contender(create),
        "again": Contender(again),
    }


if __name__ == "__main__":
    run(measure, COMPARED)
