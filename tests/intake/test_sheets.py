"""Which sheets of a book are taken, and how every cell of the others is accounted for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from projects.intake import Choices, IntakeError
from projects.intake.text.remarks import Code
from tests.support.ods_writer import as_ods
from tests.support.sheet_writers import (
    HEADER,
    Page,
    by_openpyxl,
    outline,
    read,
    remarked,
    roles,
    title,
)

COVER = Page([("別紙10",), ("関連業者との役割分担表",), ("平成26年5月",), ("厚生労働省",)], "表紙")
ONE = Page([HEADER, (1, "要件定義", "◎", "○"), (2, "基本設計", "◎", "○")], "設計")
TWO = Page([HEADER, (3, "単体試験", "○", "◎"), (4, "結合試験", "○", "◎")], "試験")
OLD = Page([HEADER, (1, "旧い作業", "◎", "○")], "旧版", state="hidden")
LINES = ["1 要件定義 ◎○", "2 基本設計 ◎○", "3 単体試験 ○◎", "4 結合試験 ○◎"]


@pytest.mark.parametrize("write", [by_openpyxl, as_ods])
def test_sheets_are_put_together_and_hidden_ones_offered(write: Callable[..., bytes]) -> None:
    reading = read(write(COVER, ONE, TWO, OLD))
    assert outline(reading) == LINES
    assert title(reading) == ("関連業者との役割分担表", "別紙10", "2014-05", "厚生労働省")
    assert [sheet.name for sheet in reading.layout.sheets if not sheet.reason] == ["設計", "試験"]
    assert [(r.place.sheet, r.code) for r in reading.remarks] == [
        ("表紙", Code.SHEET_SKIPPED),
        ("旧版", Code.SHEET_SKIPPED),
    ]


def test_very_hidden_sheets_are_hidden() -> None:
    page = Page(OLD.rows, "旧版", state="veryHidden")
    assert outline(by_openpyxl(ONE, page)) == LINES[:2]


def test_hidden_sheet_is_taken_when_chosen() -> None:
    data = by_openpyxl(ONE, OLD)
    assert outline(data, choices=Choices(sheets=("旧版",))) == ["1 旧い作業 ◎○"]


def test_only_hidden_tables_are_refused_with_their_names() -> None:
    blank = Page([("表紙",)], "表紙")
    with pytest.raises(IntakeError, match="旧版"):
        read(by_openpyxl(blank, OLD))


def test_visible_old_version_is_not_taken_twice() -> None:
    older = Page(
        [HEADER, (1, "要件定義の作成作業", "◎", "○"), (2, "基本設計の作成作業", "◎", "")], "第1版"
    )
    newer = Page(
        [HEADER, (1, "要件定義の作成作業", "◎", "○"), (2, "基本設計の作成作業", "◎", "○")], "第2版"
    )
    reading = read(by_openpyxl(newer, older))
    assert outline(reading) == ["1 要件定義の作成作業 ◎○", "2 基本設計の作成作業 ◎○"]
    assert remarked(reading) == [("A1", "sheet_skipped", "第1版")]


def test_sheets_with_other_columns() -> None:
    other = Page([("項番", "作業項目", "乙社", "丙社"), (3, "移行", "◎", "○")], "移行")
    reading = read(by_openpyxl(ONE, other))
    assert roles(reading) == ["甲社", "乙社", "丙社"]
    assert outline(reading) == ["1 要件定義 ◎○.", "2 基本設計 ◎○.", "3 移行 .◎○"]


def test_two_tables_beside_notes_on_one_sheet() -> None:
    rows = [("設計フェーズ",), *ONE.rows, (), ("試験フェーズ",), *TWO.rows]
    reading = read(rows)
    assert [line.strip() for line in outline(reading)] == [
        *LINES[:2],
        "試験フェーズ ..",
        *LINES[2:],
    ]


def test_sheet_without_a_table_is_accounted_for() -> None:
    notes = Page([("改訂履歴",), ("版", "日付", "内容"), ("1.0", "2014/5/1", "初版")], "改訂履歴")
    reading = read(by_openpyxl(ONE, notes))
    assert reading.cells.skipped == 7
    assert outline(reading) == LINES[:2]


def test_sheet_of_a_glossary_is_no_table() -> None:
    words = Page(
        [("No", "用語", "説明"), (1, "主担当", "作業の責任を負う。"), (2, "支援", "手伝う。")],
        "用語集",
    )
    assert outline(by_openpyxl(ONE, words)) == LINES[:2]


def test_sheet_of_issues_is_no_table() -> None:
    words = Page(
        [
            ("No", "項目", "内容", "担当者", "期限", "状況"),
            (1, "要件の確認について", "至急", "山田", "2024/5/1", "未"),
            (2, "機器の納期について", "", "鈴木", "2024/6/1", "済"),
        ],
        "課題一覧",
    )
    assert outline(by_openpyxl(ONE, words)) == LINES[:2]


def test_chart_like_sheet_of_many_texts_above_the_table() -> None:
    rows = [("", "役割分担表"), ("作成：厚生労働省", "", "版：1.0"), *ONE.rows]
    assert outline(rows) == LINES[:2]


def test_empty_sheets() -> None:
    assert outline(by_openpyxl(Page([], "空"), ONE)) == LINES[:2]


def test_sums_of_the_cells_are_shown() -> None:
    reading = read(by_openpyxl(COVER, ONE, TWO, OLD))
    cells = reading.cells
    assert (cells.nonblank, cells.imported, cells.header, cells.skipped) == (39, 16, 10, 13)
    assert reading.counted == {"甲社": {"◎": 2, "○": 2}, "乙社": {"○": 2, "◎": 2}}
