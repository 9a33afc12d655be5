"""The real 別紙10, as it was kept by the first schema, comes through every migration."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from projects import store
from projects.domain.grid import Grid, parents
from projects.domain.plan import diff
from projects.models import ChangeSet, Project
from raci.database.raw_sql import fetch
from raci.security_log import log
from tests.support import besshi10
from tests.support.databases import empty_database
from tests.support.editions import published
from vendors.models import Confirmation, Contract, Member, Vendor

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = [("projects", "0001_initial"), ("vendors", "0001_initial"), ("sessions", "0001_initial")]
WITH_WORK = [("vendors", "0004_work")]
ROLE = "保守業者"
_IDS = """
SELECT nextval(pg_get_serial_sequence('projects_workitem', 'id')) FROM generate_series(1, %s)
"""


@pytest.fixture
def grid() -> Grid:
    """What intake reads in the document."""
    return besshi10.whole().plan.after


@pytest.fixture
def migrated(grid: Grid) -> Iterator[None]:
    """A database of today's schema in which people have worked since the first one."""
    with empty_database():
        fill(migrate_to(FIRST), grid)
        say(migrate_to(WITH_WORK), grid)
        call_command("migrate", verbosity=0)
        yield


def migrate_to(targets: list[tuple[str, str]]) -> Any:
    """The models as they were then."""
    executor = MigrationExecutor(connection)
    return executor.migrate(targets).apps


@transaction.atomic
def fill(then: Any, grid: Grid) -> None:
    """The document and its people, in one transaction as `import_matrix` did."""
    project = then.get_model("projects", "Project").objects.create(
        slug="besshi10",
        title=grid.title,
        document_number=grid.document_number,
        issuer=grid.issuer,
        date=grid.date,
    )
    legend, roles, marks = (
        then.get_model("projects", name).objects for name in ("LegendMark", "Role", "Assignment")
    )
    legend.all().delete()
    for position, mark in enumerate(grid.legend, 1):
        legend.create(project=project, position=position, **vars_of(mark))
    columns = [
        roles.create(
            project=project, position=position, **vars_of(role) | {"aliases": list(role.aliases)}
        )
        for position, role in enumerate(grid.roles, 1)
    ]
    rows = items(then, project, grid)
    marks.bulk_create(
        marks.model(project=project, item=row, role=role, symbol=symbol)
        for row, item in zip(rows, grid.items, strict=True)
        for role, symbol in zip(columns, item.marks, strict=True)
        if symbol
    )
    people(then, project, next(role for role in columns if role.name == ROLE))


def items(then: Any, project: Any, grid: Grid) -> list[Any]:
    objects = then.get_model("projects", "WorkItem").objects
    up = parents(grid.items)
    ids = [one for (one,) in fetch(_IDS, [len(grid.items)])]
    return list(
        objects.bulk_create(
            objects.model(
                pk=ids[index],
                project=project,
                uid=item.uid,
                position=index + 1,
                number=item.number,
                name=item.name,
                description=item.description,
                parent_id=ids[up[index]] if up[index] >= 0 else None,
            )
            for index, item in enumerate(grid.items)
        )
    )


def vars_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def people(then: Any, project: Any, role: Any) -> None:
    users = then.get_model("auth", "User").objects
    boss, worker = (users.create(username=name, is_active=True) for name in ("boss", "worker"))
    then.get_model("projects", "Membership").objects.create(
        project=project, user=boss, kind="manager"
    )
    vendor = then.get_model("vendors", "Vendor").objects.create(name="保守の会社")
    then.get_model("vendors", "Member").objects.create(vendor=vendor, user=worker)
    then.get_model("vendors", "Contract").objects.create(vendor=vendor, project=project, role=role)


def say(then: Any, grid: Grid) -> None:
    """The company confirms its first task."""
    models = {name: then.get_model("vendors", name).objects for name in ("Vendor", "Confirmation")}
    place = [role.name for role in grid.roles].index(ROLE)
    models["Confirmation"].create(
        project=then.get_model("projects", "Project").objects.get(),
        vendor=models["Vendor"].get(),
        uid=next(item.uid for item in grid.items if item.marks[place]),
        edition_number=1,
        state="confirmed",
        person=then.get_model("auth", "User").objects.get(username="worker"),
        person_name="worker",
    )


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def test_nothing_is_lost_and_the_site_goes_on(migrated: None, grid: Grid) -> None:
    project = Project.objects.get()
    assert store.load(project) == grid
    assert (len(grid.items), len(grid.roles)) == (648, 16)
    _has_history(project, grid)
    _has_people(grid)
    _answers(project, grid)
    assert log.check().broken is None


def _has_history(project: Project, grid: Grid) -> None:
    """Every row and mark was recorded by the first schema; change sets begin with the third."""
    marks = sum(bool(mark) for item in grid.items for mark in item.marks)
    counted = "SELECT count(*) FROM {} WHERE pgh_label = 'insert' AND project_id = %s"
    for table, count in (("projects_workitemevent", 648), ("projects_assignmentevent", marks)):
        assert fetch(counted.format(table), [project.pk]) == [(count,)]
    assert not ChangeSet.objects.filter(project=project).exists()


def _has_people(grid: Grid) -> None:
    vendor = Vendor.objects.get()
    assert vendor.uid
    assert (Member.objects.get().active, Contract.objects.get().role.name) == (True, ROLE)
    assert Confirmation.objects.get().state == "confirmed"


def _answers(project: Project, grid: Grid) -> None:
    boss = client_of("boss")
    assert boss.get("/projects/besshi10/").status_code == 200
    export = boss.get("/projects/besshi10/export.xlsx")
    assert zipfile.is_zipfile(io.BytesIO(export.getvalue()))
    assert boss.get("/projects/besshi10/history/").status_code == 200
    task = next(item for item in grid.items if any(item.marks))
    assert boss.get(f"/projects/besshi10/items/{task.uid}/").status_code == 200
    changed = replace(task, marks=tuple("" for _ in task.marks))
    after = replace(grid, items=tuple(changed if one is task else one for one in grid.items))
    store.apply(diff(grid, after), project=project, by=None, kind=store.Kind.EDIT)
    assert store.load(project) == after
    assert ChangeSet.objects.filter(project=project).count() == 1
    published(project)
    tasks = client_of("worker").get("/tasks/")
    assert tasks.status_code == 200
    assert "確認済" in tasks.content.decode()
