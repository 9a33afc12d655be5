"""What stands in the cells of the marks, and what it is read as."""

from __future__ import annotations

from typing import Any

import pytest

from projects.domain.grid import Mark
from projects.intake import Choices, IntakeError, Reading
from projects.intake.text.remarks import Code
from tests.support.sheet_writers import (
    HEADER,
    as_csv,
    outline,
    read,
    remarked,
)


def _reading(mark: str, **arguments: Any) -> Reading:
    rows = [HEADER, (1, "設計", mark, "○"), (2, "製造", "◎", "○"), (3, "試験", "○", "◎")]
    return read(rows, **arguments)


@pytest.mark.parametrize(
    ("raw", "symbol"),
    [
        ("\u25cb", "○"),
        (" ○ ", "○"),
        ("　◎", "◎"),
        ("○\n", "○"),
        ("\n◎\n", "◎"),
    ],
)
def test_marks_without_a_remark(raw: str, symbol: str) -> None:
    reading = _reading(raw)
    assert reading.grid.items[0].marks[0] == symbol
    assert reading.remarks == ()


@pytest.mark.parametrize(
    "raw",
    [
        "\u3007",
        "\u25ef",
        "\u26aa",
        "\u2b55",
        "\u26aa\ufe0f",
        "\u2b55\ufe0f",
        "○\u200b",
        "\ufeff○",
        "〇 ",
        "\u202a○\u202c",
    ],
)
def test_variants_are_circles_with_a_remark(raw: str) -> None:
    reading = _reading(raw)
    assert reading.grid.items[0].marks[0] == "○"
    assert remarked(reading) == [("C2", "symbol_variant", raw)]


ASKED = [
    *(
        "O",
        "o",
        "Ｏ",
        "ｏ",
        "0",
        "０",
        "◉",
        "○○",
        "◎◎",
        "ー",
        "×",
        "対象外",
        "－",
        "-",
        "―",
        "—",
        "✕",
        "x",
        "X",
    ),
    *(
        "／",
        "/",
        "・",
        "なし",
        "無",
        "該当なし",
        "N/A",
        "n/a",
        "?",
        "？",
        "✓",
        "レ",
        "〃",
        "同上",
        "…",
        "〇〇",
    ),
    *(
        "Ο",
        "О",
        "⦿",
        "有",
        "1",
        "TBD",
        "未定",
        "‐",
        "－－",
        "ーー",
        "該当無し",
        "対象",
        "不要",
        "済",
        "二重丸",
    ),
]


@pytest.mark.parametrize("raw", ASKED)
def test_what_only_looks_like_a_mark_is_asked(raw: str) -> None:
    reading = _reading(raw)
    assert reading.grid.items[0].marks[0] == ""
    assert remarked(reading) == [("C2", "mark_asked", raw)]
    assert list(reading.asked) == [raw]
    assert reading.cells.asked == 1
    assert reading.kept == {(reading.grid.items[0].uid, 0)}


def test_number_zero_is_asked() -> None:
    reading = read([HEADER, (1, "設計", 0, "○"), (2, "製造", "◎", "○")])
    assert list(reading.asked) == ["0"]


@pytest.mark.parametrize(
    ("raw", "symbol", "code"),
    [
        ("◎/○", "◎", "two_marks"),
        ("○/◎", "◎", "two_marks"),
        ("○ ◎", "◎", "two_marks"),
        ("◎○", "◎", "two_marks"),
        ("○、◎", "◎", "two_marks"),
        ("○\n◎", "◎", "two_marks"),
        ("◎・○", "◎", "two_marks"),
        ("◎/〇", "◎", "two_marks"),
        ("○（注1）", "○", "mark_noted"),
        ("○(注)", "○", "mark_noted"),
        ("◎※1", "◎", "mark_noted"),
        ("◎ ※", "◎", "mark_noted"),
        ("○*", "○", "mark_noted"),
        ("○*1", "○", "mark_noted"),
        ("○1", "○", "mark_noted"),
        ("○1)", "○", "mark_noted"),
        ("○(一部)", "○", "mark_noted"),
        ("○ （主に設計）", "○", "mark_noted"),
        ("〇（注1）", "○", "mark_noted"),
        ("○\n(注1)", "○", "mark_noted"),
        ("○¹", "○", "mark_noted"),
        ("○①", "○", "mark_noted"),
        ("○注2", "○", "mark_noted"),
        ("○→◎", "◎", "mark_changing"),
        ("◎→○", "○", "mark_changing"),
        ("○⇒◎", "◎", "mark_changing"),
        ("○ → ◎", "◎", "mark_changing"),
        ("○->◎", "◎", "mark_changing"),
        ("○\n↓\n◎", "◎", "mark_changing"),
        ("〇→◎", "◎", "mark_changing"),
    ],
)
def test_marks_with_a_remark_that_keeps_the_raw_text(raw: str, symbol: str, code: str) -> None:
    reading = _reading(raw)
    assert reading.grid.items[0].marks[0] == symbol
    assert remarked(reading) == [("C2", code, raw)]


