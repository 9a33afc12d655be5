"""Locate the embedded server of a data directory, also before it ever ran."""

import hashlib
import os
from pathlib import Path

DATABASE = "raci"
USER = "postgres"
PORT = "5432"
SOCKET = f".s.PGSQL.{PORT}"

# What sun_path holds on the narrowest system we know (macOS: 104 bytes with the final NUL).
SOCKET_PATH_BYTES = 103


def cluster_directory(data_dir: Path) -> Path:
    """Return the folder of the cluster in a data directory."""
    return data_dir.resolve() / "postgres"


def socket_directory(data_dir: Path) -> Path:
    """Return the folder of the server's socket: the cluster, which only its owner can enter.

    A path that is too long for a socket, or has a comma (libpq would read two hosts), gets a
    directory in /tmp. Not in ``$TMPDIR``: all processes must find the same one.
    """
    directory = cluster_directory(data_dir)
    name = os.fsencode(directory / SOCKET)
    if len(name) <= SOCKET_PATH_BYTES and b"," not in name:
        return directory
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return Path("/tmp") / f"raci-{digest}"
