"""新旧対照表 as openpyxl and the zip read it: underlined, dead, print-ready."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from projects import intake
from projects.domain.comparison import KINDS, Side, Wanted, pair
from projects.domain.grid import Grid, moved_under, with_item_under, without_item
from projects.excel import workbook
from projects.excel.comparison import Head, sheet
from projects.excel.workbook import Plain
from projects.intake import IntakeError
from tests.support.grid_builders import (
    NASTY_TEXTS,
    grid_of,
    grids,
    item,
    pairs_of_grids,
    row_named,
    uid_of,
)

GRID = grid_of("企画", "  計画 ◎ ○", "  報告 ○ .", "実施", "  試験 . ◎", "  検収 ○ ○")
HEAD = Head("第1版", "現在")
# openpyxl takes the escape of one text for that of another.
TEXTS = [text for text in NASTY_TEXTS if text and text != "_x005F_x000D_"]
FIRST = 6  # the first row below title, two lines and two header rows


def data_of(old: Grid, new: Grid, **reasons: str) -> bytes:
    found = pair(Side(old), Side(new))
    return sheet(found, found.rows(Wanted(KINDS)), HEAD, reasons)


def opened(data: bytes) -> Worksheet:
    found = openpyxl.load_workbook(io.BytesIO(data), rich_text=True).worksheets[0]
    assert isinstance(found, Worksheet)
    return found


def edited(row: str, **fields: object) -> Grid:
    rows = [replace(i, **fields) if i.name == row else i for i in GRID.items]  # type: ignore[arg-type]
    return replace(GRID, items=tuple(rows))


def texts(found: Worksheet, row: int) -> list[str]:
    return [str(cell.value or "") for cell in found[row]]


def underlined(value: object) -> list[str]:
    """The underlined pieces of a rich string."""
    assert isinstance(value, CellRichText)
    return [p.text for p in value if isinstance(p, TextBlock) and p.font.u == "single"]


def test_a_changed_row_stands_on_both_sides_below_its_heading() -> None:
    new = edited("報告", name="報告書", marks=("◎", "○"))
    found = opened(data_of(GRID, new, **{uid_of(GRID, "報告"): "2026/04/01　合意"}))
    assert texts(found, FIRST) == ["1", "企画", "", "", "1", "企画", "", "", ""]
    assert texts(found, FIRST + 1) == [
        *("3", "報告書", "◎ A社\n○ B社", ""),
        *("3", "報告", "○ A社", ""),
        "2026/04/01　合意",
    ]
    assert found.max_row == FIRST + 1


def test_the_changed_words_are_underlined_on_either_side() -> None:
    new = edited("報告", description="10営業日以内にサーバーを設計する。")
    old = edited("報告", description="5営業日以内にサーバを設計する。")
    row = opened(data_of(old, new))[FIRST + 1]
    assert underlined(row[3].value) == ["10", "サーバー"]
    assert underlined(row[7].value) == ["5", "サーバ"]


def test_the_changed_marks_are_underlined() -> None:
    row = opened(data_of(GRID, edited("計画", marks=("◎", ""))))[FIRST + 1]
    assert row[2].value == "◎ A社"
    assert underlined(row[6].value) == ["B社"]


def test_new_and_deleted_rows_say_so_on_the_other_side() -> None:
    new = with_item_under(GRID, item(9, name="検査", marks=("◎", "")), uid_of(GRID, "企画"))
    found = opened(data_of(GRID, without_item(new, uid_of(GRID, "試験"))))
    rows = {tuple(texts(found, row)[1:6:4]) for row in range(FIRST, found.max_row + 1)}
    assert rows >= {("検査", "（新設）"), ("（削除）", "試験")}
    (added,) = [row for row in found.iter_rows(min_row=FIRST) if row[1].value == "検査"]
    assert (added[1].font.u, added[0].font.u, added[5].font.u) == ("single",) * 3


def test_a_moved_row_says_from_where_to_where() -> None:
    new = moved_under(GRID, uid_of(GRID, "報告"), uid_of(GRID, "実施"))
    found = opened(data_of(GRID, new))
    (row,) = [
        texts(found, row)
        for row in range(FIRST, found.max_row + 1)
        if "報告" in texts(found, row)[1]
    ]
    assert row[1] == "報告\n（移動後：「実施」の下）"
    assert row[5] == "報告\n（移動前：「企画」の下）"


def test_the_old_side_has_the_old_names_of_columns() -> None:
    new = edited("計画", marks=("○", "○"))
    new = replace(new, roles=(replace(GRID.roles[0], name="新A社"), GRID.roles[1]))
    found = pair(Side(GRID, (1, 2)), Side(new, (1, 2)))
    row = opened(sheet(found, found.rows(), HEAD, {}))[FIRST + 1]
    assert str(row[2].value) == "○ 新A社、B社"
    assert str(row[6].value) == "◎ A社\n○ B社"


def test_no_difference_is_said() -> None:
    assert texts(opened(data_of(GRID, GRID)), FIRST)[0] == "違いはありません。"


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_through_as_they_are_and_never_come_alive(text: str) -> None:
    data = data_of(edited("報告", description=f"{text}旧"), edited("報告", description=f"{text}新"))
    row = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0][FIRST + 1]
    assert unescape(str(row[3].value)) == f"{text}新"
    assert unescape(str(row[7].value)) == f"{text}旧"
    assert row[3].data_type != "f"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", TEXTS)
def test_texts_of_new_rows_come_through_too(text: str) -> None:
    new = replace(GRID, items=(*GRID.items, item(9, 1, description=text, marks=("", ""))))
    row = openpyxl.load_workbook(io.BytesIO(data_of(GRID, new))).worksheets[0][FIRST]
    assert unescape(str(row[3].value)) == text


@given(pairs_of_grids())
def test_any_two_grids_make_a_sheet_that_opens(two: tuple[Grid, Grid]) -> None:
    found = pair(*map(Side, two))
    rows = found.rows(Wanted(KINDS))
    opened_sheet = opened(data_of(*two))
    assert opened_sheet.max_row == FIRST - 1 + max(1, len(rows))


def test_it_is_ready_to_print_on_a3() -> None:
    found = opened(data_of(GRID, edited("報告", name="報告書")))
    assert (found.page_setup.paperSize, found.page_setup.orientation) == (8, "landscape")
    assert found.print_title_rows == "$4:$5"
    assert found.freeze_panes == "A6"
    footer = found.oddFooter
    assert footer is not None
    assert footer.center is not None
    assert footer.center.text == "&P / &N"
    assert found.page_setup.fitToHeight == 0


HISTORY = Plain("変更履歴", (("版", 6.0), ("名称", 20.0)), (("1", "第1版"), ("2", "=1+1")))


@given(grids())
def test_a_list_beside_the_matrix_does_not_come_back(grid: Grid) -> None:
    reading = intake.read(workbook.matrix(grid, more=HISTORY))
    assert reading.grid == grid
    assert reading.remarks == ()


def test_the_list_is_no_matrix_even_without_the_hidden_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.matrix(GRID, more=HISTORY)))
    del book["_raci"]
    stream = io.BytesIO()
    book.save(stream)
    reading = intake.read(stream.getvalue())
    assert [row.name for row in reading.grid.items] == [row.name for row in GRID.items]
    assert row_named(reading.grid, "計画").marks == ("◎", "○")


def test_a_document_called_like_the_list_has_another_name_for_its_sheet() -> None:
    grid = replace(GRID, document_number="変更履歴")
    data = workbook.matrix(grid, more=HISTORY)
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == [
        "変更履歴",
        "変更履歴 2",
        "_raci",
    ]
    assert intake.read(data).grid == grid


def test_a_comparison_is_not_taken_for_a_matrix() -> None:
    data = data_of(GRID, edited("報告", name="報告書", marks=("◎", "○")))
    try:
        reading = intake.read(data)
    except IntakeError:
        return
    assert reading.asked or reading.remarks