@pytest.mark.parametrize("raw", ["○→×", "○→", "→○", "◎→対象外", "○→－", "（○）", "(○)"])
def test_changes_to_or_from_something_unclear_are_asked(raw: str) -> None:
    reading = _reading(raw)
    assert list(reading.asked) == [raw]


@pytest.mark.parametrize("raw", ["★", "▽", "主", "A", "◎★", "担当", "☆", "㊤", "R", "○でよいか"])
def test_symbols_outside_the_legend_are_refused_by_name(raw: str) -> None:
    with pytest.raises(IntakeError) as refused:
        _reading(raw)
    (problem,) = refused.value.problems
    assert str(problem.place) == "Sheet1 C2"
    assert problem.raw == raw


def test_every_cell_outside_the_legend_is_named() -> None:
    rows = [HEADER, (1, "設計", "★", "○"), (2, "製造", "◇", "★"), (3, "試験", "○", "◎")]
    with pytest.raises(IntakeError) as refused:
        read(rows)
    assert [str(p.place) for p in refused.value.problems] == [
        *("Sheet1 C2", "Sheet1 C3", "Sheet1 D3")
    ]


def test_symbol_of_the_project_is_taken() -> None:
    legend = (Mark("◎", "主", leads=True), Mark("○", "副"), Mark("★", "承認"))
    assert _reading("★", legend=legend).grid.items[0].marks[0] == "★"


def test_answer_to_a_question() -> None:
    reading = _reading("×", choices=Choices(marks={"×": ""}))
    assert reading.grid.items[0].marks == ("", "○")
    assert reading.asked == {}
    assert reading.kept == frozenset()


@pytest.mark.parametrize(
    "legend", ["R=実行責任 A=説明責任 C=協議先 I=報告先", "R:実行 A:説明 C:協議 I:報告"]
)
def test_letters_of_raci(legend: str) -> None:
    rows = [
        (legend,),
        HEADER,
        (1, "設計", "R", "A"),
        (2, "製造", "A/R", "C,I"),
        (3, "試験", "ＲＡ", "r"),
    ]
    reading = read(rows)
    assert outline(reading) == ["1 設計 RA", "2 製造 RC", "3 試験 RR"]
    assert [code for _, code, _ in remarked(reading)] == [*["two_marks"] * 3, "symbol_variant"]


def test_legend_with_more_marks() -> None:
    rows = [
        ("凡例　●：主担当　△：支援　▲：確認　◇：承認　□：参考",),
        HEADER,
        (1, "設計", "●", "△"),
        (2, "製造", "▲", "◇"),
        (3, "試験", "□", "●"),
    ]
    reading = read(rows)
    assert outline(reading) == ["1 設計 ●△", "2 製造 ▲◇", "3 試験 □●"]
    assert reading.remarks == ()


def test_legend_that_means_a_dash() -> None:
    rows = [
        ("◎：主担当　○：支援　－：対象外",),
        HEADER,
        (1, "設計", "◎", "－"),
        (2, "製造", "○", "◎"),
    ]
    assert outline(rows) == ["1 設計 ◎－", "2 製造 ○◎"]


def test_legend_in_another_circle() -> None:
    rows = [("◎：主担当　〇：支援",), HEADER, (1, "設計", "◎", "〇"), (2, "製造", "○", "◎")]
    reading = read(rows)
    assert reading.grid.symbols == ("◎", "○")
    assert outline(reading) == ["1 設計 ◎○", "2 製造 ○◎"]


def test_black_circle_as_the_only_mark() -> None:
    rows = [("●：担当",), HEADER, (1, "設計", "●", ""), (2, "製造", "", "●")]
    reading = read(rows)
    assert reading.grid.legend == (Mark("●", "担当", leads=True),)


def test_invisible_signs_in_texts() -> None:
    rows = [
        HEADER,
        (1, "設\u200b計", "◎", "○", "書\u202eく_x000D_\n"),
        (2, "カ\u3099イド", "○", ""),
    ]
    reading = read(as_csv(rows))
    assert outline(reading) == ["1 設計 ◎○", "2 ガイド ○."]
    assert reading.grid.items[0].description == "書く"
    raws = [raw for _, _, raw in remarked(reading, Code.TEXT_CLEANED)]
    assert raws == ["設\u200b計", "書\u202eく_x000D_\n", "カ\u3099イド"]


def test_carriage_returns_in_a_name() -> None:
    rows = [HEADER, (1, "設計\r\nと製造", "◎"), (2, "試験_x000D_\nの準備", "○")]
    assert outline(as_csv(rows)) == ["1 設計 と製造 ◎.", "2 試験 の準備 ○."]
