"""Which rows a person asked to see, with the headings above them."""

from __future__ import annotations

import pytest

from projects.domain.grid import Grid
from projects.domain.matrix_filter import BLANK, Selection, select, words_of
from tests.support.grid_builders import grid_of, row_numbered, scanned, uid_of

GRID = grid_of(
    "設計",
    "  要件定義",
    "    要件定義書作成 ◎ ○",
    "    要件定義書承認 . ◎",
    "  基本設計",
    "    基本設計書作成 ◎ .",
    "    検討",
    "製造",
    "  実装 ○ ◎",
)
EMPTY = Selection()


def shown(selection: Selection, grid: Grid = GRID) -> list[str]:
    return [grid.items[index].name for index in select(grid, selection).shown]


def hits(selection: Selection) -> int:
    return select(GRID, selection).hits


def role(name: str, *marks: str) -> Selection:
    return Selection(role=name, marks=frozenset(marks))


def words(text: str) -> Selection:
    return Selection(words=words_of(text))


def test_nothing_asked_shows_everything() -> None:
    assert select(GRID, EMPTY).shown == tuple(range(9))


def test_every_row_is_a_hit_when_nothing_is_asked() -> None:
    assert hits(EMPTY) == 9


def test_role_shows_its_tasks_with_their_headings() -> None:
    assert shown(role("A社")) == [
        "設計",
        "要件定義",
        "要件定義書作成",
        "基本設計",
        "基本設計書作成",
        "製造",
        "実装",
    ]


def test_headings_shown_for_context_are_no_hits() -> None:
    assert hits(role("A社")) == 3


def test_role_with_a_mark_shows_only_that_mark() -> None:
    assert shown(role("B社", "◎")) == ["設計", "要件定義", "要件定義書承認", "製造", "実装"]


def test_role_with_two_marks_shows_either() -> None:
    assert hits(role("B社", "◎", "○")) == 3


def test_blank_of_a_role_shows_its_tasks_without_a_mark() -> None:
    assert shown(role("A社", BLANK)) == ["設計", "要件定義", "要件定義書承認", "基本設計", "検討"]


def test_headings_are_never_hits_for_a_blank() -> None:
    assert hits(role("A社", BLANK)) == 2


def test_mark_without_role_is_sought_in_every_column() -> None:
    assert hits(Selection(marks=frozenset("○"))) == 2


def test_blank_without_role_shows_tasks_of_nobody() -> None:
    assert shown(Selection(marks=frozenset([BLANK]))) == ["設計", "基本設計", "検討"]


@pytest.mark.parametrize("marks", [[], ["◎"], [BLANK]])
def test_unknown_role_shows_nothing(marks: list[str]) -> None:
    assert shown(role("C社", *marks)) == []


def test_words_are_sought_in_names_and_also_hit_headings() -> None:
    assert shown(words("基本設計")) == ["設計", "基本設計", "基本設計書作成"]


def test_all_words_must_be_there() -> None:
    assert shown(words("要件 承認")) == ["設計", "要件定義", "要件定義書承認"]


def test_words_are_sought_in_descriptions() -> None:
    found = select(scanned().grid, words("コーディング規約"))
    assert found.hits == 3


def test_words_are_folded_before_they_are_sought() -> None:
    grid = grid_of("ＬＡＮ（1次）", "lan")
    assert shown(words("lan(1次)"), grid) == ["ＬＡＮ（1次）"]


@pytest.mark.parametrize(("text", "found"), [("3", ["要件定義書作成"]), ("33", [])])
def test_number_is_found_only_as_a_whole(text: str, found: list[str]) -> None:
    assert [name for name in shown(words(text)) if name not in ("設計", "要件定義")] == found


def test_words_of_a_line_are_split_at_any_space() -> None:
    assert words_of(" ＬＡＮ\u3000保守  ") == ("lan", "保守")


def test_no_words_are_no_filter() -> None:
    assert not Selection(words=words_of("  ")).is_filter


def test_level_cuts_deeper_rows() -> None:
    assert shown(Selection(level=2)) == ["設計", "要件定義", "基本設計", "製造", "実装"]


def test_level_cuts_hits_too() -> None:
    assert shown(Selection(role="A社", level=2)) == ["製造", "実装"]


def test_subtree_shows_itself_and_what_is_below() -> None:
    assert shown(Selection(top=uid_of(GRID, "基本設計"))) == ["基本設計", "基本設計書作成", "検討"]


def test_subtree_shows_no_heading_above_itself() -> None:
    selection = Selection(role="A社", top=uid_of(GRID, "基本設計"))
    assert shown(selection) == ["基本設計", "基本設計書作成"]


def test_subtree_of_an_unknown_row_is_an_error() -> None:
    with pytest.raises(KeyError):
        select(GRID, Selection(top="nobody"))


def test_all_conditions_hold_together() -> None:
    selection = Selection("B社", frozenset("◎"), words_of("承認"), 3, uid_of(GRID, "設計"))
    assert shown(selection) == ["設計", "要件定義", "要件定義書承認"]


def test_scan_filtered_by_a_role_has_its_marks_as_hits() -> None:
    found = select(scanned().grid, role("端末運用管理業者"))
    assert found.hits == 58


def test_scan_filtered_by_a_number_finds_that_row() -> None:
    grid = scanned().grid
    (found, *_) = [i for i in select(grid, words("648")).shown if grid.items[i].number == "648"]
    assert grid.items[found] == row_numbered(grid, "648")


def test_grid_without_rows_shows_nothing() -> None:
    assert select(Grid(), words("設計")).shown == ()
