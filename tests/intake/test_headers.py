"""Where a table begins and what its columns are called, as strangers write it."""

from __future__ import annotations

from typing import Any

import pytest

from projects.intake import IntakeError
from tests.support.grid_builders import roles_of
from tests.support.sheet_writers import (
    HEADER,
    Page,
    Rows,
    as_markdown,
    outline,
    read,
    remarked,
    roles,
)

DATA: Rows = ((1, "設計", "◎", "○", "書く"), (2, "製造", "○", "◎", "作る"))
LINES = ["1 設計 ◎○", "2 製造 ○◎"]


def _headed(number: str, name: str, description: str) -> Rows:
    return [(number, name, "甲社", "乙社", description), *DATA]


@pytest.mark.parametrize(
    "number",
    [
        "項番",
        "No.",
        "NO",
        "№",
        "Ｎｏ．",
        "ID",
        "#",
        "項目番号",
        "番号",
        "WBS",
        "WBS番号",
        "項\n番",
        "項　番",
        "通番",
    ],
)
def test_words_for_the_number(number: str) -> None:
    assert outline(_headed(number, "作業項目", "作業内容")) == LINES


@pytest.mark.parametrize(
    "name",
    [
        *("作業項目", "作業名", "Task", "タスク", "Task Name", "作業項目※1", "【作業項目】"),
        *(
            "作業項目（業務）",
            "作業項目名",
            "作 業 項 目",
            "作\n業\n項\n目",
            "作業\n項目",
            "■作業項目",
        ),
        *("作業項目(注1)", "作業項目 *1", "Activity", "業務名", "役割分担項目", "作業項目 ▼"),
    ],
)
def test_words_for_the_name(name: str) -> None:
    assert outline(_headed("項番", name, "作業内容")) == LINES


@pytest.mark.parametrize(
    "description",
    [
        "作業内容",
        "備考",
        "Notes",
        "内容",
        "説明",
        "備　考",
        "作業内容（概要）",
        "Description",
        "摘要",
        "備考※2",
    ],
)
def test_words_for_the_description(description: str) -> None:
    reading = read(_headed("項番", "作業項目", description))
    assert outline(reading) == LINES
    assert [i.description for i in reading.grid.items] == ["書く", "作る"]
    assert reading.remarks == ()


def test_description_beside_notes() -> None:
    rows = [
        ("項番", "作業項目", "作業内容", "甲社", "乙社", "備考"),
        (1, "設計", "書く", "◎", "○", "注意"),
    ]
    reading = read(rows)
    assert outline(reading) == ["1 設計 ◎○"]
    assert reading.grid.items[0].description == "書く"
    assert remarked(reading) == [("F2", "cell_skipped", "注意")]


def test_two_header_rows_with_a_group() -> None:
    page = Page(
        [("項番", "作業項目", "関連業者", "", "作業内容"), ("", "", "甲社", "乙社"), *DATA],
        merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2"),
    )
    assert roles(read(page)) == ["甲社", "乙社"]
    assert outline(page) == LINES


def test_two_header_rows_without_merges() -> None:
    rows = [("項番", "作業項目", "関連業者", "", "作業内容"), ("", "", "甲社", "乙社"), *DATA]
    assert roles(read(rows)) == ["甲社", "乙社"]
    assert outline(rows) == LINES


def test_fields_in_the_lower_header_row() -> None:
    rows = [("", "", "関連業者", "", ""), HEADER, *DATA]
    page = Page(rows, merges=("C1:D1",))
    assert roles(read(page)) == ["甲社", "乙社"]
    assert outline(page) == LINES


def test_three_header_rows_with_groups_of_the_same_names() -> None:
    page = Page(
        [
            ("No.", "Task", "委託業者", "", "", "", "備考"),
            ("", "", "A社", "", "B社", "", ""),
            ("", "", "設計", "開発", "設計", "開発", ""),
            (1, "計画", "◎", "○", "", "○", "x"),
        ],
        merges=("A1:A3", "B1:B3", "C1:F1", "C2:D2", "E2:F2", "G1:G3"),
    )
    reading = read(page)
    assert roles(reading) == ["A社 設計", "A社 開発", "B社 設計", "B社 開発"]
    assert outline(reading) == ["1 計画 ◎○.○"]


def test_four_header_rows() -> None:
    page = Page(
        [
            ("項番", "作業項目", "関連業者", "", "", "作業内容"),
            ("", "", "厚生労働省", "受託者", "", ""),
            ("", "", "", "設計", "", ""),
            ("", "", "", "甲", "乙", ""),
            (1, "計画", "◎", "○", "", "x"),
        ],
        merges=("A1:A4", "B1:B4", "C1:E1", "C2:C4", "D2:E2", "D3:E3", "F1:F4"),
    )
    reading = read(page)
    assert roles(reading) == ["厚生労働省", "甲", "乙"]
    assert outline(reading) == ["1 計画 ◎○."]


