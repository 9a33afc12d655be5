"""A task in a child process answers, refuses or dies; the parent never does."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from projects.intake.sandbox import child_process, confinement
from projects.intake.text.remarks import IntakeError, Place, Problem
from tests.support.child_tasks import FORBIDDEN, TASKS

linux = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")


def run(task: str, data: bytes = b"", **arguments: Any) -> dict[str, Any]:
    return child_process.run(task, data, arguments, tasks=TASKS)


def refusal(task: str, data: bytes = b"", **arguments: Any) -> tuple[Problem, ...]:
    with pytest.raises(IntakeError) as raised:
        run(task, data, **arguments)
    return raised.value.problems


def messages(task: str, data: bytes = b"", **arguments: Any) -> list[str]:
    return [problem.message for problem in refusal(task, data, **arguments)]


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No descriptor, thread or process outlives a task."""
    started: list[subprocess.Popen[bytes]] = []
    start = child_process._start

    def watched(work: str, seconds: float) -> subprocess.Popen[bytes]:
        started.append(start(work, seconds))
        return started[-1]

    monkeypatch.setattr(child_process, "_start", watched)
    files, threads = _open_files(), set(threading.enumerate())
    yield
    # What an earlier test of the same process left may end meanwhile: less is no fault.
    assert _open_files() <= files
    assert set(threading.enumerate()) <= threads
    assert all(process.returncode is not None for process in started)


def _open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


# ---- answers


def test_the_answer_comes_back() -> None:
    answer = run("echo", b"x" * 3_000_000, 名前=["表", 1, None, {"a": 1.5}])
    assert answer == {"size": 3_000_000, "arguments": {"名前": ["表", 1, None, {"a": 1.5}]}}


def test_an_unknown_task_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        child_process.run("echo", b"", {})


def test_a_long_answer_and_noise_do_not_block() -> None:
    assert len(run("talk", b"x" * 1_000_000, length=3_000_000)["text"]) == 3_000_000


def test_progress_is_told_up_to_the_end() -> None:
    told: list[float] = []
    child_process.run("talk", b"", {"length": 1}, progress=told.append, tasks=TASKS)
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_the_child_is_bare() -> None:
    found = run("imported")
    heavy = {"django", "openpyxl", "pandas", "numpy", "xlsxwriter", "site"}
    heavy |= {"projects.intake.sandbox.child_process", "projects.excel.workbook"}
    assert not heavy & set(found["modules"])
    assert set(found["environment"]) <= {
        *child_process._ENVIRONMENT,
        *child_process._KEPT_ENVIRONMENT,
        "LC_CTYPE",
    }


def test_importing_the_module_imports_nothing_heavy() -> None:
    code = "import sys, projects.intake.sandbox.child_process; print(*sys.modules)"
    root = str(Path(child_process.__file__).parents[3])
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert not {"django", "openpyxl", "pandas", "numpy", "xlsxwriter"} & set(told.stdout.split())


def test_it_works_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("echo", b"1")["size"] == 1


def test_many_threads_at_once() -> None:
    with ThreadPoolExecutor(6) as pool:
        sizes = list(pool.map(lambda n: run("echo", b"x" * n * 100_000)["size"], range(12)))
    assert sizes == [n * 100_000 for n in range(12)]


# ---- refusals and deaths


def test_a_refusal_keeps_its_places() -> None:
    assert refusal("refuse") == (
        Problem("記号を読み取れません。", Place("C17", sheet="分担表"), "?x"),
        Problem("行がありません。", Place("A2", table=3)),
        Problem("空です。"),
    )


def test_a_mistake_of_ours_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "projects.intake.sandbox.child_process"):
        assert messages("fail") == [child_process.UNREADABLE]
    assert "KeyError: 'a mistake of ours'" in caplog.text
    assert "Traceback" in caplog.text


def test_too_much_memory_in_python() -> None:
    assert messages("hoard") == [child_process.TOO_COMPLEX]


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (signal.SIGKILL, child_process.TOO_COMPLEX),
        (signal.SIGABRT, child_process.STOPPED),
        (signal.SIGSEGV, child_process.STOPPED),
        (signal.SIGXCPU, child_process.TOO_SLOW),
    ],
)
def test_killed(number: signal.Signals, message: str) -> None:
    assert messages("die", b"x" * 1_000_000, signal=number.value) == [message]


def test_words_of_every_end_differ_and_say_what_to_do() -> None:
    words = {
        child_process.TOO_COMPLEX,
        child_process.TOO_SLOW,
        child_process.TOO_LONG_ANSWER,
        child_process.STOPPED,
    }
    words |= {child_process.UNREADABLE}
    assert len(words) == 5
    assert all(word.endswith("ください。") for word in words)


def test_the_clock_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "LEAST_SECONDS", 0.3)
    started = time.monotonic()
    assert messages("spin", b"x" * 1_000) == [child_process.TOO_SLOW]
    assert time.monotonic() - started < 2


def test_large_files_have_more_time() -> None:
    assert child_process._seconds(1_000) == 10
    assert child_process._seconds(10_000_000) == 20
    assert child_process._seconds(10**9) == 60


def test_cancelled_soon() -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked == 2

    started = time.monotonic()
    with pytest.raises(child_process.CancelledError):
        child_process.run("spin", b"", {}, cancelled=cancelled, tasks=TASKS)
    assert time.monotonic() - started < 2


def test_a_mistake_in_a_callback_ends_the_child() -> None:
    with pytest.raises(ZeroDivisionError):
        child_process.run("spin", b"", {}, cancelled=lambda: bool(1 / 0), tasks=TASKS)


def test_a_child_that_hides_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "GRACE_SECONDS", 0.2)
    assert messages("shut") == [child_process.TOO_COMPLEX]


def test_half_an_answer_is_none() -> None:
    assert messages("partial") == [child_process.UNREADABLE]


@pytest.mark.parametrize(
    "line",
    [
        "", "{}", "[]", "1", "null", "no json", "[" * 100_000, '{"refused": 1}',
        '{"refused": [{}]}', '{"refused": [{"message": "x", "raw": "", "place": [1]}]}',
        '{"progress": "x"}', '{"answer": []}', "1" * 9_999,
    ],
)  # fmt: skip
def test_nonsense_is_not_believed(line: str) -> None:
    assert messages("confuse", line=line) == [child_process.UNREADABLE]


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "ANSWER_BYTES", 2_000_000)
    assert messages("chatter") == [child_process.TOO_LONG_ANSWER]


# ---- limits


@linux
def test_limits_are_set_before_anything_is_read() -> None:
    limits = run("limits")
    assert limits["AS"] == [confinement.MEMORY_BYTES] * 2
    assert limits["CPU"] == [11, 12]
    assert limits["FSIZE"] == limits["CORE"] == limits["NPROC"] == [0, 0]
    assert limits["NOFILE"] == [confinement.OPEN_FILES] * 2


def test_nothing_outside_of_the_task_can_be_done() -> None:
    assert len(FORBIDDEN) > 10
    assert run("forbidden")["done"] == []


@linux
def test_it_is_a_group_of_its_own_and_gone() -> None:
    left = run("leave")
    assert left["pid"] == left["group"] != os.getpgrp()
    with pytest.raises(ProcessLookupError):
        os.killpg(left["group"], 0)
