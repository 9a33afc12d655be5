"""Title, 別紙 number, date, issuer and legend, wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sheet_writers import (
    HEADER,
    Page,
    as_markdown,
    legend,
    outline,
    read,
    remarked,
    title,
)

DATA: list[Any] = [HEADER, (1, "設計", "◎", "○"), (2, "製造", "○", "◎")]
LINES = ["1 設計 ◎○", "2 製造 ○◎"]
OWN = {"◎": "主担当", "○": "作業協力"}


def _read(*above: Any) -> Any:
    reading = read([*above, (), *DATA])
    assert outline(reading) == LINES
    return reading


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("別紙10", "別紙10"),
        ("別紙１０", "別紙10"),
        ("別紙 10", "別紙10"),
        ("別紙第10号", "別紙10"),
        ("別紙第１０", "別紙10"),
        ("（別紙10）", "別紙10"),
        ("(別紙１０)", "別紙10"),
        ("【別紙10】", "別紙10"),
        ("［別紙10］", "別紙10"),
        ("〔別紙10〕", "別紙10"),
        ("別紙10-1", "別紙10-1"),
        ("別紙１０－１", "別紙10-1"),
        ("別紙10の2", "別紙10の2"),
        ("別添3", "別添3"),
        ("様式第2号", "様式2"),
        ("資料4", "資料4"),
        ("参考資料1", "参考資料1"),
        ("別紙№10", "別紙10"),
        ("別紙No.10", "別紙10"),
        ("別紙　十", "別紙10"),
    ],
)
def test_numbers_of_the_document(text: str, number: str) -> None:
    assert title(_read(("役割分担表",), (text,)))[:2] == ("役割分担表", number)
    assert title(_read(("", "", "", "", text), ("役割分担表",)))[:2] == ("役割分担表", number)


@pytest.mark.parametrize(
    "text",
    [
        "別紙10　役割分担表",
        "（別紙10）役割分担表",
        "別紙10：役割分担表",
        "別紙１０\n役割分担表",
        "役割分担表（別紙10）",
        "別紙10「役割分担表」",
    ],
)
def test_number_and_title_in_one_cell(text: str) -> None:
    assert title(_read((text,)))[:2] == ("役割分担表", "別紙10")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("令和６年４月１日", "2024-04-01"),
        ("令和6年4月1日", "2024-04-01"),
        ("令和 6 年 4 月 1 日", "2024-04-01"),
        ("令和元年5月1日", "2019-05-01"),
        ("R6.4.1", "2024-04-01"),
        ("Ｒ６．４．１", "2024-04-01"),
        ("R6/4/1", "2024-04-01"),
        ("R06.04.01", "2024-04-01"),
        ("H26年5月", "2014-05"),
        ("H26.5", "2014-05"),
        ("平成26年5月", "2014-05"),
        ("平成２６年５月吉日", "2014-05"),
        ("平成二十六年五月", "2014-05"),
        ("平成二十六年五月一日", "2014-05-01"),
        ("平成26年5月1日現在", "2014-05-01"),
        ("平成26年5月1日（木）", "2014-05-01"),
        ("2014/5/1", "2014-05-01"),
        ("2014年5月", "2014-05"),
        ("2014.5.1", "2014-05-01"),
        ("2014-05-01", "2014-05-01"),
        ("２０１４年５月１日", "2014-05-01"),
        ("2014年（平成26年）5月1日", "2014-05-01"),
        ("平成26年（2014年）5月1日", "2014-05-01"),
        ("作成日：令和6年4月1日", "2024-04-01"),
        ("更新日 2024/4/1", "2024-04-01"),
        ("最終更新日：2024/4/1", "2024-04-01"),
        ("令和6年4月1日改訂", "2024-04-01"),
        ("令和6年4月版", "2024-04"),
        ("(令和6年4月)", "2024-04"),
        ("令6.4.1", "2024-04-01"),
        ("平26.5.1", "2014-05-01"),
        ("㋿6年4月1日", "2024-04-01"),
        ("㍻26年5月", "2014-05"),
        ("20140501", "2014-05-01"),
        ("2014-05-01 00:00:00", "2014-05-01"),
        ("May 1, 2014", "2014-05-01"),
    ],
)
def test_dates(text: str, date: str) -> None:
    found = title(_read(("役割分担表",), (text,)))
    assert (found[0], found[2]) == ("役割分担表", date)


def test_date_beside_its_word() -> None:
    assert title(_read(("役割分担表",), ("作成日", "令和6年4月1日")))[2] == "2024-04-01"


def test_date_that_is_none() -> None:
    assert title(_read(("役割分担表",), ("令和6年13月",)))[2] == ""


def test_issuer() -> None:
    found = title(_read(("役割分担表",), ("平成26年5月",), ("厚生労働省年金局",)))
    assert found == ("役割分担表", "", "2014-05", "厚生労働省年金局")


def test_title_beside_the_number_and_date() -> None:
    reading = _read(("役割分担表", "", "", "", "別紙10"), ("", "", "", "", "2014/5/1"))
    assert title(reading)[:3] == ("役割分担表", "別紙10", "2014-05-01")


@pytest.mark.parametrize(
    "rows",
    [
        [("凡例　◎：主担当　○：作業協力",)],
        [("凡例：◎主担当 ○作業協力",)],
        [("【凡例】◎：主担当、○：作業協力",)],
        [("【凡例】",), ("◎：主担当",), ("○：作業協力",)],
        [("凡例",), ("◎", "主担当"), ("○", "作業協力")],
        [("凡例", "◎", "主担当"), ("", "○", "作業協力")],
        [("凡例", "◎", "主担当", "○", "作業協力")],
        [("◎…主担当",), ("○…作業協力",)],
        [("◎・・・主担当",), ("○・・・作業協力",)],
        [("◎ = 主担当",), ("○ = 作業協力",)],
        [("◎－主担当",), ("○－作業協力",)],
        [("◎は主担当を表す。",), ("○は作業協力を表す。",)],
        [("◎は主担当、○は作業協力を示す。",)],
        [("(◎：主担当　○：作業協力)",)],
        [("（凡例）◎：主担当\n　　　　○：作業協力",)],
        [("凡例\n◎：主担当\n○：作業協力",)],
        [("※凡例　◎：主担当　／　○：作業協力",)],
        [("◎ 主担当",), ("○ 作業協力",)],
        [("◎　主担当　　○　作業協力",)],
        [("◎:主担当;○:作業協力",)],
        [("凡例",), ("記号", "意味"), ("◎", "主担当"), ("○", "作業協力")],
        [("◎→主担当",), ("○→作業協力",)],
        [("主担当：◎　作業協力：○",)],
        [("主担当…◎",), ("作業協力…○",)],
        [("◎（主担当）、○（作業協力）",)],
        [("「◎」：主担当",), ("「○」：作業協力",)],
    ],
    ids=lambda rows: " | ".join("/".join(row) for row in rows),
)
def test_legends(rows: list[Any]) -> None:
    above = read([("役割分担表",), *rows, (), *DATA])
    assert outline(above) == LINES
    assert legend(above) == OWN
    assert title(above)[0] == "役割分担表"
    below = read([("役割分担表",), *DATA, (), *rows])
    assert outline(below) == LINES
    assert legend(below) == OWN


def test_legend_to_the_right_of_the_table() -> None:
    rows = [
        ("役割分担表",),
        (*HEADER, "", "凡例"),
        (1, "設計", "◎", "○", "書く", "", "◎：主担当"),
        (2, "製造", "○", "◎", "作る", "", "○：作業協力"),
    ]
    reading = read(rows)
    assert outline(reading) == LINES
    assert legend(reading) == OWN


def test_legend_to_the_right_in_two_columns() -> None:
    rows = [
        ("役割分担表",),
        (*HEADER, "", "凡例", ""),
        (1, "設計", "◎", "○", "書く", "", "◎", "主担当"),
        (2, "製造", "○", "◎", "作る", "", "○", "作業協力"),
    ]
    reading = read(rows)
    assert outline(reading) == LINES
    assert legend(reading) == OWN


def test_legend_right_of_the_title() -> None:
    reading = _read(
        ("役割分担表", "", "", "", "凡例"),
        ("", "", "", "", "◎：主担当"),
        ("", "", "", "", "○：作業協力"),
    )
    assert legend(reading) == OWN
    assert title(reading)[0] == "役割分担表"


def test_legend_in_english() -> None:
    rows = [
        ("R: Responsible / A: Accountable / C: Consulted / I: Informed",),
        ("No.", "Task", "PM", "Dev", "Notes"),
        (1, "Design", "A", "R", ""),
        (2, "Build", "I", "R", ""),
    ]
    reading = read(rows)
    assert legend(reading) == {
        "R": "Responsible",
        "A": "Accountable",
        "C": "Consulted",
        "I": "Informed",
    }
    assert [mark.leads for mark in reading.grid.legend] == [True, False, False, False]


def test_legend_of_the_real_document() -> None:
    rows = [
        ("◎…主たる作業者",),
        ("○…当該業務に関して作業担当と密に連携し、作業協力",),
        *DATA,
    ]
    reading = read(rows)
    assert legend(reading) == {
        "◎": "主たる作業者",
        "○": "当該業務に関して作業担当と密に連携し、作業協力",
    }


def test_legend_with_several_marks_in_one_cell_and_long_labels() -> None:
    rows = [("凡例　◎：主担当（作業責任を負う者）　○：作業協力 △：情報の提供・確認",), *DATA]
    assert legend(read(rows)) == {
        "◎": "主担当（作業責任を負う者）",
        "○": "作業協力",
        "△": "情報の提供・確認",
    }


def test_title_of_several_cells_in_a_merged_row() -> None:
    page = Page([("関連業者との役割分担表",), (), *DATA], merges=("A1:E1",))
    assert title(read(page))[0] == "関連業者との役割分担表"


def test_notes_are_said_and_no_title() -> None:
    reading = _read(("役割分担表",), ("※本表は暫定版である。",))
    assert title(reading)[0] == "役割分担表"
    assert remarked(reading) == [("A2", "line_skipped", "※本表は暫定版である。")]


def test_note_before_the_title() -> None:
    assert title(_read(("※暫定版",), ("役割分担表",)))[0] == "役割分担表"


def test_project_name_before_the_title() -> None:
    reading = _read(("年金業務システム 更改プロジェクト",), ("関連業者との役割分担表",))
    assert title(reading)[0] == "関連業者との役割分担表"


def test_markdown_headings() -> None:
    text = "# 別紙10 役割分担表\n\n平成26年5月\n\n- ◎：主担当\n- ○：作業協力\n"
    reading = read(text.encode() + as_markdown(DATA))
    assert title(reading)[:3] == ("役割分担表", "別紙10", "2014-05")
    assert legend(reading) == OWN
