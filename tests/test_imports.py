"""Import on its pages: uploaded, understood, corrected, applied once, taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects import store, workbook
from projects.grid import Grid, without_item
from projects.models import Import, Project
from tests.builders import row_numbered

Sign = Callable[[str], Client]
LIST = "/projects/besshi10/imports/"
pytestmark = pytest.mark.django_db


def marked(grid: Grid, number: str, column: int, symbol: str) -> Grid:
    """The grid with one mark set."""
    items = tuple(
        replace(i, marks=(*i.marks[:column], symbol, *i.marks[column + 1 :]))
        if i.number == number
        else i
        for i in grid.items
    )
    return replace(grid, items=items)


def as_file(data: bytes, name: str = "別紙10.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def uploaded(client: Client, grid: Grid, project: Project) -> Import:
    """The import of a grid as this application exports it."""
    data = workbook.matrix(grid, workbook.Origin(project.slug, project.revision, ""))
    return sent(client, data)


def sent(client: Client, data: bytes, name: str = "別紙10.xlsx") -> Import:
    answer = client.post(LIST, {"file": as_file(data, name)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.get(pk=int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))


def page(client: Client, row: Import, **query: Any) -> str:
    return client.get(f"{LIST}{row.pk}/", query).content.decode()


def seen(client: Client, row: Import) -> str:
    """The fingerprint on the preview."""
    return page(client, row).partition('name="seen" value="')[2].partition('"')[0]


def applied(client: Client, row: Import, **more: str) -> Any:
    return client.post(f"{LIST}{row.pk}/apply/", {"seen": seen(client, row), **more})


def test_a_changed_mark_is_shown_applied_and_taken_back(besshi10: Project, sign_in: Sign) -> None:
    before = store.load(besshi10)
    assert row_numbered(before, "4").marks[0] == ""
    client = sign_in("editor")
    row = uploaded(client, marked(before, "4", 0, "◎"), besshi10)
    assert row.state == "ready", row.problems
    shown = page(client, row)
    assert "空→◎" in shown
    assert applied(client, row).status_code == 302
    row.refresh_from_db()
    besshi10.refresh_from_db()
    assert (row.state, row.number) == ("applied", besshi10.revision)
    assert row_numbered(store.load(besshi10), "4").marks[0] == "◎"
    undo = f"/projects/besshi10/history/{row.number}/undo/"
    assert undo in page(client, row)
    assert client.post(undo).status_code == 302
    assert store.load(besshi10) == before
    assert "取り消されています" in page(client, row)
    assert "取り消し済み" in client.get(LIST).content.decode()
