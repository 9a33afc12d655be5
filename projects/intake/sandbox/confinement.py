"""What runs inside the child process: first its limits, then one task, then one answer.

The bytes it works on are a stranger's, and so may be the code in the end: the limits are the
system's, the guard stops what Python code would do. Nothing here imports the web application.
"""

from __future__ import annotations

import gc
import json
import os
import struct
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, BinaryIO

from projects.intake.text.remarks import IntakeError, Place, Problem

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

Report = Callable[[float], None]
Task = Callable[[bytes, dict[str, Any], Report], dict[str, Any]]

MEMORY_BYTES = 512 * 1024 * 1024
OPEN_FILES = 24
HEADER = struct.Struct(">II")  # the lengths of the arguments and of the file

_PROGRESS_STEP = 0.01
_CODE = (".py", ".pyc", ".so", ".pyd", ".dll")
_HARMLESS = frozenset(("os.listdir", "os.scandir", "os.putenv", "os.unsetenv"))
_REFUSED = (
    "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "pty.", "webbrowser.", "urllib.",
    "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "telnetlib.", "nntplib.", "sqlite3.",
    "tempfile.", "mmap.", "signal.", "syslog.", "winreg.", "msvcrt.", "_winapi.", "resource.",
    "fcntl.", "sys.addaudithook",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """sys.argv: the code's folders, the task as "module:function", the seconds of processor."""
    _, folders, task, seconds = sys.argv
    gc.disable()  # the process ends with its answer, and a search for garbage takes its time
    limit(int(seconds))
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    module, function = task.split(":")
    work: Task = getattr(import_module(module), function)
    guard(folders.split(os.pathsep))
    _serve(work, sys.stdin.buffer, answer)


def limit(seconds: int) -> None:
    """Never more memory, processor time, files or processes than a reading needs."""
    if resource is None:
        return
    for name, value in (
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", OPEN_FILES),
        ("RLIMIT_NPROC", 0),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            _lower(kind, value)


def _lower(kind: int, value: int) -> None:
    """Both limits; a second more for the hard one of time: the soft one has its own signal."""
    _, hard = resource.getrlimit(kind)
    highest = value + 1 if kind == resource.RLIMIT_CPU else value
    highest = highest if hard == resource.RLIM_INFINITY else min(highest, hard)
    try:
        resource.setrlimit(kind, (min(value, highest), highest))
    except (ValueError, OSError):  # some systems know a limit and cannot set it
        print(f"limit {kind} is not set", file=sys.stderr)  # noqa: T201


def guard(folders: Sequence[str]) -> None:
    """From now on: no network, no process, no file but the program's own code.

    A task imports a library that loads others (openpyxl brings numpy) at the top of its module,
    before this; a plain module may still be imported later.
    """
    roots = tuple(os.path.realpath(folder) + os.sep for folder in folders if folder)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            _check_open(arguments, roots)
        elif event.startswith(_REFUSED) and event not in _HARMLESS:
            raise PermissionError(f"{event} is not for a task")

    sys.addaudithook(hook)


def _check_open(arguments: tuple[Any, ...], roots: tuple[str, ...]) -> None:
    path, mode, flags = arguments
    if isinstance(path, int):
        return
    name = os.path.realpath(os.fsdecode(path))
    writes = set(mode or "") & set("wax+") or (flags or 0) & _WRITING
    if writes or not name.startswith(roots) or not name.endswith(_CODE):
        raise PermissionError(f"{name} is not for a task")


def _serve(work: Task, given: BinaryIO, answer: BinaryIO) -> None:
    try:
        arguments_length, data_length = HEADER.unpack(given.read(HEADER.size))
        arguments = json.loads(given.read(arguments_length))
        data = given.read(data_length)
        line = _line({"answer": work(data, arguments, _reporter(answer))})
    except IntakeError as refused:
        line = _line({"refused": [_problem_json(problem) for problem in refused.problems]})
    except MemoryError:
        line = _line({"failed": "memory"})
    answer.write(line)
    answer.flush()
    os._exit(0)  # nothing is left to tidy, and large objects are slow to free one by one


def _reporter(answer: BinaryIO) -> Report:
    told = 0.0

    def report(fraction: float) -> None:
        nonlocal told
        if fraction >= told + _PROGRESS_STEP:
            told = fraction
            answer.write(_line({"progress": round(fraction, 3)}))
            answer.flush()

    return report


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _problem_json(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "message": problem.message,
        "raw": problem.raw,
        "place": [place.cell, place.table, place.sheet] if place else None,
    }


def problem_of(told: dict[str, Any]) -> Problem:
    """The problem that a child told; ValueError for anything else than a sound one."""
    place = told["place"]
    if place is not None:
        cell, table, sheet = place
        place = Place(str(cell), table and int(table), sheet and str(sheet))
    return Problem(str(told["message"]), place, str(told["raw"]))
