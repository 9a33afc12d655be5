"""Tasks for the child process that the tests run; imported there, so only light imports."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from projects.intake.sandbox.confinement import Report
from projects.intake.text.remarks import IntakeError, Place, Problem

# Opened before the task is confined, and may open nothing.
_STATUS = os.open("/proc/self/status" if sys.platform == "linux" else os.devnull, os.O_RDONLY)

TASKS = {
    name: f"tests.support.child_tasks:{name}"
    for name in (
        "echo", "imported", "limits", "talk", "refuse", "fail", "hoard", "die", "spin", "shut",
        "forbidden", "leave", "read_calamine", "chatter", "partial", "confuse", "check",
    )
}  # fmt: skip


def echo(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    return {"size": len(data), "arguments": arguments}


def imported(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    return {"modules": sorted(sys.modules), "environment": sorted(os.environ)}


def limits(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    import resource

    names = ("AS", "CPU", "FSIZE", "CORE", "NOFILE", "NPROC")
    return {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}


def talk(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Reports progress, prints what nobody asked for and answers at length."""
    for step in range(1, 5):
        report(step / 4)
    print("noise " * 100_000)  # noqa: T201
    return {"text": "表" * arguments["length"]}


def refuse(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    raise IntakeError(
        Problem("記号を読み取れません。", Place("C17", sheet="分担表"), "\ud800x"),
        Problem("行がありません。", Place("A2", table=3)),
        Problem("空です。"),
    )


def fail(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    raise KeyError("a mistake of ours")


def hoard(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    return {"size": len(bytes(1_000_000_000))}


def die(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    signal.raise_signal(arguments["signal"])
    return {}


def spin(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    while True:
        pass


def shut(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Closes its answer and lives on."""
    os.closerange(0, 100)
    threading.Event().wait()
    return {}


def partial(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Ends in the middle of an answer."""
    _write_raw(b'{"answer": {')
    os._exit(0)


def confuse(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    _write_raw(arguments["line"].encode() + b"\n")
    os._exit(0)


def chatter(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Writes without end where the answer is expected."""
    while True:
        _write_raw(b"x" * 1_000_000)


def _write_raw(line: bytes) -> None:
    """Into the pipe of the answer, the highest one that is open."""
    descriptor = max(int(name) for name in range(24) if _is_pipe(name))
    while line:
        line = line[os.write(descriptor, line) :]


def _is_pipe(descriptor: int) -> bool:
    import stat

    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def leave(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    return {"pid": os.getpid(), "group": os.getpgrp()}


FORBIDDEN: dict[str, Callable[[], object]] = {
    "read a file": lambda: Path("/etc/passwd").read_text(),
    "read by descriptor": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "read beside the code": lambda: (Path(__file__).parents[2] / "pyproject.toml").read_text(),
    "write a file": lambda: Path("/tmp/never.py").write_text(""),
    "write code": lambda: os.open(__file__, os.O_RDWR),
    "remove": lambda: Path("/tmp/never").unlink(),
    "rename": lambda: Path("/tmp/never").rename("/tmp/never2"),
    "make a folder": lambda: Path("/tmp/never").mkdir(),
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "resolve": lambda: socket.gethostbyname("localhost"),
    "start a program": lambda: subprocess.run(["true"], check=False),
    "a shell": lambda: os.system("true"),  # noqa: S605
    "fork": lambda: os.fork(),
    "replace itself": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
    "kill": lambda: os.kill(os.getppid(), 0),
    "load a library": lambda: __import__("ctypes").CDLL(None),
}


def forbidden(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Which of them could be done."""
    done = []
    for name, act in FORBIDDEN.items():
        try:
            act()
        except PermissionError as error:
            if "is not for a task" not in str(error):
                done.append(name)
        else:
            done.append(name)
    return {"done": done}


def read_calamine(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Every sheet as the fast reader gives it, without a preflight: {name: [rows, columns]}."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {}
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheets[name] = [len(rows), len(rows[0]) if rows else 0]
    except python_calamine.CalamineError as error:
        raise IntakeError(Problem("読めません。", raw=type(error).__name__)) from error
    return {"sheets": sheets, "peak": _peak_bytes()}


def _peak_bytes() -> int:
    """Of this process alone: `ru_maxrss` begins with what the parent had when it started it."""
    lines = os.pread(_STATUS, 1 << 16, 0).splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith(b"VmHWM:"))
    return int(peak) * 1024


def check(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """The preflight itself."""
    from projects.intake.files import preflight

    before = _peak_bytes()
    preflight.check(data)
    return {"grown": _peak_bytes() - before}
