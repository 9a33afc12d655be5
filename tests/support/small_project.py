"""A small project, people around it, and uploads to it, for the tests of the import."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects import store
from projects.domain.grid import Grid
from projects.domain.plan import diff
from projects.excel import workbook
from projects.models import Import, Membership, Project
from tests.support.grid_builders import grid_of

LIST = "/projects/small/imports/"
PEOPLE = ("manager", "editor", "viewer")
GRID = grid_of(
    "企画", "  計画 ◎ ○", "  報告 ○ .", "実施", "  試験 . ◎", "  検収 ○ ○", roles=("甲社", "乙社")
)


@pytest.fixture
def project(db: None) -> Project:
    """Six rows and two columns, with a person of every right."""
    made = store.create(slug="small", title=GRID.title, by=None)
    store.apply(diff(store.load(made), GRID), project=made, by=None, kind=store.Kind.IMPORT)
    for kind in PEOPLE:
        user = User.objects.create_user(kind)
        Membership.objects.create(project=made, user=user, kind=kind)
    made.refresh_from_db()
    return made


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get_or_create(username=name)[0])
    return client


@pytest.fixture
def client(project: Project) -> Client:
    return client_of("editor")


def marked(grid: Grid, name: str, *marks: str) -> Grid:
    """The grid with other marks in one row."""
    rows = tuple(replace(i, marks=marks) if i.name == name else i for i in grid.items)
    return replace(grid, items=rows)


CHANGED = marked(GRID, "報告", "◎", "○")


def exported(project: Project, grid: Grid) -> bytes:
    """The grid as this application hands it out: the rows keep their identity."""
    return workbook.matrix(grid, workbook.Origin(project.slug, project.revision, ""))


def upload(client: Client, data: bytes, name: str = "別紙1.xlsx") -> Any:
    return client.post(LIST, {"file": SimpleUploadedFile(name, data)})


def sent(client: Client, data: bytes, name: str = "別紙1.xlsx") -> Import:
    answer = upload(client, data, name)
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.get(pk=int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))


def address(row: Import, step: str = "") -> str:
    return f"{LIST}{row.pk}/{step}"


def shown(client: Client, row: Import, **query: Any) -> str:
    return client.get(address(row), query).content.decode()


def seen(client: Client, row: Import) -> str:
    """The fingerprint on the preview."""
    return shown(client, row).partition('name="seen" value="')[2].partition('"')[0]


def applied(client: Client, row: Import, **more: str) -> Any:
    return client.post(address(row, "apply/"), {"seen": seen(client, row), **more})


def ready(client: Client, project: Project, grid: Grid = CHANGED) -> Import:
    row = sent(client, exported(project, grid))
    assert row.state == "ready", row.problems
    return row


def now(project: Project) -> Grid:
    return store.load(project)
