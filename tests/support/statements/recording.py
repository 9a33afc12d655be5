"""Listens to every statement of the suite; fails the test whose statement names no project.

Whoever sends a statement is the innermost function of the application on the stack; Django's admin
is part of the application. What a test itself asks, or Django while it makes the tables, is not
judged. Statements of other processes, and COPY (into temporary tables only), are not heard.
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

from tests.support.statements import exceptions
from tests.support.statements.judging import unnamed
from tests.support.statements.tables import tables

ROOT = str(Path(__file__).resolve().parents[3])
APPLICATION = tuple(f"{ROOT}/{name}/" for name in ("raci", "projects", "vendors"))
# They ask for others; `migrate` for migrations, which are about all projects.
HANDS = (
    "raci/database/raw_sql.py",
    "raci/database/prepared_query.py",
    "raci/management/commands/migrate.py",
)
TESTS = f"{ROOT}/tests/"
HERE = f"{TESTS}support/statements/"
ADMIN = "django.contrib.admin"
OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
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
        if statement.startswith(OF_TRANSACTIONS):
            return
        verdict = self.verdicts.get(statement)
        if verdict is None:
            started = time.perf_counter()
            verdict = self.verdicts[statement] = _judged(statement)
            self.seconds += time.perf_counter() - started
        if verdict and (place := _place(sys._getframe(2))):
            self._note(place, verdict, statement)

    def taken(self) -> list[Offence]:
        found = list(self.offences.values())
        self.offences.clear()
        return found

    def _note(self, place: str, verdict: frozenset[str], statement: str) -> None:
        excepted = exceptions.excepted(place, verdict)
        if excepted:
            self.used.add(place)
        if left := verdict - excepted:
            self.offences[place, left] = Offence(place, left, " ".join(statement.split()))


def _judged(statement: str) -> frozenset[str]:
    known = tables()
    if not any(name in statement for name in known.keys):
        return frozenset()
    try:
        return unnamed(statement, known)
    except SqlglotError:
        return UNREADABLE


def _place(frame: FrameType | None) -> str:
    """The function of the application that asks; "" when a test asks by itself."""
    admin = False
    while frame:
        name = frame.f_code.co_filename
        admin = admin or "/django/contrib/admin/" in name
        if name.startswith(APPLICATION) and not name.endswith(HANDS) and "/migrations/" not in name:
            module = name[len(ROOT) + 1 : -len(".py")].removesuffix("/__init__").replace("/", ".")
            function = frame.f_code.co_qualname.partition(".<locals>")[0]
            return ADMIN if admin else f"{module}:{function}"
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
    if not found or request.node.get_closest_marker("mutated"):
        return
    if report := os.environ.get("RACI_NAMING_REPORT"):
        with Path(report).open("a") as out:
            out.writelines(f"{one}\n" for one in found)
    else:
        listed = "\n".join(map(str, found))
        pytest.fail(f"Statements that do not name the project:\n{listed}", pytrace=False)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What the processes of the suite have heard comes together here."""
    used, statements, seconds = getattr(node, "workeroutput", {}).get("naming", ((), (), 0))
    RECORDER.used.update(used)
    RECORDER.verdicts.update(dict.fromkeys(statements, frozenset()))
    RECORDER.seconds += seconds


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["naming"] = (list(RECORDER.used), list(RECORDER.verdicts), RECORDER.seconds)
        return
    unused = exceptions.unused(RECORDER.used) if _is_whole(session.config) else []
    if unused and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    heard, seconds = len(RECORDER.verdicts), RECORDER.seconds
    terminalreporter.write_line(f"statements heard: {heard:,}, judged in {seconds:.1f} s")
    if _is_whole(config):
        for place in exceptions.unused(RECORDER.used):
            terminalreporter.write_line(
                f"names its project by now: {place}; tests/support/statements/exceptions.py"
            )


def _is_whole(config: pytest.Config) -> bool:
    """Whether nobody asked for a part of the suite."""
    asked = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return asked and not (config.option.keyword or config.option.markexpr)
