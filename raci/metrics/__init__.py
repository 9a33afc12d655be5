"""What Prometheus is told: counters of requests, statements and streams, gauges asked for anew.

Several processes of a machine count in files of one folder, which `begin` makes before any of them
starts; whichever of them is asked adds them up. One process alone counts in its memory. This
module must be importable without prometheus-client, which decides where it counts when it is
imported first.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "raci-metrics-"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 — a full disk must not end a process that counts


def begin() -> Path:
    """In the master, before its workers start: an empty folder for their counters.

    What masters that were killed left behind is removed.
    """
    place = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for left in place.glob(f"{_PREFIX}*"):
        if left.stat().st_uid == os.geteuid() and not _lives(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place)
    os.environ[FOLDER] = folder
    return Path(folder)


def worker_gone(pid: int) -> None:
    """In the master: what the process was busy with no longer counts; what it counted stays."""
    if FOLDER in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)


def end() -> None:
    """In the master, after its workers: nothing is left behind."""
    if folder := os.environ.pop(FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)


def _lives(folder: Path) -> bool:
    """Whether the master that made the folder still runs."""
    number = folder.name.removeprefix(_PREFIX).partition("-")[0]
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:  # somebody else's process has the number now
        return False
    return True
