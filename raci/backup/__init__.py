"""Back up the database to one file: pg_dump's dump and a manifest of its contents."""

from raci.backup.archive import DamagedArchiveError, Manifest, read
from raci.backup.restoring import (
    DifferentDataError,
    NewerArchiveError,
    NotEmptyError,
    NotGrantedError,
    restore,
)
from raci.backup.saving import save

__all__ = [
    "DamagedArchiveError",
    "DifferentDataError",
    "Manifest",
    "NewerArchiveError",
    "NotEmptyError",
    "NotGrantedError",
    "read",
    "restore",
    "save",
]
