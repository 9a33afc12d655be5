"""All benchmarks in turn, each in a process of its own, and one table of their figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.figures import RESULTS_FILE, Figure, machine, say, table

PAGES = ("page", "page_large", "page_size", "not_modified")
EDITING = ("save_cell", "streams", "editing", "together")
FILES = ("reading", "preview", "comparing", "bulk", "import_memory")
NAMES = (
    *PAGES,
    *EDITING,
    "load",
    "importing",
    "export",
    *FILES,
    "vendors",
    "workload",
    "checks",
    "cost",
    "prepared_query",
)


def main() -> None:
    say(f"{machine()}\n")
    figures = [figure for name in NAMES for figure in _figures(name)]
    say(f"\n{table(figures)}")
    sys.exit(any(figure.is_missed for figure in figures))


def _figures(name: str) -> list[Figure]:
    say(f"== {name}")
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "figures.json")
        environment = {**os.environ, RESULTS_FILE: str(results)}
        command = [sys.executable, "-m", f"tests.bench.{name}"]
        subprocess.run(command, env=environment, check=False)
        return [Figure(**values) for values in json.loads(results.read_text())]


if __name__ == "__main__":
    main()
