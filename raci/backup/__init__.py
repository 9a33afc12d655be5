"""Backups: one file with the dump of pg_dump and a manifest that tells what must be in it."""

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
