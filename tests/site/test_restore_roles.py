"""A backup of an ordinary role's site comes back on another server, and companies can work."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from projects import store
from projects.domain.plan import diff
from raci.database.cluster import Cluster
from raci.database.programs import BIN
from raci.doctor import Level, database
from raci.security_log import log
from tests.support.editions import published
from tests.support.role_servers import administer, execute
from tests.support.small_project import GRID
from tests.support.temporary_folders import temporary_folder
from vendors.models import Contract, Member, Vendor

pytestmark = pytest.mark.django_db(transaction=True)
SITE, PASSWORD = "site", "a long enough password"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Cluster, Cluster]]:
    """Two servers of which no role of ours is known."""
    with temporary_folder() as path:
        made = Cluster(path / "a"), Cluster(path / "b")
        for cluster in made:
            cluster.use()
        yield made
        for cluster in made:
            cluster.release()


@contextmanager
def site_of(cluster: Cluster, *, user: str = SITE) -> Iterator[None]:
    """The application runs on that server as that role, as with DATABASE_URL."""
    connection.close()
    was = dict(connection.settings_dict)
    place = {"HOST": str(cluster.socket_dir), "PORT": "", "USER": user, "NAME": SITE}
    connection.settings_dict.update(place)
    connection.settings_dict.pop("RACI_CLUSTER", None)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(was)


def make_database(cluster: Cluster, rights: str) -> None:
    administer(
        cluster, f"CREATE ROLE {SITE} LOGIN {rights}", f"CREATE DATABASE {SITE} OWNER {SITE}"
    )


@pytest.fixture(scope="module")
def programs() -> Iterator[None]:
    """pg_dump and pg_restore are installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
        yield


@pytest.fixture(scope="module")
def saved(
    servers: tuple[Cluster, Cluster],
    programs: None,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Path:
    """The backup of a site of an ordinary role, with a company's person in it."""
    out = tmp_path_factory.mktemp("backup") / "raci.backup"
    make_database(servers[0], "CREATEROLE")
    with django_db_blocker.unblock(), site_of(servers[0]):
        call_command("migrate", verbosity=0)
        fill()
        call_command("backup", str(out), stdout=io.StringIO())
    return out


def fill() -> None:
    project = store.create(slug="small", title=GRID.title, by=None)
    store.apply(diff(store.load(project), GRID), project=project, by=None, kind=store.Kind.IMPORT)
    published(project)
    person = User.objects.create_user("clerk", password=PASSWORD)
    company = Vendor.objects.create(name="甲社の会社")
    Contract.objects.create(vendor=company, project=project, role=project.roles.get(name="甲社"))
    Member.objects.create(vendor=company, user=person)


@pytest.fixture
def second(request: pytest.FixtureRequest, servers: tuple[Cluster, Cluster]) -> Iterator[Cluster]:
    """The other server with an empty database of the site's role."""
    cluster = servers[1]
    make_database(cluster, request.param)
    yield cluster
    administer(cluster, f"DROP DATABASE {SITE} (FORCE)", f"DROP OWNED BY {SITE}")
    administer(cluster, "DROP ROLE IF EXISTS raci_audit", "DROP ROLE IF EXISTS raci_vendor")
    administer(cluster, f"DROP ROLE {SITE}")


def companies_page() -> tuple[int, str]:
    """What a company's clerk gets who signs in: status and text of the tasks."""
    client = Client()
    answer = client.post("/login/", {"username": "clerk", "password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    assert answer.wsgi_request.user.username == "clerk"
    tasks = client.get("/tasks/", follow=True)
    return tasks.status_code, tasks.content.decode()


def works() -> None:
    status, text = companies_page()
    assert (status, "計画" in text, "試験" in text) == (200, True, False)
    assert [one.level for one in database.vendor_role()] == [Level.OK]
    assert [one.level for one in database.log_owner()] == [Level.OK]
    assert log.check().broken is None


@pytest.mark.parametrize("second", ["CREATEROLE"], indirect=True)
def test_the_sites_own_role_restores_and_a_company_signs_in(saved: Path, second: Cluster) -> None:
    with site_of(second):
        call_command("restore", str(saved), stdout=io.StringIO())
        works()
    member = "SELECT FROM pg_auth_members WHERE roleid = 'raci_audit'::regrole AND set_option"
    place = {"host": str(second.socket_dir), "user": "postgres", "dbname": SITE}
    assert execute(member, **place) == []


@pytest.mark.parametrize("second", ["NOCREATEROLE"], indirect=True)
def test_a_superuser_restores_for_the_sites_role(saved: Path, second: Cluster) -> None:
    with site_of(second, user="postgres"):
        call_command("restore", str(saved), stdout=io.StringIO())
    with site_of(second):
        works()


@pytest.mark.parametrize("second", ["NOCREATEROLE"], indirect=True)
def test_a_role_that_may_not_restore_is_told_and_leaves_an_empty_database(
    saved: Path, second: Cluster
) -> None:
    with site_of(second), pytest.raises(CommandError, match="作る権限がありません"):
        call_command("restore", str(saved))
    place = {"host": str(second.socket_dir), "user": "postgres", "dbname": SITE}
    assert execute("SELECT FROM pg_tables WHERE schemaname = 'public'", **place) == []


@pytest.mark.parametrize("second", ["NOCREATEROLE"], indirect=True)
def test_the_doctor_finds_a_role_that_companies_cannot_have(saved: Path, second: Cluster) -> None:
    with site_of(second, user="postgres"):
        call_command("restore", str(saved), stdout=io.StringIO())
    administer(second, f"REVOKE raci_vendor FROM {SITE}", f"GRANT raci_audit TO {SITE}")
    with site_of(second):
        (vendor,) = database.vendor_role()
        (owner,) = database.log_owner()
    assert (vendor.level, f"GRANT raci_vendor TO {SITE}" in vendor.advice) == (Level.WRONG, True)
    assert (owner.level, f"REVOKE raci_audit FROM {SITE}" in owner.advice) == (Level.WRONG, True)
