"""The matrix as CSV and Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from projects.domain.grid import Grid
from projects.models import Project
from projects.render import plain_text
from tests.support import besshi10
from tests.support.sheet_writers import read
from tests.support.small_project import GRID, client_of

WRITERS = [plain_text.as_csv, plain_text.as_markdown]


def content(grid: Grid) -> object:
    rows = [(i.level, i.number, i.name, i.marks, i.description) for i in grid.items]
    return [role.name for role in grid.roles], rows


@pytest.mark.parametrize("write", WRITERS)
def test_the_real_document_comes_back_through_the_import(write: Callable[[Grid], bytes]) -> None:
    grid = besshi10.whole().plan.after
    assert content(read(write(grid)).grid) == content(grid)


@pytest.mark.parametrize("write", WRITERS)
def test_signs_of_the_format_are_only_text(write: Callable[[Grid], bytes]) -> None:
    first, *others = GRID.items
    text = '縦棒 | と "引用" と, 改行\nと円 \\ の後'
    grid = replace(GRID, items=(replace(first, name="A|B \\", description=text), *others))
    assert content(read(write(grid)).grid) == content(grid)


def test_no_formula_comes_alive() -> None:
    first, *others = GRID.items
    grid = replace(GRID, items=(replace(first, name="=1+1", description="@x"), *others))
    rows = list(csv.reader(io.StringIO(plain_text.as_csv(grid).decode("utf-8-sig"))))
    assert (rows[1][2], rows[1][-1]) == ("'=1+1", "'@x")


@pytest.mark.django_db
@pytest.mark.parametrize(("suffix", "kind"), [(".csv", "text/csv"), (".md", "text/markdown")])
def test_the_page_and_the_command_give_the_same_bytes(
    suffix: str, kind: str, project: Project, tmp_path: Path
) -> None:
    answer = client_of("viewer").get(f"/projects/small/export{suffix}")
    assert answer["Content-Type"] == f"{kind}; charset=utf-8"
    assert answer["Content-Disposition"].startswith(f'attachment; filename="export{suffix}"')
    out = tmp_path / f"out{suffix}"
    call_command("export_matrix", str(out), project="small", stdout=io.StringIO())
    assert out.read_bytes() == answer.content
    with pytest.raises(CommandError, match="--phase"):
        call_command("export_matrix", str(out), project="small", phase="1")
