"""Restore a file into an empty database in one transaction, and compare the result."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path

from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from raci.backup import archive, contents, programs
from raci.backup.archive import Manifest
from raci.database import roles
from raci.database.raw_sql import fetch

_ROLES = "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)"


class NotEmptyError(Exception):
    """The database already has tables; nothing was changed."""


class NewerArchiveError(Exception):
    """The backup is of a release with migrations that this one does not know."""

    def __init__(self, migrations: list[str]) -> None:
        super().__init__("、".join(migrations[:3]))


class NotGrantedError(Exception):
    """All is restored, but companies cannot sign in; has the missing statements."""


class DifferentDataError(Exception):
    """The restored data differs from the manifest; has a line per table."""


def restore(path: Path) -> Manifest:
    """Fill the configured database, and let the site's role work for companies.

    Raises DamagedArchiveError, NewerArchiveError, NotEmptyError, ProgramError, DifferentDataError
    or NotGrantedError.
    """
    manifest = archive.read(path)
    if unknown := sorted(set(manifest.migrations) - _known()):
        raise NewerArchiveError(unknown)
    if not contents.is_empty():
        raise NotEmptyError
    _have_roles(manifest)
    with tempfile.TemporaryDirectory(prefix="raci-restore-") as folder:
        dump = Path(folder, archive.DUMP)
        archive.take_dump(path, dump)
        _load(dump, manifest)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = differences(manifest)
    if found:
        raise DifferentDataError("\n".join(found))
    _grant_vendor(manifest)
    return manifest


def differences(manifest: Manifest) -> list[str]:
    """Describe where the database differs from the manifest."""
    with transaction.atomic():
        tables, sequences = contents.tables(), contents.sequences()
    found = []
    for name in sorted({*manifest.tables, *tables}):
        was, now = manifest.tables.get(name), tables.get(name)
        if was is None or now is None or list(was) != list(now):
            rows = (f"{one[0]:,}行" if one else "なし" for one in (was, now))
            found.append(f"{name}：{' → '.join(rows)}")
    if dict(manifest.sequences) != sequences:
        found.append("番号の続き（sequence）が違います。")
    return found


def _known() -> set[str]:
    """Return the migrations of this release, as the manifest names them."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {".".join(key) for key in loader.disk_migrations or ()}


def _have_roles(manifest: Manifest) -> None:
    """Create missing roles of the application; the site's own role must exist."""
    there = {name for (name,) in fetch(_ROLES, [list(manifest.roles)])}
    missing = [name for name in manifest.roles if name not in there]
    foreign = [name for name in missing if name not in roles.OWN]
    if foreign:
        names = "、".join(foreign)
        raise programs.ProgramError(
            f"データベースの役割 {names} がありません。先に作ってください。"
        )
    try:
        with connection.cursor() as cursor:
            for name in missing:
                cursor.execute(f"CREATE ROLE {name} NOLOGIN")
    except ProgrammingError as error:
        raise programs.ProgramError(
            f"役割 {'、'.join(missing)} を作る権限がありません。"
        ) from error


def _load(dump: Path, manifest: Manifest) -> None:
    """Run pg_restore, as a member of the security log's owner where there is one."""
    owner = roles.as_owner_of_log() if roles.AUDIT in manifest.roles else nullcontext()
    try:
        with owner:
            programs.run("pg_restore", "--single-transaction", "--exit-on-error", dump)
    except DatabaseError as error:
        raise programs.ProgramError(f"役割 {roles.AUDIT} を使う権限がありません。") from error


def _grant_vendor(manifest: Manifest) -> None:
    """Give the site's role what a dump does not hold: its membership in the companies' role."""
    if roles.VENDOR not in manifest.roles:
        return
    try:
        roles.let_site_become_vendor()
    except DatabaseError as error:
        raise NotGrantedError("; ".join(roles.missing_grants())) from error
