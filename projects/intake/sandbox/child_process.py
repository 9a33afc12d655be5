"""A reading task in a process of its own, which may be killed and is never believed.

The child gets a stranger's bytes on its standard input and answers with lines of JSON. It dies
with its limits (`confined`), by the clock, or when nobody wants the answer; the parent only ever
sees an answer or `IntakeError`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from projects.intake.sandbox.confinement import HEADER, problem_of
from projects.intake.text.remarks import IntakeError, Problem

TASKS = {"read": "projects.intake.sandbox.read_task:read_task"}

# Wall-clock time: a small file has the least, a large one more with its size.
SMALL_FILE_BYTES = 5_000_000
LEAST_SECONDS, MOST_SECONDS = 10.0, 60.0
POLL_SECONDS = 0.2
GRACE_SECONDS = 2.0
ANSWER_BYTES = 64 * 1024 * 1024
PROGRESS_LINE_BYTES = 100
LOGGED_BYTES = 16 * 1024

_LESS = "不要なシートや書式だけの行・列を消すか、表を分けて保存し直してください。"
TOO_COMPLEX = f"ファイルが大きすぎるか複雑すぎるため、メモリが足りず読めませんでした。{_LESS}"
TOO_SLOW = f"ファイルが大きすぎるか複雑すぎるため、時間内に読めませんでした。{_LESS}"
TOO_LONG_ANSWER = f"ファイルの内容が多すぎるため読めませんでした。{_LESS}"
STOPPED = (
    "ファイルの読み取りが途中で止まりました。壊れているかもしれません。"
    "Excelで開き、.xlsxで保存し直してください。"
)
UNREADABLE = (
    "ファイルを読み取れませんでした。Excelで開き、.xlsxで保存し直してください。"
    "それでも読めないときは管理者に知らせてください。"
)

_BOOT = (
    "import os, sys; sys.path[:] = sys.argv[1].split(os.pathsep); "
    "from projects.intake.sandbox.confinement import main; main()"
)
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}  # numpy comes with openpyxl and may start no thread
_KEPT_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_OUT_OF_MEMORY = (b"memory allocation of", b"MemoryError", b"bad_alloc")
_SIGNALS = {one.value: one.name for one in signal.Signals}

logger = logging.getLogger(__name__)


class CancelledError(Exception):
    """Nobody waits for the answer any more."""


def run(
    task: str,
    data: bytes,
    arguments: dict[str, Any],
    *,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[float], None] | None = None,
    tasks: Mapping[str, str] = TASKS,
) -> dict[str, Any]:
    """The answer of the task to the file and its arguments, both plain JSON.

    `tasks` maps names to "module:function"; the function takes (data, arguments, report).
    IntakeError as the task refuses, or when it needs too much; CancelledError soon after
    `cancelled` is true.
    `progress` is told fractions from 0 to 1, a few times a second.
    """
    seconds = _seconds(len(data))
    child = _Child(tasks[task], data, arguments, seconds)
    try:
        _wait(child, time.monotonic() + seconds, cancelled, progress)
    finally:
        child.end()
    return child.result()


def _seconds(size: int) -> float:
    return min(MOST_SECONDS, max(LEAST_SECONDS, LEAST_SECONDS * size / SMALL_FILE_BYTES))


def _wait(
    child: _Child,
    deadline: float,
    cancelled: Callable[[], bool] | None,
    progress: Callable[[float], None] | None,
) -> None:
    told = 0.0
    done = False
    while not done:
        done = child.done.wait(max(0.0, min(POLL_SECONDS, deadline - time.monotonic())))
        if progress and child.fraction > told:
            told = child.fraction
            progress(told)
        if cancelled and not done and cancelled():
            raise CancelledError
        if not done and time.monotonic() >= deadline:
            raise IntakeError(Problem(TOO_SLOW))


class _Child:
    """A process with a thread for each of its pipes, so that neither side waits for the other."""

    def __init__(self, work: str, data: bytes, arguments: dict[str, Any], seconds: float) -> None:
        self.done = threading.Event()
        self.fraction = 0.0
        self._answer = self._errors = b""
        self._process = _start(work, seconds)
        told = json.dumps(arguments).encode()
        given = (HEADER.pack(len(told), len(data)), told, data)
        self._threads = [
            threading.Thread(target=target, args=rest, daemon=True)
            for target, *rest in (
                (self._write, self._process.stdin, given),
                (self._read, self._process.stdout),
                (self._read_errors, self._process.stderr),
            )
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Whatever it is doing, it and all that it started are gone, and its pipes closed."""
        if not self._answer and self.done.is_set():
            with suppress(subprocess.TimeoutExpired):  # it closed its answer and lives on
                self._process.wait(GRACE_SECONDS)
        if self._process.returncode is None:
            self._kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(GRACE_SECONDS)

    def result(self) -> dict[str, Any]:
        """What it answered, once it has ended."""
        if len(self._answer) > ANSWER_BYTES:
            raise IntakeError(Problem(TOO_LONG_ANSWER))
        if not self._answer:
            raise self._death()
        try:
            return _understood(json.loads(self._answer))
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            logger.warning("a reading task answered nonsense: %r", self._answer[:200])
            raise IntakeError(Problem(UNREADABLE)) from error

    def _death(self) -> IntakeError:
        code = self._process.returncode
        logger.warning(
            "a reading task ended with %s\n%s", code, self._errors.decode(errors="replace")
        )
        killed_by = _SIGNALS.get(-code, "")
        if killed_by == "SIGXCPU":
            return IntakeError(Problem(TOO_SLOW))
        # The system kills when it has no memory left itself.
        if killed_by == "SIGKILL" or any(word in self._errors for word in _OUT_OF_MEMORY):
            return IntakeError(Problem(TOO_COMPLEX))
        return IntakeError(Problem(STOPPED if code < 0 else UNREADABLE))

    def _kill(self) -> None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _write(self, pipe: IO[bytes], given: tuple[bytes, ...]) -> None:
        with suppress(OSError), pipe:  # it may die before it has read everything
            for part in given:
                pipe.write(part)

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(ANSWER_BYTES + 1):
                fraction = _fraction(line)
                if fraction is None:  # a line without an end is the last word of a dying child
                    whole = line.endswith(b"\n") or len(line) > ANSWER_BYTES
                    self._answer = line if whole else b""
                    break
                self.fraction = fraction
            self.done.set()

    def _read_errors(self, pipe: IO[bytes]) -> None:
        with pipe:
            while some := pipe.read1(LOGGED_BYTES):  # type: ignore[attr-defined]
                self._errors = (self._errors + some)[-LOGGED_BYTES:]


