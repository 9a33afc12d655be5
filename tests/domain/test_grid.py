"""The matrix as a value: its rules, and how rows are added, moved and removed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from projects.domain import grid as grids
from projects.domain.grid import Grid, Item, Mark, clean_line, clean_text
from projects.domain.text.match_key import match_key
from tests.support.grid_builders import (
    RACI,
    grid_of,
    item,
    names_of,
    roles_of,
    row_named,
    scanned,
    uid,
)

TREE = grid_of("設計", "  要件定義 ◎ ○", "  基本設計", "    画面 ◎ .", "    帳票 . ◎", "製造")


def outline(grid: Grid) -> list[tuple[int, str]]:
    return [(row.level, row.name) for row in grid.items]


# ---- rules


def test_sound_grid_has_no_errors() -> None:
    assert TREE.errors() == []


def test_scan_is_a_sound_grid() -> None:
    assert scanned().grid.errors() == []


def test_empty_grid_is_sound() -> None:
    assert Grid().errors() == []


def one(**fields: object) -> Grid:
    """A grid whose only row has these fields."""
    row = replace(item(1, name="設計", marks=("",)), **fields)  # type: ignore[arg-type]
    return Grid(roles=roles_of("A社"), items=(row,))


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        (Grid(title="長" * 1_001), "標題が1,000文字を超えています。"),
        (Grid(issuer="長" * 1_001), "発行者が1,000文字を超えています。"),
        (
            Grid(date="2014年5月"),
            "日付「2014年5月」は2014、2014-05、2014-05-01の形ではありません。",
        ),
        (
            Grid(date="2014-13"),
            "日付「2014-13」は2014、2014-05、2014-05-01の形ではありません。",
        ),
        (
            Grid(date="2014\n"),
            "日付「2014\n」は2014、2014-05、2014-05-01の形ではありません。",
        ),
        (Grid(legend=()), "凡例がありません。"),
        (Grid(legend=(Mark("◎", "主"), Mark("◎", "従"))), "凡例の記号「◎」が2回あります。"),
        (Grid(legend=(Mark("", "主"),)), "凡例の記号「」は1〜4文字で指定してください。"),
        (Grid(legend=(Mark("12345", "主"),)), "凡例の記号「12345」は1〜4文字で指定してください。"),
        (Grid(legend=(Mark("◎ ", "主"),)), "凡例の記号「◎ 」は1〜4文字で指定してください。"),
        (Grid(roles=roles_of("A社", "A社")), "関連業者の列「A社」が2回あります。"),
        (Grid(roles=roles_of("")), "関連業者の列の名称が空です。"),
        (Grid(roles=roles_of("長" * 1001)), "関連業者の列の名称が1,000文字を超えています。"),
        (one(level=2), "項番1「設計」の階層2は、直前の行の階層0の下に置けません。"),
        (one(level=0), "項番1「設計」の階層0は、直前の行の階層0の下に置けません。"),
        (one(marks=()), "項番1「設計」の記号の数が列の数と一致しません。"),
        (one(marks=("×",)), "項番1「設計」の記号「×」は凡例にありません。"),
        (one(name=""), "項番1「」の作業項目が空です。"),
        (one(description="😀" * 10_001), "項番1「設計」の作業内容が20,000文字を超えています。"),
        (one(description="長" * 20_001), "項番1「設計」の作業内容が20,000文字を超えています。"),
    ],
)
def test_broken_rule_is_told_in_words(grid: Grid, told: str) -> None:
    assert grid.errors() == [told]


def test_same_identity_twice_is_told() -> None:
    grid = grid_of("設計", "製造")
    doubled = replace(grid, items=(grid.items[0], replace(grid.items[1], uid=uid(1))))
    assert doubled.errors() == ["行の識別子「000000000001」が2回あります。"]


def test_level_may_not_jump() -> None:
    (told,) = grid_of("設計", "    画面").errors()
    assert told == "項番2「画面」の階層3は、直前の行の階層1の下に置けません。"


def test_every_broken_rule_is_told() -> None:
    assert len(replace(TREE, legend=(), roles=()).errors()) == 1 + 6 + 4


# ---- texts


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  設計\u3000", "設計"),
        ("一\r\n二\r三\n四", "一 二 三 四"),
        ("一\x00\x07二", "一二"),
        ("一\x0b二", "一二"),
        ("一\ud800二", "一二"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_line_is_shown_on_one_line_without_control_characters(raw: str, shown: str) -> None:
    assert clean_line(raw) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("一\r\n二\r三", "一\n二\n三"), ("\n 一\n\n二 \n", "一\n\n二"), ("\x1b[0m", "[0m")],
)
def test_text_keeps_its_line_breaks(raw: str, shown: str) -> None:
    assert clean_text(raw) == shown


@pytest.mark.parametrize(
    ("one_text", "other"),
    [
        ("個人番号管理（1次）", "個人番号管理(1次)"),
        ("ＬＡＮ保守", "lan 保守"),
        ("H28.1‐先行", "H28.1－先行"),
        ("設計\n製造", "設計製造"),
    ],
)
def test_texts_that_read_the_same_have_one_match_key(one_text: str, other: str) -> None:
    assert match_key(one_text) == match_key(other)


@pytest.mark.parametrize(
    ("one_text", "other"), [("決裁", "決済"), ("データー", "データ"), ("○", "〇")]
)
def test_texts_that_read_differently_have_two_match_keys(one_text: str, other: str) -> None:
    assert match_key(one_text) != match_key(other)


def test_new_identities_differ_and_have_their_form() -> None:
    found = {grids.new_uid() for _ in range(100)}
    assert len(found) == 100
    assert {len(one_uid) for one_uid in found} == {grids.UID_LENGTH}
    assert set("".join(found)) <= set(grids.UID_ALPHABET)


def test_role_is_labelled_with_its_short_name() -> None:
    long, short = roles_of("厚生労働省")[0], replace(roles_of("厚生労働省")[0], short_name="厚労省")
    assert (long.label, short.label) == ("厚生労働省", "厚労省")


# ---- the tree


def test_parents_are_the_nearest_row_one_level_up() -> None:
    assert grids.parents(TREE.items) == [-1, 0, 0, 2, 2, -1]


def test_subtree_ends_before_the_next_row_at_its_level() -> None:
    assert grids.subtree_ends(TREE.items) == [5, 2, 5, 4, 5, 6]


def test_heading_is_a_row_with_rows_below() -> None:
    headings = [grids.is_heading(TREE.items, index) for index in range(6)]
    assert headings == [True, False, True, False, False, False]


def test_ancestors_come_from_the_top() -> None:
    assert grids.ancestors(grids.parents(TREE.items), 4) == [0, 2]


def test_top_row_has_no_ancestors() -> None:
    assert grids.ancestors(grids.parents(TREE.items), 5) == []


def test_symbols_go_in_the_order_of_the_legend() -> None:
    assert Grid(legend=RACI).symbols == ("R", "A", "C", "I")


def test_marks_are_counted_per_column_without_blanks() -> None:
    counts = grids.column_counts(TREE.items, 2)
    assert counts == [Counter({"◎": 2}), Counter({"○": 1, "◎": 1})]


def test_no_rows_count_as_nothing_in_every_column() -> None:
    assert grids.column_counts([], 2) == [Counter(), Counter()]


# ---- changes


def test_rows_are_numbered_from_1_to_n() -> None:
    grid = replace(TREE, items=tuple(replace(row, number="x") for row in TREE.items))
    assert [row.number for row in grids.renumbered(grid).items] == ["1", "2", "3", "4", "5", "6"]


def test_renumbering_keeps_rows_that_have_their_number() -> None:
    assert grids.renumbered(TREE).items[3] is TREE.items[3]


def test_changed_row_is_the_only_one_that_changes() -> None:
    changed = grids.with_item(TREE, uid(3), lambda row: replace(row, name="外部設計"))
    assert names_of(changed) == ["設計", "要件定義", "外部設計", "画面", "帳票", "製造"]


def test_row_goes_with_all_below_it() -> None:
    assert names_of(grids.without_item(TREE, uid(3))) == ["設計", "要件定義", "製造"]


def test_new_row_is_the_last_below_its_parent() -> None:
    grown = grids.with_item_under(TREE, item(9, name="電文"), uid(3))
    assert outline(grown)[4:] == [(3, "帳票"), (3, "電文"), (1, "製造")]


def test_new_row_without_parent_is_the_last_of_all() -> None:
    grown = grids.with_item_under(TREE, item(9, level=4, name="試験"), None)
    assert outline(grown)[-1] == (1, "試験")


def test_moved_subtree_is_the_last_below_its_new_parent() -> None:
    moved = grids.moved_under(TREE, uid(3), uid(6))
    assert outline(moved) == [
        (1, "設計"),
        (2, "要件定義"),
        (1, "製造"),
        (2, "基本設計"),
        (3, "画面"),
        (3, "帳票"),
    ]


def test_subtree_moved_to_the_top_rises_with_all_below_it() -> None:
    moved = grids.moved_under(TREE, uid(3), None)
    assert outline(moved)[3:] == [(1, "基本設計"), (2, "画面"), (2, "帳票")]


def test_subtree_moved_down_sinks_with_all_below_it() -> None:
    moved = grids.moved_under(TREE, uid(1), uid(6))
    assert [level for level, _ in outline(moved)] == [1, 2, 3, 3, 4, 4]


@pytest.mark.parametrize("parent", [uid(3), uid(4)])
def test_row_cannot_go_below_itself(parent: str) -> None:
    with pytest.raises(ValueError, match="下位の項目を親にすることはできません"):
        grids.moved_under(TREE, uid(3), parent)


def test_row_moved_to_where_it_is_goes_to_the_end() -> None:
    moved = grids.moved_under(TREE, uid(2), uid(1))
    assert names_of(moved) == ["設計", "基本設計", "画面", "帳票", "要件定義", "製造"]


def test_marks_move_with_their_row() -> None:
    moved = grids.moved_under(TREE, uid(2), None)
    assert row_named(moved, "要件定義").marks == ("◎", "○")


@pytest.mark.parametrize(
    "act",
    [
        lambda: grids.index_of(TREE, "nobody"),
        lambda: grids.without_item(TREE, "nobody"),
        lambda: grids.with_item_under(TREE, Item("x", 1, "", "x"), "nobody"),
        lambda: grids.moved_under(TREE, uid(2), "nobody"),
    ],
    ids=["index_of", "without_item", "with_item_under", "moved_under"],
)
def test_unknown_row_is_an_error(act: object) -> None:
    with pytest.raises(KeyError, match="nobody"):
        act()  # type: ignore[operator]
