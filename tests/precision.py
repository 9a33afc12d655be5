"""How many findings on the real document a careful person calls right, by code.

.venv/bin/python -m tests.precision            the table from the labels
.venv/bin/python -m tests.precision --sample   the sample to label, as the head of the CSV

The sample is seeded: every finding of a code with few, and as many of each other code.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from projects.checks import CHECKS, Code, Finding, findings
from tests.builders import scanned

LABELS = Path(__file__).parent / "labels" / "besshi10_findings.csv"
SEED, RARE, OF_COMMON = 20140501, 13, 19
RIGHT, WRONG, DEBATABLE = "right", "wrong", "debatable"
HEADER = ("code", "number", "label", "why")


def number_of(finding: Finding) -> str:
    """The 項番 of the row, or the column or words that the finding is about."""
    rows = {item.uid: item.number for item in scanned().grid.items}
    return finding.about or rows.get(finding.uid) or finding.cells[0][1]


def sample() -> Iterator[Finding]:
    """By code and in document order."""
    chance = random.Random(SEED)  # noqa: S311 — no secret, the same on every run
    for _, group in groupby(findings(scanned().grid), key=lambda one: one.code):
        found = list(group)
        chosen = found if len(found) <= RARE else chance.sample(found, OF_COMMON)
        yield from (one for one in found if one in chosen)


def labels() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def counts() -> dict[str, Counter[str]]:
    """Code → label → how many."""
    found: dict[str, Counter[str]] = {}
    for row in labels():
        found.setdefault(row["code"], Counter())[row["label"]] += 1
    return found


def _table() -> Iterator[str]:
    all_of = Counter(one.code.value for one in findings(scanned().grid))
    yield "| code | check | findings | labelled | right | debatable | wrong | precision |"
    yield "|---|---|---|---|---|---|---|---|"
    total: Counter[str] = Counter()
    for code, count in counts().items():
        total += count
        yield _line(code, CHECKS[Code(code)].title, all_of[code], count)
    yield _line("", "all", all_of.total(), total)


def _line(code: str, title: str, found: int, count: Counter[str]) -> str:
    labelled = count.total()
    numbers = (found, labelled, count[RIGHT], count[DEBATABLE], count[WRONG])
    share = f"{count[RIGHT] / labelled:.0%}"
    return f"| {' | '.join([code, title, *map(str, numbers), share])} |"


def main() -> None:
    if "--sample" in sys.argv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((one.code.value, number_of(one), "", "") for one in sample())
        return
    sys.stdout.write("\n".join(_table()) + "\n")


if __name__ == "__main__":
    main()
