"""Page headings, notes and sums among the rows of a table."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sheet_writers import HEADER, Rows, outline

DATA: Rows = ((1, "設計", "◎", "○", "書く"), (2, "製造", "○", "◎", "作る"))
LINES = ["1 設計 ◎○", "2 製造 ○◎"]


def test_page_heads_between_the_tables() -> None:
    top = [("別紙10",), ("役割分担表",)]
    rows = [*top, HEADER, DATA[0], ("- 1 -",), *top, HEADER, DATA[1], ("- 2 -",)]
    assert outline(rows) == LINES


@pytest.mark.parametrize(
    "note",
    [
        "※1 甲社は別途定める。",
        "注）乙社は含まない。",
        "(注1) 未定",
        "以上",
        "* 1 参照",
        "備考：別途協議",
        "【注】なお書き",
    ],
)
def test_notes_after_and_between(note: str) -> None:
    assert outline([HEADER, *DATA, (), (note,)]) == LINES
    assert outline([HEADER, DATA[0], (note,), DATA[1]]) == LINES
    assert outline([HEADER, *DATA, ("", note)]) == LINES


def test_free_text_after_the_table() -> None:
    rows = [
        HEADER,
        *DATA,
        (),
        ("この表の内容は今後変更することがある。",),
        ("詳細は別途協議する。",),
    ]
    assert outline(rows) == LINES


@pytest.mark.parametrize("word", ["合計", "計", "小計", "Total"])
@pytest.mark.parametrize("at", [0, 1])
def test_sums(word: str, at: int) -> None:
    line: list[Any] = ["", "", 1, 1]
    line[at] = word
    assert outline([HEADER, *DATA, line]) == LINES


def test_sum_by_symbol() -> None:
    rows = [HEADER, *DATA, ("", "◎の数", 1, 1), ("", "○の数", 1, 1)]
    assert outline(rows) == LINES


def test_sums_with_a_counter() -> None:
    assert outline([HEADER, *DATA, ("合計", "", "1件", "1件")]) == LINES
