"""Export metrics to Prometheus: counters of requests, statements and streams, and gauges.

Several processes of a machine count in files of one folder, which `begin` creates before any of
them starts; the process that is scraped adds them up. A single process counts in its memory. This
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
    """Create an empty folder for counters, in the master before its workers start.

    Folders of killed masters are removed.
    """
    place = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for left in place.glob(f"{_PREFIX}*"):
        if left.stat().st_uid == os.geteuid() and not _lives(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place)
    os.environ[FOLDER] = folder
    return Path(folder)


def worker_gone(pid: int) -> None:
    """Drop the gauges of an ended process and keep its counters, in the master."""
    if FOLDER in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)


def end() -> None:
    """Remove the folder, in the master after its workers."""
    if folder := os.environ.pop(FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)


def _lives(folder: Path) -> bool:
    """Return whether the master that created the folder still runs."""
    number = folder.name.removeprefix(_PREFIX).partition("-")[0]
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:  # somebody else's process has the number now
        return False
    return True
