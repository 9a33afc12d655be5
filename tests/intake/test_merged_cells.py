"""Marks in merged cells, struck marks, and two columns of one party."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.ods_writer import as_ods
from tests.support.sheet_writers import (
    HEADER,
    Page,
    by_openpyxl,
    by_xlsxwriter,
    outline,
    read,
    remarked,
)


@pytest.mark.parametrize("write", [by_openpyxl, as_ods])
def test_struck_marks(write: Callable[[Page], bytes]) -> None:
    rows = [HEADER, (1, "設計", "◎", "○"), (2, "製造", "○", "◎")]
    reading = read(write(Page(rows, strikes=("C2",))))
    assert outline(reading) == ["1 設計 .○", "2 製造 ○◎"]
    assert remarked(reading) == [("C2", "mark_struck", "◎")]


def test_struck_name_is_taken_with_a_remark() -> None:
    reading = read(Page([HEADER, (1, "設計", "◎"), (2, "製造", "○")], strikes=("B3",)))
    assert outline(reading) == ["1 設計 ◎.", "2 製造 ○."]
    assert remarked(reading) == [("B3", "text_struck", "製造")]


@pytest.mark.parametrize("write", [by_openpyxl, as_ods])
def test_mark_merged_over_several_parties(write: Callable[[Page], bytes]) -> None:
    rows = [HEADER, (1, "設計", "◎", ""), (2, "製造", "○", "◎"), (3, "試験", "◎", "○")]
    reading = read(write(Page(rows, merges=("C2:D2",))))
    assert outline(reading) == ["1 設計 ◎◎", "2 製造 ○◎", "3 試験 ◎○"]
    assert remarked(reading) == [("C2", "mark_merged", "◎")]


def test_mark_merged_over_several_tasks() -> None:
    rows = [HEADER, (1, "設計", "◎", "○"), (2, "製造", "", "◎"), (3, "試験", "○", "○")]
    reading = read(Page(rows, merges=("C2:C3",)))
    assert outline(reading) == ["1 設計 ◎○", "2 製造 ◎◎", "3 試験 ○○"]
    assert remarked(reading) == [("C2", "mark_merged", "◎")]


def test_values_hidden_below_a_merged_cell_are_skipped_and_said() -> None:
    rows = [HEADER, (1, "設計", "◎", "○"), (2, "製造", "○", "◎"), (3, "試験", "◎", "○")]
    reading = read(by_xlsxwriter(Page(rows, merges=("C2:D2",))))
    assert outline(reading) == ["1 設計 ◎◎", "2 製造 ○◎", "3 試験 ◎○"]
    assert remarked(reading) == [("D2", "cell_skipped", "○"), ("C2", "mark_merged", "◎")]


def test_question_merged_over_several_parties() -> None:
    rows = [HEADER, (1, "設計", "×", ""), (2, "製造", "○", "◎"), (3, "試験", "◎", "○")]
    reading = read(Page(rows, merges=("C2:D2",)))
    assert outline(reading)[0] == "1 設計 .."
    assert len(reading.kept) == 2


def test_doubled_column_of_a_party_is_put_together() -> None:
    rows = [
        ("項番", "作業項目", "甲社", "甲社", "作業内容"),
        (1, "設計", "○", "◎"),
        (2, "製造", "", "○"),
    ]
    reading = read(rows)
    assert outline(reading) == ["1 設計 ◎", "2 製造 ○"]
    assert {code for _, code, _ in remarked(reading)} == {"column_doubled", "two_marks"}
