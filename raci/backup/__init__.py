"""Backups: one file with the dump of pg_dump and a manifest that tells what must be in it."""

from raci.backup.archive import Damaged, Manifest, read
from raci.backup.restoring import Different, Newer, NotEmpty, NotGranted, restore
from raci.backup.saving import save

__all__ = [
    "Damaged",
    "Different",
    "Manifest",
    "Newer",
    "NotEmpty",
    "NotGranted",
    "read",
    "restore",
    "save",
]
