"""The comparison with a file whose columns are called otherwise, and what 新旧対照表 leaves out."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from projects.domain.comparison import KINDS
from projects.domain.grid import Grid, with_item_under
from projects.models import Project
from tests.support.comparison_pages import FILE, becomes, page, rows
from tests.support.grid_builders import grid_of, item, roles_of, uid_of
from tests.support.small_project import CHANGED, client_of, marked, ready

pytestmark = pytest.mark.django_db
GRID = grid_of(
    "運用",
    *(f"  作業{n} ◎ {'○' if n % 3 else '.'}" for n in range(15)),
    roles=("発注者", "保守業者"),
)


def called(grid: Grid, *names: str) -> Grid:
    return replace(grid, roles=roles_of(*names))


def test_a_column_called_otherwise_in_the_file_is_a_rename(project: Project) -> None:
    becomes(project, GRID)
    file = marked(called(GRID, "発注者", "1次HW保守会社"), "作業1", "◎", "◎")
    row = ready(client_of("editor"), project, file)
    html = page(old="now", new=f"import:{row.pk}")
    assert rows(html) == ["作業1"]
    assert "記号の変更 1、列の変更 1" in html
    assert "保守業者 → 1次HW保守会社" in html


def test_a_column_with_other_marks_is_another_column(project: Project) -> None:
    becomes(project, GRID)
    items = tuple(replace(row, marks=(row.marks[0], "")) for row in GRID.items)
    file = marked(called(replace(GRID, items=items), "発注者", "1次HW保守会社"), "作業1", "◎", "◎")
    row = ready(client_of("editor"), project, file)
    html = page(old="now", new=f"import:{row.pk}")
    assert len(rows(html)) == 10
    assert "列の変更 2" in html


def test_rows_that_are_only_renumbered_are_counted_where_they_are_left_out(
    changed: Project,
) -> None:
    assert "改番だけ" not in page()
    becomes(changed, with_item_under(CHANGED, item(900, marks=("", "")), uid_of(CHANGED, "企画")))
    assert "改番だけの3行は省略。" in page()
    assert "改番だけの1行は省略。" in page(q="検収")
    assert "改番だけ" not in page(kind=[kind.value for kind in KINDS])
    assert "改番だけ" not in page(role="甲社")
    data = client_of("viewer").get(FILE).content
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["A4"].value == "改番だけの3行は省略"
