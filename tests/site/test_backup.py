"""A backup of a working site comes back the same, into an empty database, or not at all."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from projects import store
from projects.models import Edition, Project
from raci import backup
from raci.backup import archive, contents
from raci.database import UnreachableDatabaseError, unpooled
from raci.security_log import log
from tests.support.databases import empty_database
from tests.support.editions import published
from tests.support.small_project import client_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def saved(project: Project, tmp_path: Path) -> Path:
    """The backup of a site with a small project and its 第1版."""
    published(project)
    out = tmp_path / "raci.backup"
    call_command("backup", str(out), stdout=io.StringIO())
    return out


PLACES = (
    *("export.xlsx", "editions/1/export.xlsx", "checks.xlsx", "workload.xlsx"),
    *("history.csv", "export.csv", "export.md"),
)


def exported() -> dict[str, object]:
    """What a person can take out of the site: grids, the parts of each workbook, and CSV."""
    row = Project.objects.get()
    found: dict[str, object] = {"grid": store.load(row)}
    for edition in Edition.objects.order_by("pk"):
        found[f"edition {edition.number}"] = store.editions.grid(edition)
    client = client_of("manager")
    for place in PLACES:
        answer = client.get(f"/projects/{row.slug}/{place}")
        assert answer.status_code == 200
        data = answer.getvalue()
        found[place] = _sheets(data) if place.endswith(".xlsx") else data
    return found


def _sheets(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook but the one with the time at which it was written."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name) for name in book.namelist() if "core.xml" not in name}


def test_what_comes_back_is_the_same(saved: Path) -> None:
    before = exported()
    with empty_database():
        call_command("restore", str(saved), stdout=io.StringIO())
        after = exported()
        assert {place for place in before if before[place] != after[place]} == set()
        assert log.check().broken is None


def test_the_restored_site_goes_on(saved: Path) -> None:
    with empty_database():
        backup.restore(saved)
        row = Project.objects.get()
        assert published(row, "第2版").number == 2


def test_a_database_with_tables_is_not_touched(saved: Path) -> None:
    tables = contents.tables()
    with pytest.raises(CommandError, match="空ではない") as raised:
        call_command("restore", str(saved))
    assert raised.value.returncode == 2
    assert contents.tables() == tables


def test_only_its_owner_may_read_a_backup(saved: Path) -> None:
    assert oct(saved.stat().st_mode & 0o777) == "0o600"


def test_nothing_is_written_over(saved: Path) -> None:
    data = saved.read_bytes()
    with pytest.raises(CommandError, match="既にあります"):
        call_command("backup", str(saved))
    assert saved.read_bytes() == data


def test_a_folder_that_is_not_there_is_told_and_nothing_is_left(saved: Path) -> None:
    with pytest.raises(CommandError, match="書き込めません"):
        call_command("backup", str(saved.parent / "none" / "raci.backup"))
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_pg_dump_does_not_go_through_a_pooler(
    saved: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LISTEN_DATABASE = {"HOST": "127.0.0.1", "PORT": "1"}
    with pytest.raises(UnreachableDatabaseError, match=r"127\.0\.0\.1"):
        call_command("backup", str(saved.with_name("other")))
    settings.LISTEN_DATABASE = None
    monkeypatch.setattr(unpooled, "is_pooled", lambda _: True)
    with pytest.raises(CommandError, match="RACI_LISTEN_URL"):
        call_command("backup", str(saved.with_name("other")))
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_a_backup_of_a_newer_release_is_refused_before_anything_happens(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raci.backup.restoring._known", lambda: {"raci.0001_buckets"})
    with empty_database():
        with pytest.raises(CommandError, match="より新しい版"):
            call_command("restore", str(saved))
        assert contents.is_empty()


@pytest.mark.parametrize("harm", ["cut", "changed", "text", "word", "manifest", "encrypted"])
def test_a_damaged_file_is_refused_before_anything_happens(saved: Path, harm: str) -> None:
    harmed = saved.with_name("harmed")
    harmed.write_bytes(_harmed(saved.read_bytes(), harm))
    with empty_database():
        with pytest.raises(CommandError, match=r"壊れています|作成時と違います"):
            call_command("restore", str(harmed))
        assert contents.is_empty()


def _harmed(data: bytes, harm: str) -> bytes:
    if harm == "cut":
        return data[: len(data) // 2]
    if harm == "text":
        return b"a backup"
    if harm == "encrypted":
        harmed = bytearray(data)
        harmed[data.rfind(b"PK\x01\x02") + 8] |= 1
        harmed[data.find(b"PK\x03\x04", 1) + 6] |= 1
        return bytes(harmed)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as was, zipfile.ZipFile(out, "w") as now:
        told, dump = json.loads(was.read(archive.MANIFEST)), was.read(archive.DUMP)
        if harm == "manifest":
            del told["tables"]
        now.writestr(archive.MANIFEST, json.dumps("raci" if harm == "word" else told))
        now.writestr(archive.DUMP, dump[:-1] + b"x" if harm == "changed" else dump)
    return out.getvalue()


def test_a_table_that_is_not_the_same_is_told(saved: Path) -> None:
    with empty_database():
        manifest = backup.restore(saved)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE auth_user SET last_name = 'x' WHERE username = 'viewer'")
        (line,) = backup.restoring.differences(manifest)
    assert line.startswith("public.auth_user：")
