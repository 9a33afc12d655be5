"""A small file system, and its end."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BLOCK = bytes(1 << 16)


def may_mount(folder: Path) -> bool:
    """Whether this account may mount a file system."""
    if os.geteuid() != 0:
        return False
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False
    )
    if made.returncode == 0:
        subprocess.run(["umount", folder], check=True)
    return made.returncode == 0


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    """An empty file system of that size at the folder."""
    folder.mkdir()
    options = f"size={megabytes}m,mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> Path:
    """Fills it to the last byte; gives the file to remove."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (len(BLOCK), 4096, 1):
            _fill(file.fileno(), BLOCK[:size])
    return filler


def _fill(descriptor: int, block: bytes) -> None:
    try:
        while True:
            os.write(descriptor, block)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
