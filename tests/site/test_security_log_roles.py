"""The security log on a server where the site's role is no superuser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2  # type: ignore[import-untyped]
import psycopg2.errors  # type: ignore[import-untyped]
import pytest

from raci.database.cluster import Cluster
from tests.support.role_servers import administer, execute
from tests.support.temporary_folders import temporary_folder

ROOT = Path(__file__).resolve().parents[2]


class Place:
    """A database that belongs to an ordinary role, on a server of its own."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.host, self.name = str(cluster.socket_dir), name

    def migrate(self) -> subprocess.CompletedProcess[str]:
        address = f"postgresql://{self.name}@{quote(self.host, safe='')}/{self.name}"
        return subprocess.run(
            [sys.executable, "manage.py", "migrate", "raci", "0002", "-v", "0"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": address},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        """As the ordinary role."""
        return execute(statement, host=self.host, user=self.name, dbname=self.name)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server on which no raci_audit exists at first."""
    with temporary_folder() as path:
        cluster = Cluster(path / "data")
        cluster.use()
        yield cluster
        cluster.release()


@pytest.fixture
def place(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[Place]:
    name = f"site_{request.param}".lower()
    administer(
        cluster,
        f"CREATE ROLE {name} LOGIN {request.param}",
        f"CREATE DATABASE {name} OWNER {name}",
    )
    yield Place(cluster, name)
    administer(cluster, f"DROP DATABASE {name} (FORCE)", f"DROP OWNED BY {name}")
    administer(cluster, "DROP ROLE IF EXISTS raci_audit", f"DROP ROLE {name}")


@pytest.mark.parametrize("place", ["CREATEROLE"], indirect=True)
def test_an_ordinary_owner_of_the_database_can_only_add_lines(place: Place) -> None:
    made = place.migrate()
    assert made.returncode == 0, made.stderr
    place.execute("INSERT INTO raci_audit.event (kind, details) VALUES ('login', '{}')")
    assert place.execute("SELECT id, kind FROM raci_audit.event") == [(1, "login")]
    assert place.execute("SELECT pg_has_role('raci_audit', 'SET')") == [(False,)]
    for statement in (
        "UPDATE raci_audit.event SET kind = 'x'",
        "DELETE FROM raci_audit.event",
        "TRUNCATE raci_audit.event",
        "DROP TABLE raci_audit.event",
        "DROP SCHEMA raci_audit CASCADE",
        "ALTER TABLE raci_audit.event DISABLE TRIGGER USER",
        "CREATE OR REPLACE FUNCTION raci_audit.chain() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NEW; END $$",
        "INSERT INTO raci_audit.event (id, kind, details) VALUES (7, 'login', '{}')",
        "SET ROLE raci_audit",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            place.execute(statement)


@pytest.mark.parametrize("place", ["NOCREATEROLE"], indirect=True)
def test_a_role_that_may_not_make_the_owner_is_told_what_to_do(place: Place) -> None:
    made = place.migrate()
    assert made.returncode == 1
    assert f"GRANT raci_audit TO {place.name}" in made.stderr


@pytest.mark.parametrize("place", ["NOCREATEROLE"], indirect=True)
def test_an_administrator_may_lend_the_owner_for_the_migration(
    place: Place, cluster: Cluster
) -> None:
    administer(cluster, "CREATE ROLE raci_audit NOLOGIN", f"GRANT raci_audit TO {place.name}")
    made = place.migrate()
    assert made.returncode == 0, made.stderr
    administer(cluster, f"REVOKE raci_audit FROM {place.name}")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        place.execute("DELETE FROM raci_audit.event")
