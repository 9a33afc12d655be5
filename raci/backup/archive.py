"""Read and write backup files: an uncompressed zip with the dump and its manifest.

The manifest is `manifest.json`; it has a digest of the dump, and of every table as it was in the
snapshot that was dumped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
BLOCK = 1 << 20
# Errors of zipfile and json for foreign files; RuntimeError: encrypted, or compressed otherwise.
_NOT_OURS = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
)


class DamagedArchiveError(Exception):
    """The file is no backup, or was altered; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup was made of.

    `made_at` is ISO 8601 in UTC, `server` the version number of PostgreSQL (180000), `roles` those
    that own or may use something in it, `migrations` "app.name". `tables` has by qualified name
    the number of rows and their digest, `sequences` their last values.
    """

    made_at: str
    server: int
    roles: Sequence[str]
    migrations: Sequence[str]
    tables: Mapping[str, Sequence[int | str]]
    sequences: Mapping[str, int | None]
    dump_bytes: int
    dump_sha256: str


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return _digest(file)


def write(out: Path, manifest: Manifest, dump: Path) -> None:
    """Create the file atomically. Raises FileExistsError rather than overwrite one.

    It is made beside the dump, in a folder that the caller removes, and only its owner may read it:
    it has the passwords' hashes and second factors.
    """
    part = dump.with_name(f"{dump.name}.part")
    with part.open("xb") as file:
        part.chmod(0o600)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            head = {"format": FORMAT, **asdict(manifest)}
            archive.writestr(MANIFEST, json.dumps(head, ensure_ascii=False, indent=1))
            archive.write(dump, DUMP)
        file.flush()
        os.fsync(file.fileno())
    os.link(part, out)


def read(path: Path) -> Manifest:
    """Check the dump and return its manifest. Raises DamagedArchiveError or OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive.read(MANIFEST))
            with archive.open(DUMP) as dump:
                found = _digest(dump)
    except _NOT_OURS as error:
        raise DamagedArchiveError(
            f"「{path}」はバックアップのファイルではないか、壊れています。"
        ) from error
    if found != manifest.dump_sha256:
        raise DamagedArchiveError(
            f"「{path}」の中身が作成時と違います。別のバックアップを使ってください。"
        )
    return manifest


def take_dump(path: Path, into: Path) -> None:
    """Extract the dump to a file."""
    with (
        zipfile.ZipFile(path) as archive,
        archive.open(DUMP) as dump,
        into.open("wb") as out,
    ):
        shutil.copyfileobj(dump, out, BLOCK)


def _manifest(data: bytes) -> Manifest:
    fields = json.loads(data)
    if not isinstance(fields, dict) or fields.pop("format") != FORMAT:
        raise ValueError
    return Manifest(**fields)


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while block := file.read(BLOCK):
        found.update(block)
    return found.hexdigest()