def _start(work: str, seconds: float) -> subprocess.Popen[bytes]:
    """A bare Python: isolated, without site, with the folders of the code that runs here."""
    here = str(Path(__file__).resolve().parents[3])
    folders = dict.fromkeys(
        (here, *(str(Path(folder).absolute()) for folder in sys.path if folder))
    )
    flags = ("-I", "-S", "-B", "-X", "utf8")
    return subprocess.Popen(  # noqa: S603 the program is this Python, the task one of TASKS
        [sys.executable, *flags, "-c", _BOOT, os.pathsep.join(folders), work, f"{seconds + 1:.0f}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_ENVIRONMENT | {n: os.environ[n] for n in _KEPT_ENVIRONMENT if n in os.environ},
        start_new_session=True,
    )


def _fraction(line: bytes) -> float | None:
    """The fraction that a line of progress tells, None for any other line."""
    if len(line) > PROGRESS_LINE_BYTES or not line.startswith(b'{"progress": '):
        return None
    try:
        return min(1.0, max(0.0, float(json.loads(line)["progress"])))
    except (ValueError, TypeError, LookupError):
        return None


def _understood(answer: dict[str, Any]) -> dict[str, Any]:
    if "refused" in answer:
        raise IntakeError(*(problem_of(problem) for problem in answer["refused"]))
    if "failed" in answer:
        raise IntakeError(Problem(TOO_COMPLEX))
    found = answer["answer"]
    if not isinstance(found, dict):
        raise TypeError(type(found))
    return found
