"""Share a server by kernel locks on files, which end with their process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The descriptors by which this process holds its shares, by file.
_held: dict[Path, int] = {}


@contextmanager
def alone(file: Path) -> Iterator[int]:
    """Lock a file exclusively, waiting for it, and return its descriptor."""
    descriptor = _open(file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        # Unlocked, not only closed: a child forked meanwhile has the same descriptor.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def take(file: Path) -> None:
    """Hold a share of file until this process gives it up or ends."""
    if file not in _held:
        descriptor = _open(file)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _held[file] = descriptor


def give_up(file: Path) -> None:
    """Drop this process's share of file."""
    # Closed, not unlocked: that would also take it from a child that still has the descriptor.
    os.close(_held.pop(file))


def held() -> list[Path]:
    """Return the files of which this process holds a share."""
    return list(_held)


def all_free(file: Path) -> bool:
    """Return whether no process holds a share of the file at this moment."""
    descriptor = _open(file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _forget() -> None:
    """Forget the shares in a forked child: they belong to the parent."""
    for descriptor in _held.values():
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_forget)
