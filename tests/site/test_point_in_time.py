"""docs/operations.md: after a mistake, the database as it was a moment before it.

An archive of the WAL, a base backup, edits, the mistake, and the way back, with PostgreSQL's own
programs as the manual has them.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from projects import store
from projects.domain.plan import diff
from projects.models import Project
from raci import backup
from raci.database import address, programs
from raci.database.raw_sql import fetch
from raci.security_log import log as audit
from tests.support.editions import published
from tests.support.small_project import CHANGED

pytestmark = pytest.mark.django_db(transaction=True)
NAME, PATIENCE = "restored", 30
INITDB = ("--auth-local=trust", "--encoding=UTF8", "--locale=C", f"--username={address.USER}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path (a socket lies in it) that the server's account may write to."""
    made = Path(tempfile.mkdtemp(prefix="raci-pitr-", dir="/tmp"))
    account = programs.account_of(made / "none")
    made.chmod(0o755)
    for name in ("archive", "first", "second", "socket"):
        (made / name).mkdir(mode=0o700)
        shutil.chown(made / name, *account)
    yield made
    shutil.rmtree(made)


def run(folder: Path, program: str, *arguments: str | Path) -> None:
    account = programs.account_of(folder / "first")
    log = folder / "log"
    assert programs.run(program, *arguments, account=account, log=log) == 0, log.read_text()


@contextmanager
def served(folder: Path, name: str) -> Iterator[None]:
    """The server of the data directory runs, and Django's connection goes to it."""
    data, socket = folder / name, folder / "socket"
    options = f"-c listen_addresses= -c unix_socket_directories={socket}"
    quietly = ("--wait", "--silent", "-l", data / "log")
    run(folder, "pg_ctl", "start", "-D", data, *quietly, "-o", options)
    settings = connection.settings_dict
    was = settings["HOST"], settings["NAME"]
    connection.close()
    settings["HOST"], settings["NAME"] = str(socket), NAME
    try:
        yield
    finally:
        connection.close()
        settings["HOST"], settings["NAME"] = was
        run(folder, "pg_ctl", "stop", "-D", data, "-m", "fast", "--wait", "--silent")


def configure(data: Path, **settings: str) -> None:
    lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
    with (data / "postgresql.auto.conf").open("a") as file:
        file.writelines(lines)


def until_it_takes_writes() -> None:
    """Reading is possible before the recovery has ended."""
    deadline = time.monotonic() + PATIENCE
    while fetch("SELECT pg_is_in_recovery()", []) != [(False,)]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_database_comes_back_as_it_was_before_the_mistake(
    project: Project, folder: Path
) -> None:
    saved = folder / "raci.backup"
    backup.save(saved)
    first, second, archive = (folder / name for name in ("first", "second", "archive"))
    client = ("-h", folder / "socket", "-U", address.USER)
    run(folder, "initdb", "-D", first, *INITDB)
    configure(
        first, archive_mode="on", archive_command=f"test ! -f {archive}/%f && cp %p {archive}/%f"
    )
    with served(folder, "first"):
        run(folder, "createdb", *client, NAME)
        backup.restore(saved)
        run(folder, "pg_basebackup", *client, "-D", second, "-c", "fast")
        row = Project.objects.get()
        store.apply(diff(store.load(row), CHANGED), project=row, by=None, kind=store.Kind.EDIT)
        before = store.load(row)
        ((moment,),) = fetch("SELECT clock_timestamp()::text", [])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM projects_assignment")  # the mistake
            cursor.execute("SELECT pg_switch_wal()")
        assert store.load(row) != before
    configure(
        second,
        restore_command=f"cp {archive}/%f %p",
        recovery_target_time=moment,
        recovery_target_action="promote",
        archive_mode="off",
    )
    (second / "recovery.signal").touch()
    with served(folder, "second"):
        until_it_takes_writes()
        row = Project.objects.get()
        assert store.load(row) == before
        assert audit.check().broken is None
        assert published(row).number == 1
