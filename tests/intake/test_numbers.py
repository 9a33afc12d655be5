"""Numbers of rows in every shape, and the levels that they tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sheet_writers import HEADER, Page, outline, read, remarked

NUMBERS = [
    (["1", "1.1", "1.1.1", "1.1.10", "1.2", "2"], [1, 2, 3, 3, 2, 1]),
    (["1", "1-1", "1-1-1", "1-2", "2"], [1, 2, 3, 2, 1]),
    (["１", "１－１", "１－１－１", "２"], [1, 2, 3, 1]),
    (["1.", "1.1.", "1.2.", "2."], [1, 2, 2, 1]),
    (["第1", "1", "(1)", "ア", "イ", "(2)", "2", "第2"], [1, 2, 3, 4, 4, 3, 2, 1]),
    (["第１章", "第１節", "１", "（１）", "①", "②", "第２章"], [1, 2, 3, 4, 5, 5, 1]),
    (["Ⅰ", "1", "(1)", "①", "Ⅱ", "1"], [1, 2, 3, 4, 1, 2]),
    (["I", "1", "a", "b", "2", "II", "1"], [1, 2, 3, 3, 2, 1, 2]),
    (["I", "A", "1", "a", "II"], [1, 2, 3, 4, 1]),
    (["A", "A-1", "A-2", "B", "B-1"], [1, 2, 2, 1, 2]),
    (["A1", "A1.1", "A1.2", "B1"], [1, 2, 2, 1]),
    (["1", "(1)", "(2)", "2", "(1)"], [1, 2, 2, 1, 2]),
    (["一", "1", "2", "二", "1"], [1, 2, 2, 1, 2]),
    (["1", "1.1", "1.1(1)", "1.1(2)", "1.2"], [1, 2, 3, 3, 2]),
    (["1.0", "1.1", "1.2", "2.0", "2.1"], [1, 1, 1, 1, 1]),
    (["1", "ア", "(ア)", "a", "(a)", "2"], [1, 2, 3, 4, 5, 1]),
    (["i", "ii", "iii", "iv"], [1, 1, 1, 1]),
    (["1", "i", "ii", "iii", "2", "i"], [1, 2, 2, 2, 1, 2]),
]


@pytest.mark.parametrize(("numbers", "levels"), NUMBERS, ids=[" ".join(n) for n, _ in NUMBERS])
def test_shapes_of_numbers(numbers: list[str], levels: list[int]) -> None:
    rows = [HEADER, *[(number, f"作業{at}", "◎") for at, number in enumerate(numbers)]]
    reading = read(rows)
    assert [item.number for item in reading.grid.items] == numbers
    assert [item.level for item in reading.grid.items] == levels


@pytest.mark.parametrize(
    ("numbers", "levels"), NUMBERS[:9], ids=[" ".join(n) for n, _ in NUMBERS[:9]]
)
def test_numbers_before_the_names(numbers: list[str], levels: list[int]) -> None:
    rows = [HEADER[1:], *[(f"{n}　作業のこと", "◎") for n in numbers]]
    assert [item.level for item in read(rows).grid.items] == levels


def test_numbers_stored_as_numbers() -> None:
    rows = [HEADER, (1, "設計", "◎"), (1.1, "基本", "◎"), (1.2, "詳細", "◎"), (2, "製造", "◎")]
    assert outline(rows) == ["1 設計 ◎.", "  1.1 基本 ◎.", "  1.2 詳細 ◎.", "2 製造 ◎."]


def test_number_ten_shown_by_its_format() -> None:
    rows = [HEADER, (1, "設計", "◎"), (1.01, "基本", "◎"), (1.1, "詳細", "◎"), (12, "製造", "◎")]
    page = Page(rows, formats={"A2": "000", "A3": "0.00", "A4": "0.00", "A5": '"第"0'})
    assert [item.number for item in read(page).grid.items] == ["001", "1.01", "1.10", "第12"]


@pytest.mark.parametrize(
    ("value", "pattern", "wanted"),
    [
        (5, "0", "5"),
        (5, "General", "5"),
        (5, "00", "05"),
        (5, '0"."', "5."),
        (5, '"("0")"', "(5)"),
        (5, "(0)", "(5)"),
        (5, "0_ ", "5"),
        (5, "0_);(0)", "5"),
        (1.1, "0.0", "1.1"),
        (1234, "#,##0", "1,234"),
        (5, "#", "5"),
        (5, "@", "5"),
        (5, "[$-411]0", "5"),
        (5, '"項番"0', "項番5"),
        (5, "第0", "第5"),
        (5, '0"-1"', "5-1"),
        (5, '[=1]"一";0', "5"),
        (0.5, "0%", "50%"),
    ],
)
def test_number_formats(value: Any, pattern: str, wanted: str) -> None:
    page = Page([HEADER, (value, "設計", "◎"), ("x", "製造", "○")], formats={"A2": pattern})
    assert read(page).grid.items[0].number == wanted


def test_dates_for_numbers_are_given_back() -> None:
    from datetime import date

    rows = [HEADER, ("1", "設計"), (date(2024, 1, 1), "基本", "◎"), (date(2024, 1, 2), "詳細", "○")]
    reading = read(Page(rows, formats={"A3": "m-d", "A4": "m-d"}))
    assert [item.number for item in reading.grid.items] == ["1", "1-1", "1-2"]
    assert [code for _, code, _ in remarked(reading)] == ["number_is_date"] * 2


def test_numbers_in_micro_columns() -> None:
    rows = [
        ("項番", "", "", "作業項目", "甲社", "乙社"),
        (1, "", "", "設計"),
        (1, 1, "", "基本", "◎"),
        (1, 1, 1, "詳細", "○"),
        (2, "", "", "製造", "◎"),
    ]
    page = Page(rows, merges=("A1:C1",))
    assert outline(page) == ["1 設計 ..", "  1-1 基本 ◎.", "    1-1-1 詳細 ○.", "2 製造 ◎."]
