"""Save dump and manifest of the database to a file, from one snapshot."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, transaction

from raci.backup import archive, contents, programs
from raci.backup.archive import Manifest
from raci.database.raw_sql import fetch

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"


def save(out: Path) -> Manifest:
    """Write the backup while people work, and return its manifest.

    Raises FileExistsError, programs.ProgramError, or OSError when the disk is full.
    """
    if out.exists():
        raise FileExistsError(out)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".backup-") as folder:
        dump = Path(folder, archive.DUMP)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_SNAPSHOT)
            ((snapshot,),) = fetch("SELECT pg_export_snapshot()", [])
            _dump(dump, snapshot)
            manifest = _manifest(dump)
        archive.write(out, manifest, dump)
    return manifest


def _dump(out: Path, snapshot: str) -> None:
    # The owner of the tables is under their row-level security too, and sees all of them.
    options = ("--format=custom", "--enable-row-security", f"--snapshot={snapshot}")
    programs.run("pg_dump", *options, f"--file={out}")


def _manifest(dump: Path) -> Manifest:
    ((version,),) = fetch("SELECT current_setting('server_version_num')::int", [])
    return Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        server=version,
        roles=contents.roles(),
        migrations=[name for (name,) in fetch(_MIGRATIONS, [])],
        tables=contents.tables(),
        sequences=contents.sequences(),
        dump_bytes=dump.stat().st_size,
        dump_sha256=archive.digest(dump),
    )
