"""How many findings on the real document a careful reader calls right, and how many are missed.

.venv/bin/python -m tests.bench.precision            the figures from the labels
.venv/bin/python -m tests.bench.precision --sample   the sample to label, as the head of the CSV

The sample is seeded: every finding of a code with few, and as many of each other code. A second
reader labelled without knowing the first labels, and noted what is wrong on 80 rows drawn at
random before knowing the findings: `besshi10_problems.csv`.
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
from tests.support.grid_builders import scanned

FOLDER = Path(__file__).parent / "labels"
LABELS, PROBLEMS = FOLDER / "besshi10_findings.csv", FOLDER / "besshi10_problems.csv"
SEED, RARE, OF_COMMON = 20140501, 13, 19
RIGHT, WRONG, DEBATABLE = "right", "wrong", "debatable"
HEADER = ("code", "number", "label", "why", "second")


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


def labels(path: Path = LABELS) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def counts() -> dict[str, Counter[str]]:
    """Code → label → how many."""
    found: dict[str, Counter[str]] = {}
    for row in labels():
        found.setdefault(row["code"], Counter())[row["label"]] += 1
    return found


def agreement() -> tuple[int, int, float]:
    """How many findings both readers labelled, on how many they agree, and Cohen's kappa."""
    both = [(row["label"], row["second"]) for row in labels() if row["second"]]
    same = sum(first == second for first, second in both)
    sides = [Counter(side) for side in zip(*both, strict=True)]
    chance = sum(sides[0][label] * sides[1][label] for label in sides[0]) / len(both) ** 2
    return len(both), same, (same / len(both) - chance) / (1 - chance)


def recall(sure: str) -> tuple[int, int, int]:
    """Of the problems that are sure, or arguable: all, found as such, and with any finding."""
    codes: dict[str, set[str]] = {}
    numbers = {item.uid: item.number for item in scanned().grid.items}
    for finding in findings(scanned().grid):
        for uid, _ in finding.cells:
            codes.setdefault(numbers.get(uid, ""), set()).add(finding.code.value)
    seen = [(row["number"], row["code"]) for row in labels(PROBLEMS) if row["sure"] == sure]
    as_such = sum(code in codes.get(number, ()) for number, code in seen)
    return len(seen), as_such, sum(number in codes for number, _ in seen)


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
        writer.writerows((one.code.value, number_of(one), "", "", "") for one in sample())
        return
    sys.stdout.write("\n".join([*_table(), "", *_told()]) + "\n")


def _told() -> Iterator[str]:
    both, same, kappa = agreement()
    yield f"two readers: {same} of {both} labels the same, Cohen's kappa {kappa:.2f}"
    for sure in ("sure", "arguable"):
        seen, as_such, somehow = recall(sure)
        yield f"{sure}: of {seen} problems {as_such} found as such, {somehow} rows with a finding"


if __name__ == "__main__":
    main()
