"""The columns of the parties: known, alike, new, and those that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.domain.grid import Role
from projects.intake import Choices, IntakeError
from projects.intake.text.column_definitions import parse_roles
from projects.intake.text.remarks import Code
from tests.support.grid_builders import FIXTURES, roles_of, scanned
from tests.support.sheet_writers import Rows, outline, read, remarked, roles

DATA: Rows = ((1, "設計", "◎", "○", "書く"), (2, "製造", "○", "◎", "作る"))
LINES = ["1 設計 ◎○", "2 製造 ○◎"]


def test_columns_that_are_no_roles_are_skipped_with_a_reason() -> None:
    rows = [
        ("項番", "作業項目", "甲社", "乙社", "期限", "担当者", "状況", "作業内容"),
        (1, "設計", "◎", "○", "2024/5/1", "山田太郎", "完了", "書く"),
        (2, "製造", "○", "◎", "2024/6/1", "鈴木", "未着手", ""),
    ]
    reading = read(rows)
    assert roles(reading) == ["甲社", "乙社"]
    assert outline(reading) == LINES
    assert {cell for cell, *_ in remarked(reading, Code.CELL_SKIPPED)} == {
        *("E2", "F2", "G2", "E3", "F3", "G3")
    }


def test_blank_columns_that_are_no_roles() -> None:
    rows = [
        ("項番", "作業項目", "甲社", "乙社", "期限", "担当者", "状況", "作業内容"),
        (1, "設計", "◎", "○"),
        (2, "製造", "○", "◎"),
    ]
    assert roles(read(rows)) == ["甲社", "乙社"]


def test_blank_column_among_the_roles_is_a_role() -> None:
    rows = [("項番", "作業項目", "甲社", "乙社", "丙社", "作業内容"), (1, "設計", "◎", "", "○", "")]
    reading = read(rows)
    assert roles(reading) == ["甲社", "乙社", "丙社"]


def test_names_broken_into_cells_of_a_two_row_header() -> None:
    rows = [
        ("項番", "作業項目", "現行システム", "端末運用", "作業内容"),
        ("", "", "改修業者", "管理業者", ""),
        *DATA,
    ]
    reading = read(rows, roles=roles_of("現行システム改修業者", "端末運用管理業者"), fixed=False)
    assert roles(reading) == ["現行システム改修業者", "端末運用管理業者"]


def test_role_by_likeness_is_remarked() -> None:
    known = roles_of("現行システム改修業者", "端末運用管理業者")
    rows = [("項番", "作業項目", "現行システム改修事業者", "端末運用管理者", "作業内容"), *DATA]
    reading = read(rows, roles=known, fixed=False)
    assert roles(reading) == ["現行システム改修業者", "端末運用管理業者"]
    assert [code for _, code, _ in remarked(reading)] == ["header_matched"] * 2


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("個人番号管理(2次)業者", "個人番号管理(1次)業者"),
        ("個人番号管理(２次)業者", "個人番号管理(1次)業者"),
        ("個人番号管理第二次業者", "個人番号管理第一次業者"),
        ("A社", "B社"),
        ("Ａ社", "B社"),
        ("株式会社A", "株式会社B"),
        ("甲社", "乙社"),
        ("甲株式会社", "乙株式会社"),
        ("運用業者", "保守業者"),
        ("設計業者", "設置業者"),
        ("ハードウェア保守業者", "ソフトウェア保守業者"),
        ("東日本運用業者", "西日本運用業者"),
        ("新システム保守業者", "旧システム保守業者"),
        ("統計システム開発業者", "統計システム運用業者"),
        ("次期システム改修業者", "現行システム改修業者"),
        ("フェーズ1設計開発業者", "フェーズ2設計開発業者"),
    ],
)
def test_parties_that_must_not_be_confused(name: str, known: str) -> None:
    rows = [("項番", "作業項目", name, "丙社", "作業内容"), *DATA]
    reading = read(rows, roles=(Role(known), Role("丙社")), fixed=False)
    assert roles(reading) == [name, "丙社"]


def test_unknown_column_of_fixed_roles_is_refused() -> None:
    rows = [("項番", "作業項目", "甲社", "丁社", "作業内容"), *DATA]
    with pytest.raises(IntakeError, match="丁社"):
        read(rows, roles=roles_of("甲社", "乙社"))


def test_marks_without_a_header_are_refused_with_the_place() -> None:
    rows = [("項番", "作業項目", "甲社", "", "作業内容"), *DATA]
    with pytest.raises(IntakeError, match=r"D1.*見出しがありません"):
        read(rows)


def test_role_named_like_a_field() -> None:
    rows = [("項番", "作業項目", "役割", "作業", "作業内容"), *DATA]
    assert roles(read(rows)) == ["役割", "作業"]


def test_status_of_marks_is_still_a_column_of_marks() -> None:
    rows = [
        ("項番", "作業項目", "甲社", "乙社", "要確認", "作業内容"),
        (1, "設計", "◎", "○", "○", ""),
    ]
    assert roles(read(rows)) == ["甲社", "乙社", "要確認"]


def test_real_document_without_explained_columns() -> None:
    """Table 6 says 作業内容 over marks: a person says what three columns are, the rest is found."""
    known = parse_roles((FIXTURES / "roles.csv").read_bytes())
    data = (FIXTURES / "besshi10.md").read_bytes()
    with pytest.raises(IntakeError, match=r"表6 P1.*作業内容"):
        read(data, roles=known)
    slid = {16: "party:端末運用管理業者", 17: "party:外部データ連携先業者", 18: "description"}
    reading = read(data, roles=known, choices=Choices(columns={"表6": slid}))
    wanted = [replace(row, uid="") for row in scanned().grid.items]
    assert [replace(row, uid="") for row in reading.grid.items] == wanted
