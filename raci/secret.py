"""Create and read the signing key of a site that was given none."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key

_LENGTH_FACTOR = 2


def secret_key(data_dir: Path) -> str:
    """Return the key in `<data_dir>/secret_key`, created with mode 0600 if it is missing."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    fresh = "".join(get_random_secret_key() for _ in range(_LENGTH_FACTOR))
    temporary = data_dir / f".secret_key.{os.getpid()}"
    if not path.exists():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(fresh)
        _place(temporary, path)
    return path.read_text()


def _place(temporary: Path, path: Path) -> None:
    """Link the file to its name: the first process wins, and nobody reads half a key."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
