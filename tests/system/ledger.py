"""What people asked for, and what they were told: compared with the database afterwards."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

OK = frozenset({200, 204, 302, 304})
SAMPLE = 600


@dataclass(slots=True)
class Edit:
    """One mark that somebody set. `unknown` counts attempts without an answer that says.

    `outcome` is "saved", "conflict" or, to the end without an answer, "open".
    """

    who: str
    project: str
    cell: tuple[str, str]
    before: str
    after: str
    machine: int
    began: float = 0.0
    unknown: int = 0
    outcome: str = "open"
    revision: int = 0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """An import that was told to be applied, or a 版 that was told to be published."""

    project: str
    what: str
    number: int
    content: str = ""


@dataclass(slots=True)
class Ledger:
    """`begins` says of each project at which revision people came to it."""

    edits: list[Edit] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    begins: dict[str, int] = field(default_factory=dict)

    def answered(self, machine: int, kind: str, status: int, body: bytes = b"") -> None:
        """Counts an answer; one that nobody should get is kept as a fault."""
        self.answers[f"{kind} {status}"] += 1
        if status not in OK and status not in (409, 503):
            said = body.decode(errors="replace")[:SAMPLE]
            self.faults.append(f"{kind} at machine {machine}: {status} {said}")

    def unanswered(self, kind: str, why: str) -> None:
        self.answers[f"{kind} without answer"] += 1
        if "no answer within" in why:
            self.faults.append(why)

    def acknowledged(self) -> list[Edit]:
        return [edit for edit in self.edits if edit.outcome == "saved"]

    def write(self, path: Path) -> None:
        told = {
            "edits": [asdict(edit) for edit in self.edits],
            "done": [asdict(done) for done in self.done],
            "begins": self.begins,
        }
        path.write_text(json.dumps(told))


def now() -> float:
    return time.monotonic()
