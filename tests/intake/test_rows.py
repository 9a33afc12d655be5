"""What is one row of the matrix: squared paper, hidden rows, tasks over two rows."""

from __future__ import annotations

from projects.intake.text.remarks import Code
from tests.support.sheet_writers import HEADER, Page, outline, read, remarked

MICRO = (
    *("A1:C1", "D1:G1", "H1:I1", "J1:K1", "L1:N1"),
    *("A2:C2", "D2:G2", "H2:I2", "J2:K2", "L2:N2"),
    *("A3:C3", "E3:G3", "H3:I3", "J3:K3", "L3:N3"),
    *("A4:C4", "F4:G4", "H4:I4", "J4:K4", "L4:N4"),
)


def test_squared_paper() -> None:
    """方眼紙: every column made of merged micro-columns, the names staggered by them."""
    rows = [
        ("項番", "", "", "作業項目", "", "", "", "甲社", "", "乙社", "", "作業内容", "", ""),
        ("1", "", "", "設計", "", "", "", "", "", "", "", "", "", ""),
        ("2", "", "", "", "基本", "", "", "◎", "", "○", "", "書く", "", ""),
        ("3", "", "", "", "", "詳細", "", "○", "", "◎", "", "", "", ""),
    ]
    reading = read(Page(rows, merges=MICRO))
    assert outline(reading) == ["1 設計 ..", "  2 基本 ◎○", "    3 詳細 ○◎"]
    assert remarked(reading) == []


def test_squared_paper_with_marks_off_the_first_column() -> None:
    rows = [
        ("項番", "", "作業項目", "", "", "甲社", "", "乙社", ""),
        ("1", "", "設計", "", "", "", "◎", "", "○"),
        ("2", "", "製造", "", "", "○", "", "◎", ""),
    ]
    page = Page(rows, merges=("A1:B1", "C1:E1", "F1:G1", "H1:I1"))
    assert outline(page) == ["1 設計 ◎○", "2 製造 ○◎"]


def test_hidden_spacer_rows_and_columns() -> None:
    rows = [
        ("項番", "", "作業項目", "", "甲社", "", "乙社"),
        (),
        (1, "", "設計", "", "◎", "", "○"),
        (),
        (2, "", "製造", "", "○", "", "◎"),
    ]
    page = Page(rows, hidden_rows=(2, 4), hidden_columns=(2, 4, 6))
    assert outline(page) == ["1 設計 ◎○", "2 製造 ○◎"]
    assert remarked(read(page)) == []


def test_hidden_row_with_a_task_is_taken_and_said() -> None:
    reading = read(Page([HEADER, (1, "設計", "◎"), (2, "製造", "○")], hidden_rows=(3,)))
    assert len(reading.grid.items) == 2
    assert [code for _, code, _ in remarked(reading)] == ["row_hidden"]


def test_task_over_two_rows_with_merges() -> None:
    rows = [
        HEADER,
        (1, "とても長い", "◎", "○", "一行目"),
        ("", "名前", "", "", "二行目"),
        (2, "製造", "○", "◎", "x"),
    ]
    reading = read(Page(rows, merges=("A2:A3", "C2:C3", "D2:D3")))
    assert outline(reading) == ["1 とても長い名前 ◎○", "2 製造 ○◎"]
    assert reading.grid.items[0].description == "一行目\n二行目"


def test_task_over_two_rows_with_a_blank_number() -> None:
    rows = [
        HEADER,
        (1, "個人番号管理サブシステムの基本設計書の", "◎", "○", "基本設計書の"),
        ("", "作成とレビュー", "", "", "作成"),
        (2, "製造", "○", "◎", "x"),
        ("", "", "", "", "続き"),
    ]
    reading = read(rows)
    assert outline(reading) == [
        "1 個人番号管理サブシステムの基本設計書の作成とレビュー ◎○",
        "2 製造 ○◎",
    ]
    assert len(remarked(reading, Code.ROW_JOINED)) == 2


def test_blank_numbers_of_headings_are_no_continuations() -> None:
    rows = [
        HEADER,
        ("", "設計"),
        (1, "基本", "◎"),
        (2, "詳細", "○"),
        ("", "製造"),
        (3, "実装", "◎"),
    ]
    assert outline(rows) == ["設計 ..", "  1 基本 ◎.", "  2 詳細 ○.", "製造 ..", "  3 実装 ◎."]
