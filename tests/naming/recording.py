"""Listens to every statement of the suite; fails the test whose statement names no project.

Whoever sends a statement is the innermost function of the application on the stack: Django's admin
answers behind the application's middleware and counts as the application. What a test itself asks,
or Django while it makes the tables, is not judged. Statements of other processes are not heard.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper
from sqlglot.errors import SqlglotError

from tests.naming import exceptions
from tests.naming.judging import unnamed
from tests.naming.tables import tables

ROOT = str(Path(__file__).resolve().parent.parent.parent)
APPLICATION = tuple(f"{ROOT}/{name}/" for name in ("raci", "projects", "vendors"))
HANDS = ("raci/statements.py", "raci/compiled.py")  # they ask for others
TESTS = f"{ROOT}/tests/"
HERE = f"{TESTS}naming/"
UNREADABLE = frozenset({"(cannot be read)"})


@dataclass(frozen=True, slots=True)
class Offence:
    """A statement, the function that sent it, and the tables whose project it does not name."""

    place: str
    tables: frozenset[str]
    statement: str

    def __str__(self) -> str:
        return f"{self.place}: {', '.join(sorted(self.tables))}\n    {self.statement}"


@dataclass(slots=True)
class Recorder:
    """The verdicts on all statements heard, and the offences since they were last taken."""

    verdicts: dict[str, frozenset[str]] = field(default_factory=dict)
    offences: dict[tuple[str, frozenset[str]], Offence] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    seconds: float = 0

    def hear(self, statement: str) -> None:
        verdict = self.verdicts.get(statement)
        if verdict is None:
            verdict = self.verdicts[statement] = self._judge(statement)
        if verdict and (place := _place(sys._getframe(2))):
            excepted = exceptions.excepted(place, verdict)
            self.used |= excepted.keys()
            left = verdict.difference(*excepted.values())
            if left:
                self.offences[place, left] = Offence(place, left, " ".join(statement.split()))

    def taken(self) -> list[Offence]:
        found = list(self.offences.values())
        self.offences.clear()
        return found

    def _judge(self, statement: str) -> frozenset[str]:
        known = tables()
        if not any(name in statement for name in known.keys):
            return frozenset()
        started = time.perf_counter()
        try:
            return unnamed(statement, known)
        except SqlglotError:
            return UNREADABLE
        finally:
            self.seconds += time.perf_counter() - started


def _place(frame: FrameType | None) -> str:
    """The function of the application that asks; "" when a test asks by itself."""
    while frame:
        name = frame.f_code.co_filename
        if name.startswith(APPLICATION) and not name.endswith(HANDS) and "/migrations/" not in name:
            module = name[len(ROOT) + 1 : -len(".py")].replace("/", ".")
            return f"{module}:{frame.f_code.co_qualname}"
        if name.startswith(TESTS) and not name.startswith(HERE):
            return ""
        frame = frame.f_back
    return ""


RECORDER = Recorder()


def pytest_configure() -> None:
    """From here on every cursor of this process is heard, in all threads."""
    cursor: Any = CursorWrapper
    execute: Callable[..., Any] = cursor._execute_with_wrappers

    def heard(self: CursorWrapper, sql: Any, params: Any, many: bool, executor: Any) -> Any:
        if isinstance(sql, str):
            RECORDER.hear(sql)
        return execute(self, sql, params, many, executor)

    cursor._execute_with_wrappers = heard


@pytest.fixture(autouse=True)
def _names_the_project(request: pytest.FixtureRequest) -> Iterator[None]:
    RECORDER.taken()
    yield
    found = RECORDER.taken()
    if found and not request.node.get_closest_marker("mutated"):
        if report := os.environ.get("RACI_NAMING_REPORT"):
            with Path(report).open("a") as out:
                out.writelines(f"{one}\n" for one in found)
            return  # report
        listed = "\n".join(map(str, found))
        pytest.fail(f"Statements that do not name the project:\n{listed}", pytrace=False)
