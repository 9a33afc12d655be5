"""Real processes that end with the tests, also when these are killed."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import SystemRandom
from typing import Any

import psutil

HOST = "127.0.0.1"
PORTS = (15_000, 32_000)
POLL_SECONDS = 0.05
STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def free_ports(count: int) -> list[int]:
    """Ports on which and on whose next nobody listens, outside of those that connections get."""
    even = range(*PORTS, 2)
    chosen = SystemRandom().sample(even, len(even))
    return list(islice((p for p in chosen if _is_free(p) and _is_free(p + 1)), count))


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    dies_by: signal.Signals = signal.SIGTERM,
    account: tuple[int, int] | None = None,
) -> subprocess.Popen[bytes]:
    """A process that gets the signal when the thread that calls this is no more."""

    def tie() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, dies_by)

    switch: dict[str, Any] = {}
    if account and account[0] != os.geteuid():
        switch = {"user": account[0], "group": account[1], "extra_groups": []}
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            preexec_fn=tie,
            **switch,
        )


def stop(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM) -> None:
    """Ends it: politely, and after a while at once, with all its children."""
    tree = _tree(process.pid)
    with suppress(ProcessLookupError):
        process.send_signal(by)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    _kill(tree)
    process.wait()


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to it and to everything that it started."""
    _kill(_tree(process.pid))
    process.wait()


def until(
    condition: Callable[[], object], *, seconds: float, what: str, every: float = POLL_SECONDS
) -> None:
    """Waits for the condition. TimeoutError, with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _tree(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(tree: Sequence[psutil.Process]) -> None:
    for process in tree:
        with suppress(psutil.NoSuchProcess):
            process.kill()