def test_vertical_names() -> None:
    rows = [
        (
            "項番",
            "作業項目",
            "保\n守\n業\n者",
            "サ\n｜\nバ\n業\n者",
            "現行システム\n改修業者",
            "Web\nserver",
            "作業内容",
        ),
        (1, "設計", "◎", "○", "", "○"),
    ]
    assert roles(read(rows)) == ["保守業者", "サーバ業者", "現行システム改修業者", "Web server"]


def test_no_words_at_all_but_marks() -> None:
    rows = [("仕事", "甲社", "乙社"), ("設計すること", "◎", "○"), ("作ること", "○", "◎")]
    reading = read(rows)
    assert outline(reading) == ["設計すること ◎○", "作ること ○◎"]


def test_no_words_but_numbers() -> None:
    rows = [("", "", "甲社", "乙社"), (1, "設計すること", "◎", "○"), (2, "作ること", "○", "◎")]
    assert outline(rows) == ["1 設計すること ◎○", "2 作ること ○◎"]


def test_header_of_known_roles_only() -> None:
    rows = [("", "", "甲社", "乙社"), (1, "設計すること", "", ""), (2, "作ること", "○", "")]
    reading = read(rows, roles=roles_of("甲社", "乙社"), fixed=False)
    assert outline(reading) == ["1 設計すること ..", "  2 作ること ○."]


def test_header_far_below() -> None:
    rows = [("別紙10",), *[(f"前書きの{n}行目です。",) for n in range(150)], HEADER, *DATA]
    assert outline(rows) == LINES


def test_header_far_below_blank_rows() -> None:
    rows: list[Any] = [()] * 600
    assert outline([*rows, HEADER, *DATA]) == LINES


def test_table_that_begins_at_d() -> None:
    rows = [("", "", "", *row) for row in ((), (), HEADER, *DATA)]
    reading = read(rows)
    assert outline(reading) == LINES
    assert reading.remarks == ()


def test_header_repeated_on_every_page() -> None:
    rows = [HEADER, DATA[0], HEADER, DATA[1]]
    reading = read(rows)
    assert outline(reading) == LINES
    assert remarked(reading) == [("A3", "header_repeated", "項番")]


def test_repeated_header_with_another_order_of_columns() -> None:
    rows = [
        HEADER,
        DATA[0],
        ("項番", "作業項目", "乙社", "甲社", "作業内容"),
        (2, "製造", "◎", "○", "作る"),
    ]
    assert outline(rows) == LINES


def test_repeated_header_of_two_rows() -> None:
    head = [("項番", "作業項目", "関連業者", "", "作業内容"), ("", "", "甲社", "乙社")]
    page = Page(
        [*head, DATA[0], *head, DATA[1]],
        merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2", "A4:A5", "B4:B5", "C4:D4", "E4:E5"),
    )
    assert outline(page) == LINES


def test_no_table() -> None:
    with pytest.raises(IntakeError, match="見出し"):
        read([("ただの文章です。",), ("表はありません。", "はい")])


def test_header_in_english_with_raci() -> None:
    rows = [
        ("ID", "Task", "PM", "Dev Team", "QA", "Notes"),
        ("1", "Design", "A", "R", "C", "x"),
        ("2", "Build", "A", "R", "I", "y"),
        (),
        ("R = Responsible, A = Accountable, C = Consulted, I = Informed",),
    ]
    reading = read(rows)
    assert outline(reading) == ["1 Design ARC", "2 Build ARI"]
    assert [mark.label for mark in reading.grid.legend] == [
        *("Responsible", "Accountable", "Consulted", "Informed")
    ]


def test_markdown_without_a_word_for_the_number() -> None:
    rows = [("作業項目", "甲社", "乙社"), ("設計", "◎", "○"), ("製造", "○", "")]
    assert outline(as_markdown(rows)) == ["設計 ◎○", "製造 ○."]


def test_names_that_are_words_of_headers() -> None:
    rows = [
        HEADER,
        (1, "作業内容", "◎", "", ""),
        (2, "項目", "", "○", "備考"),
        (3, "番号", "◎", "", ""),
    ]
    assert outline(rows) == ["1 作業内容 ◎.", "2 項目 .○", "3 番号 ◎."]


def test_headers_in_two_languages() -> None:
    rows = [("項番\nNo.", "作業項目\nTask", "甲社", "乙社", "備考 / Notes"), *DATA]
    reading = read(rows)
    assert outline(reading) == LINES
    assert [item.description for item in reading.grid.items] == ["書く", "作る"]
