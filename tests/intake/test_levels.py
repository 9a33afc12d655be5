"""Where the levels of the rows come from."""

from __future__ import annotations

import pytest

from projects.intake.text.corrections import Levels
from tests.support.sheet_writers import HEADER, Page, as_csv, by_openpyxl, outline, read, remarked

SIZES = ("大項目", "中項目", "小項目", "甲社", "乙社", "備考")
TREE = [
    "要件定義 ..",
    "  業務要件 ..",
    "    聞き取り ◎○",
    "    整理 ○◎",
    "  システム要件 ..",
    "    整理 ◎.",
    "設計 ..",
    "  基本設計 ..",
    "    方式 .◎",
]


@pytest.mark.parametrize("same", ["", "〃", "同上", "↑", "々"])
def test_sizes_with_blanks_or_signs_for_the_same(same: str) -> None:
    rows = [
        SIZES,
        ("要件定義", "業務要件", "聞き取り", "◎", "○"),
        (same, same, "整理", "○", "◎"),
        (same, "システム要件", "整理", "◎", ""),
        ("設計", "基本設計", "方式", "", "◎"),
    ]
    reading = read(rows)
    assert outline(reading) == TREE
    assert reading.layout.levels is Levels.COLUMNS


def test_sizes_repeated_in_every_row() -> None:
    rows = [
        SIZES,
        ("要件定義", "業務要件", "聞き取り", "◎", "○"),
        ("要件定義", "業務要件", "整理", "○", "◎"),
        ("要件定義", "システム要件", "整理", "◎", ""),
        ("設計", "基本設計", "方式", "", "◎"),
    ]
    assert outline(rows) == TREE


def test_sizes_merged_downwards() -> None:
    rows = [
        SIZES,
        ("要件定義", "業務要件", "聞き取り", "◎", "○"),
        ("", "", "整理", "○", "◎"),
        ("", "システム要件", "整理", "◎", ""),
        ("設計", "基本設計", "方式", "", "◎"),
    ]
    assert outline(Page(rows, merges=("A2:A4", "B2:B3"))) == TREE


def test_sizes_with_rows_of_their_own() -> None:
    rows = [
        SIZES,
        ("要件定義",),
        ("", "業務要件"),
        ("", "", "聞き取り", "◎", "○"),
        ("", "", "整理", "○", "◎"),
        ("", "システム要件"),
        ("", "", "整理", "◎", ""),
        ("設計",),
        ("", "基本設計"),
        ("", "", "方式", "", "◎"),
    ]
    reading = read(rows)
    assert outline(reading) == TREE
    assert remarked(reading) == []


@pytest.mark.parametrize(
    "words",
    [
        ("大分類", "中分類", "小分類"),
        ("大区分", "中区分", "小区分"),
        ("大", "中", "小"),
        ("作業項目（大）", "作業項目（中）", "作業項目（小）"),
        ("第1階層", "第2階層", "第3階層"),
        ("レベル1", "レベル2", "レベル3"),
        ("Level 1", "Level 2", "Level 3"),
        ("フェーズ", "工程", "作業項目"),
        ("L1", "L2", "L3"),
        ("大工程", "中工程", "小工程"),
        ("工程", "作業区分", "作業項目"),
    ],
)
def test_words_for_the_levels(words: tuple[str, ...]) -> None:
    rows = [(*words, *SIZES[3:]), ("要件定義", "業務要件", "聞き取り", "◎", "○")]
    assert outline(rows) == [TREE[0], TREE[1], TREE[2]]


def test_sizes_with_a_number_for_the_task() -> None:
    rows = [
        ("項番", *SIZES),
        (1, "要件定義", "業務要件", "聞き取り", "◎", "○"),
        (2, "", "", "整理", "○", "◎"),
    ]
    assert outline(rows) == ["要件定義 ..", "  業務要件 ..", "    1 聞き取り ◎○", "    2 整理 ○◎"]


def test_numbers_beside_each_level() -> None:
    rows = [
        ("No", "大項目", "No", "中項目", "甲社", "乙社"),
        (1, "要件定義", 1, "聞き取り", "◎", "○"),
        ("", "", 2, "整理", "○", "◎"),
        (2, "設計", 1, "方式", "◎", ""),
    ]
    assert [line.split()[-2] for line in outline(rows)] == [
        *("要件定義", "聞き取り", "整理", "設計", "方式")
    ]


def test_same_middle_below_another_top() -> None:
    rows = [SIZES, ("甲", "共通", "あ", "◎"), ("乙", "共通", "い", "◎"), ("", "", "う", "○")]
    assert outline(rows) == [
        *("甲 ..", "  共通 ..", "    あ ◎.", "乙 ..", "  共通 ..", "    い ◎.", "    う ○.")
    ]


def test_task_of_a_middle_level() -> None:
    rows = [SIZES, ("要件定義", "業務要件", "", "◎"), ("", "システム要件", "整理", "○")]
    assert outline(rows) == [*("要件定義 ..", "  業務要件 ◎.", "  システム要件 ..", "    整理 ○.")]


