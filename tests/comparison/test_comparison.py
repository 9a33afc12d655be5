"""Two grids side by side: every difference is there once, and what was asked for is what comes."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given

from projects.domain.change_kinds import Change
from projects.domain.comparison import KINDS, UNCHANGED, Pair, Side, Wanted, pair
from projects.domain.grid import Grid, Role, moved_under, without_item
from projects.domain.plan import Act, diff
from projects.domain.text.word_diff import Segment, segments
from projects.render.difference_table import Table
from tests.support.grid_builders import TEXTS, grid_of, grids, pairs_of_grids, row_named, uid_of

GRID = grid_of("企画", "  計画 ◎ ○", "  報告 ○ .", "実施", "  試験 . ◎", "  検収 ○ ○")


def compared(old: Grid, new: Grid) -> Pair:
    return pair(Side(old), Side(new))


def edited(row: str, **fields: object) -> Grid:
    rows = [replace(i, **fields) if i.name == row else i for i in GRID.items]  # type: ignore[arg-type]
    return replace(GRID, items=tuple(rows))


def shown(found: Pair, **wanted: object) -> list[str]:
    """The names of the rows that are shown, without those that only say where they stand."""
    rows = found.rows(Wanted(**wanted))  # type: ignore[arg-type]
    return [row.line.shown.name for row in rows if not row.context]


@given(grids())
def test_a_grid_compared_with_itself_has_no_differences(grid: Grid) -> None:
    found = compared(grid, grid)
    assert found.is_empty
    assert found.rows() == []
    assert found.words == UNCHANGED


@given(pairs_of_grids())
def test_every_changed_cell_row_and_text_is_in_the_rows(two: tuple[Grid, Grid]) -> None:
    plan = diff(*two)
    lines = [row.line for row in compared(*two).rows(Wanted(KINDS)) if not row.context]
    assert {cell for line in lines for cell in line.cells} == set(plan.cells)
    assert set(lines) == {line for line in plan.items if line.act != Act.UNCHANGED}


@given(pairs_of_grids())
def test_the_comparison_the_other_way_round_has_as_many_differences(
    two: tuple[Grid, Grid],
) -> None:
    there, back = compared(*two), compared(*two[::-1])
    assert there.counts()[Change.ADDED] == back.counts()[Change.REMOVED]
    assert there.counts()[Change.MARK_CHANGED] == back.counts()[Change.MARK_CHANGED]
    assert there.counts()[Change.RENAMED] == back.counts()[Change.RENAMED]


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (edited("報告", name="報告書"), Change.RENAMED),
        (edited("報告", number="3-1"), Change.RENUMBERED),
        (edited("報告", description="毎月"), Change.DESCRIBED),
        (edited("報告", marks=("◎", "")), Change.MARK_CHANGED),
        (moved_under(GRID, uid_of(GRID, "報告"), uid_of(GRID, "実施")), Change.MOVED),
    ],
)
def test_the_filter_by_kind_keeps_only_that_kind(new: Grid, kind: Change) -> None:
    found = compared(GRID, new)
    (name,) = shown(found, kinds=[kind])
    assert name.startswith("報告")
    assert shown(found, kinds=[one for one in KINDS if one is not kind]) == []


def test_rows_that_go_are_there_with_their_heading() -> None:
    rows = compared(GRID, without_item(GRID, uid_of(GRID, "試験"))).rows()
    assert [(row.line.shown.name, row.context) for row in rows] == [("実施", True), ("試験", False)]
    assert rows[1].line.act is Act.REMOVED


def test_the_filter_by_role_leaves_out_what_is_not_about_its_mark() -> None:
    new = edited("報告", name="報告書", marks=("◎", ""))
    found = compared(GRID, new)
    assert shown(found, role="A社") == ["報告書"]
    assert shown(found, role="B社") == []
    assert shown(found, role="A社", kinds=[Change.RENAMED]) == []


def test_the_filter_by_phase_finds_rows_that_left_it() -> None:
    found = compared(GRID, moved_under(GRID, uid_of(GRID, "報告"), uid_of(GRID, "実施")))
    assert shown(found, phase=uid_of(GRID, "企画")) == ["報告"]
    assert shown(found, phase=uid_of(GRID, "実施")) == ["報告"]


def test_the_filter_by_words_looks_at_old_and_new_texts_as_a_reader_does() -> None:
    found = compared(GRID, edited("報告", name="ＡＢＣ"))
    assert shown(found, words="abc") == ["ＡＢＣ"]
    assert shown(found, words="報告") == ["ＡＢＣ"]
    assert shown(found, words="検収") == []


def renamed(*names: str) -> Grid:
    return replace(GRID, roles=tuple(Role(name) for name in names))


def test_a_renamed_column_is_a_rename_and_none_of_its_marks_changed() -> None:
    found = pair(Side(GRID, (1, 2)), Side(renamed("A社", "B新社"), (1, 2)))
    assert found.rows() == []
    (line,) = [line for line in found.plan.roles if line.act is not Act.UNCHANGED]
    assert (line.act, line.before, line.after) == (Act.CHANGED, Role("B社"), Role("B新社"))
    assert found.old_names["B新社"] == "B社"


def test_columns_that_swapped_their_names_are_renames() -> None:
    found = pair(Side(GRID, (1, 2)), Side(renamed("B社", "A社"), (1, 2)))
    assert found.plan.cells == ()
    assert not found.is_empty


def test_a_column_that_took_the_name_of_one_that_went_is_not_that_one() -> None:
    rows = tuple(replace(row, marks=row.marks[:1]) for row in GRID.items)
    new = replace(GRID, roles=(Role("B社"),), items=rows)
    found = pair(Side(GRID, (1, 2)), Side(new, (1,)))
    assert {(line.act, (line.before or Role("")).name) for line in found.plan.roles} == {
        (Act.CHANGED, "A社"),
        (Act.REMOVED, "B社（旧）"),
    }
    assert {cell.role for cell in found.plan.cells} == {"B社（旧）"}
    assert all(cell.after == "" for cell in found.plan.cells)


def test_a_column_made_again_under_its_name_is_the_same() -> None:
    found = pair(Side(GRID, (1, 2)), Side(GRID, (1, 7)))
    assert found.is_empty


@given(TEXTS, TEXTS)
def test_the_segments_join_to_the_texts_and_none_is_empty(old: str, new: str) -> None:
    found = segments(old, new)
    assert "".join(piece.text for piece in found.old) == old
    assert "".join(piece.text for piece in found.new) == new
    assert all(piece.text for piece in (*found.old, *found.new))
    same = ["".join(p.text for p in side if not p.changed) for side in (found.old, found.new)]
    assert same[0] == same[1]


@given(TEXTS)
def test_nothing_is_marked_in_texts_that_are_the_same(text: str) -> None:
    found = segments(text, text)
    assert not any(piece.changed for piece in (*found.old, *found.new))


def test_the_changed_words_are_marked_and_not_the_sentence() -> None:
    found = segments("5営業日以内にサーバを設計する。", "10営業日以内にサーバーを設計する。")
    changed = [piece.text for piece in found.new if piece.changed]
    assert changed == ["10", "サーバー"]
    assert [piece.text for piece in found.old if piece.changed] == ["5", "サーバ"]


def test_texts_with_next_to_nothing_in_common_are_marked_as_a_whole() -> None:
    found = segments("基本設計書の作成", "単体試験を行い、結果の一覧を提出する")
    assert found.old == (Segment("基本設計書の作成", True),)
    assert found.new == (Segment("単体試験を行い、結果の一覧を提出する", True),)


def test_long_texts_take_no_quadratic_time() -> None:
    old = "".join(chr(0x4E00 + n * 7 % 5_000) for n in range(20_000))
    new = "".join(chr(0x4E00 + n * 11 % 5_000) for n in range(20_000))
    start = time.perf_counter()
    segments(old, new)
    assert time.perf_counter() - start < 1


def test_the_table_of_a_comparison_has_marks_old_and_new_and_no_boxes() -> None:
    found = compared(GRID, edited("報告", name="報告書<b>", marks=("◎", "")))
    html = Table(found.plan, None).html(found.rows())
    assert "○→◎" in html
    assert "報告<ins>書&lt;b&gt;</ins>" in html
    assert "checkbox" not in html


def test_the_words_count_rows_cells_and_columns() -> None:
    new = replace(edited("報告", marks=("◎", "○")), title="別の表")
    assert compared(GRID, new).words == "記号の追加 1、記号の変更 1、表題の変更"
    assert row_named(new, "報告").marks == ("◎", "○")
