"""How much memory a process and its children had at most."""

from __future__ import annotations

import re
import resource
from pathlib import Path

_BYTES = 1024  # getrusage and /proc count in KiB


def peak() -> float:
    """The most memory this process ever had, in MB; not its parent's, unlike getrusage."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * _BYTES / 1e6


def peak_of_children() -> float:
    """The most memory one of the ended children had, in MB; at least what this process had."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _BYTES / 1e6