def test_staggered_names() -> None:
    rows = [
        ("No", "作業項目", "", "", "甲社", "乙社"),
        (1, "要件定義"),
        (2, "", "業務要件"),
        (3, "", "", "聞き取り", "○", "◎"),
        (4, "", "業務整理", "", "○", "◎"),
        (5, "設計", "", "", "○", "◎"),
    ]
    wanted = [
        "1 要件定義 ..",
        "  2 業務要件 ..",
        "    3 聞き取り ○◎",
        "  4 業務整理 ○◎",
        "5 設計 ○◎",
    ]
    assert outline(Page(rows, merges=("B1:D1",))) == wanted
    assert outline(rows) == wanted


def test_indents_of_cells() -> None:
    rows = [
        HEADER,
        (1, "設計"),
        (2, "基本", "◎"),
        (3, "詳細", "○"),
        (4, "製造"),
        (5, "コード", "◎"),
    ]
    page = Page(rows, indents={"B3": 1, "B4": 2, "B6": 1})
    reading = read(page)
    assert outline(reading) == [
        "1 設計 ..",
        "  2 基本 ◎.",
        "    3 詳細 ○.",
        "4 製造 ..",
        "  5 コード ◎.",
    ]
    assert reading.layout.levels is Levels.INDENT


def test_indents_that_begin_deep_and_skip() -> None:
    rows = [HEADER, (1, "設計"), (2, "基本", "◎"), (3, "製造"), (4, "コード", "◎")]
    page = Page(rows, indents={"B2": 1, "B3": 3, "B4": 1, "B5": 3})
    assert outline(page) == ["1 設計 ..", "  2 基本 ◎.", "3 製造 ..", "  4 コード ◎."]


@pytest.mark.parametrize("space", ["　", "  ", "\u3000\u3000", "\xa0\xa0"])
def test_leading_spaces(space: str) -> None:
    rows = [
        HEADER,
        (1, "設計"),
        (2, space + "基本", "◎"),
        (3, space * 2 + "詳細", "○"),
        (4, "製造"),
    ]
    wanted = ["1 設計 ..", "  2 基本 ◎.", "    3 詳細 ○.", "4 製造 .."]
    assert outline(rows) == wanted
    assert outline(as_csv(rows)) == wanted


def test_leading_spaces_before_the_numbers() -> None:
    rows = [HEADER, ("1", "設計"), ("　1", "基本", "◎"), ("　2", "詳細", "○"), ("2", "製造")]
    assert outline(rows) == ["1 設計 ..", "  1 基本 ◎.", "  2 詳細 ○.", "2 製造 .."]


def test_bullets_before_the_names() -> None:
    rows = [HEADER, ("", "■設計"), ("", "　・基本", "◎"), ("", "　・詳細", "○"), ("", "■製造", "◎")]
    assert [line.split()[0] for line in outline(rows)] == ["■設計", "・基本", "・詳細", "■製造"]
    assert [item.level for item in read(rows).grid.items] == [1, 2, 2, 1]


def test_runs_of_empty_headings() -> None:
    rows = [
        HEADER,
        *((1, "開発"), (2, "要件"), (3, "業務"), (4, "聞き取り", "◎"), (5, "整理", "○")),
        *((6, "設計"), (7, "方式", "◎"), (8, "運用"), (9, "計画"), (10, "準備", "○")),
    ]
    assert [item.level for item in read(rows).grid.items] == [1, 2, 3, 4, 4, 3, 4, 2, 3, 4]


def test_phase_bands_over_the_whole_width() -> None:
    rows = [
        HEADER,
        ("フェーズ1　設計",),
        (1, "基本設計", "◎", "○", ""),
        (2, "詳細設計", "○", "◎", ""),
        ("フェーズ2　製造",),
        (3, "実装", "◎", "○", ""),
    ]
    wanted = [
        "フェーズ1 設計 ..",
        "  1 基本設計 ◎○",
        "  2 詳細設計 ○◎",
        "フェーズ2 製造 ..",
        "  3 実装 ◎○",
    ]
    bands = [line.replace("\u3000", " ") for line in outline(Page(rows, merges=("A2:E2", "A5:E5")))]
    assert bands == wanted
    assert [line.replace("\u3000", " ") for line in outline(rows)] == wanted


def test_short_band() -> None:
    rows = [HEADER, ("設計",), (1, "基本", "◎"), ("製造",), (2, "実装", "○")]
    page = Page(rows, merges=("A2:E2", "A4:E4"))
    assert outline(page) == ["設計 ..", "  1 基本 ◎.", "製造 ..", "  2 実装 ○."]


def test_column_of_levels() -> None:
    rows = [
        ("階層", "項番", "作業項目", "甲社"),
        (1, "1", "設計"),
        (2, "2", "基本", "◎"),
        ("２", "3", "詳細", "○"),
        (1, "4", "製造", "◎"),
    ]
    reading = read(rows)
    assert [item.level for item in reading.grid.items] == [1, 2, 2, 1]
    assert reading.layout.levels is Levels.COLUMN


def test_wanted_levels_win() -> None:
    from projects.intake import Choices

    rows = [HEADER, ("1", "設計"), ("1.1", "基本", "◎")]
    assert outline(rows, choices=Choices(levels=Levels.FLAT)) == ["1 設計 ..", "1.1 基本 ◎."]


def test_flat_table() -> None:
    data = by_openpyxl(Page([HEADER, (1, "設計", "◎"), (2, "製造", "○")]))
    assert [item.level for item in read(data).grid.items] == [1, 1]
