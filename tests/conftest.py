"""The cast of the tests, and the real 別紙10 imported once per process."""

from __future__ import annotations

import os

# Playwright's synchronous API runs an event loop in this thread; Django would refuse the ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from projects.imports import proposal
from projects.models import Membership, Project
from raci.jobs import runner
from tests.support import besshi10 as documents
from tests.support.editions import published
from tests.support.people import PASSWORD
from vendors.models import Contract, Member, Vendor

pytest_plugins = [
    "tests.support.browser_contexts",
    "tests.support.matrix_page",
    "tests.support.statements.recording",
    "tests.support.openid_provider",
]


runner.leave_to_others()  # tests that want a runner start their own

hypothesis_settings.register_profile(
    "ci", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
hypothesis_settings.load_profile("ci")


SLOW = frozenset(
    {
        *("browser/test_editing_together", "browser/test_editing_modes"),
        *("intake/test_damaged_workbooks", "store/test_laws"),
        *("browser/test_companies", "browser/test_findings", "editions/test_laws"),
        *("site/test_backup", "site/test_database", "site/test_demo_process"),
        *("site/test_first_release", "site/test_point_in_time", "site/test_rate_limit"),
        *("site/test_restore_roles", "site/test_security_log_roles"),
        *("system/test_failover", "system/test_soak", "system/test_trouble"),
        *("vendors/test_isolation", "vendors/test_isolation_absent"),
        *("vendors/test_isolation_mutants", "vendors/test_isolation_row_security"),
    }
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow ones; those that wait for whole sites stand apart, so that others use the
    time."""
    for item in items:
        if f"{item.path.parent.name}/{item.path.stem}" in SLOW:
            item.add_marker("slow")
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if "system" in item.path.parts:
        return 0 if item.path.name == "test_failover.py" else 2
    return 1 if item.path.parent.name < "i" else 3


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Nobody counts the tables meanwhile: to others they look empty, since tests commit nothing,
    and plans for empty tables compare each row with each. And what keeps editions from TRUNCATE
    would keep them from the end of a test that commits; `test_editions` tries it."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("""
            DO $$ DECLARE name text; BEGIN
                FOR name IN SELECT oid::regclass::text FROM pg_class
                    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
                LOOP EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', name);
                END LOOP;
                FOR name IN SELECT format('%s DISABLE TRIGGER %I', tgrelid::regclass, tgname)
                    FROM pg_trigger WHERE tgname ~ '^pgtrigger_kept_'
                LOOP EXECUTE 'ALTER TABLE ' || name;
                END LOOP;
            END $$
        """)


@pytest.fixture
def besshi10(db: None) -> Project:
    """The real 別紙10 as project besshi10."""
    return proposal.create_from(documents.whole(), slug="besshi10", by=None)


@pytest.fixture
def cast(besshi10: Project) -> dict[str, User]:
    """One person of every kind around the real document, with its 第1版 published.

    `vendor` works for 保守業者, `vendor2` for 共通運用管理業者; `outsider` belongs nowhere.
    """
    published(besshi10)
    people = {kind: _person(kind) for kind in ("manager", "editor", "viewer", "outsider")}
    for kind in ("manager", "editor", "viewer"):
        Membership.objects.create(project=besshi10, user=people[kind], kind=kind)
    people["admin"] = User.objects.create_superuser("admin", password=PASSWORD)
    people["vendor"] = _company_person("vendor", besshi10, "保守業者")
    people["vendor2"] = _company_person("vendor2", besshi10, "共通運用管理業者")
    return people


@pytest.fixture
def sign_in(cast: dict[str, User]) -> Callable[[str], Client]:
    """A client signed in as one of the cast; "anonymous" for nobody."""

    def client_of(name: str) -> Client:
        client = Client()
        if name != "anonymous":
            client.force_login(cast[name])
        return client

    return client_of


def _person(name: str) -> User:
    return User.objects.create_user(name, password=PASSWORD)


def _company_person(name: str, project: Project, role_name: str) -> User:
    user = _person(name)
    vendor = Vendor.objects.create(name=f"{role_name}の会社")
    role = project.roles.get(name=role_name)
    Contract.objects.create(vendor=vendor, project=project, role=role)
    Member.objects.create(vendor=vendor, user=user)
    return user
