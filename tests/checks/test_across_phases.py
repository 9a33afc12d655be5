"""What the same task in another フェーズ says: other marks, slipped marks, slid texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.domain.grid import Grid, Role
from tests.support.check_runs import ORDERER, found, put_right
from tests.support.grid_builders import grid_of


def test_a_sister_task_led_from_the_other_side() -> None:
    grid = grid_of(
        "第一期", "  設計", "    基本設計 ◎ .", "第二期", "  設計", "    基本設計 . ◎"
    )  # fmt: skip
    grid = replace(grid, roles=(ORDERER, Role("A社")))
    (one,) = found(grid, "W8")
    assert "項番3" in one.message


def in_two_phases(*tasks: tuple[str, str, str], roles: tuple[str, ...]) -> Grid:
    """Each task with its marks in the first phase and in the second."""
    first = [f"    {name} {marks}" for name, marks, _ in tasks]
    second = [f"    {name} {marks}" for name, _, marks in tasks]
    return grid_of("第一期", "  工程", *first, "第二期", "  工程", *second, roles=roles)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("◎ . .", ". ◎ .", "主たる作業者がB社"),
        ("◎ ○ .", "◎ . ○", "協力がC社"),
        ("◎ ○ .", "◎ . .", "協力がなし"),
        ("◎ . .", ". ○ .", "主たる作業者がなし"),
    ],
)
def test_any_other_marks_of_the_sister_are_told(before: str, after: str, said: str) -> None:
    grid = in_two_phases(("設計", before, after), roles=("A社", "B社", "C社"))
    (one,) = found(grid, "W8")
    assert [grid.items[at].uid for at in (5, 2)] == [uid for uid, _ in one.cells]
    assert f"「設計」は{said}、" in one.message


def test_rows_that_differ_in_the_same_way_are_one_matter() -> None:
    tasks = [(name, "◎ . ○", ". ◎ ○") for name in ("設計", "構築", "試験")]
    grid = in_two_phases(*tasks, ("移行", "◎ . .", ". . ◎"), roles=("A社", "B社", "C社"))
    together, alone = found(grid, "W8")
    assert len(together.cells) == 3
    assert "3行は主たる作業者がB社、別フェーズの同じ作業では主たる作業者がA社" in together.message
    assert "「移行」" in alone.message


def test_a_row_of_a_rare_lead_slipped_although_its_sister_has_more_marks() -> None:
    roles = ("A社", "B社", "C社", "D社", "E社", "F社")
    usual = [(f"作業{n}", ". . ◎ ○ . .", ". . ◎ ○ . .") for n in "一二三"]
    grid = in_two_phases(("停止", ". ○ ○ ◎ . .", "○ ○ ◎ . ○ ."), *usual, roles=roles)
    (one,) = found(grid, "W10")
    after = put_right(grid, one)
    assert after.items[2].marks == ("○", "○", "◎", "", "", "")
    assert found(after, "W10") == []


def test_rows_led_by_another_company_that_leads_elsewhere_too_did_not_slip() -> None:
    tasks = [("受付", "◎ .", ". ◎"), ("切分け", "◎ .", ". ◎"), ("報告", "○ ◎", "○ ◎")]
    grid = in_two_phases(*tasks, roles=("A社", "B社"))
    assert found(grid, "W10") == []
    assert len(found(in_two_phases(*tasks[:2], roles=("A社", "B社")), "W10")) == 1


def test_marks_one_column_beside_those_of_the_sister_are_shifted_back() -> None:
    roles = ("A社", "B社", "C社", "D社")
    tasks = ("      設計 ◎ ○ . .", "      構築 ◎ . ○ .", "      試験 ○ ◎ . .")
    slid = ("      設計 . ◎ ○ .", "      構築 . ◎ . ○", "      試験 . ○ ◎ .")
    grid = grid_of("第一期", "  工程", "    区分", *tasks, "第二期", "  工程", "    区分", *slid,
                   roles=roles)  # fmt: skip
    (one,) = found(grid, "W10")
    after = put_right(grid, one)
    assert [row.marks for row in after.items[9:]] == [row.marks for row in after.items[3:6]]
    assert found(after, "W10") == []


@pytest.mark.parametrize("top", [(), ("全体",)])
def test_phases_of_flat_documents_and_of_one_top_row_have_sisters(top: tuple[str, ...]) -> None:
    indent = "  " * len(top)
    rows = [f"{indent}第一期", f"{indent}  設計 ◎ .", f"{indent}第二期", f"{indent}  設計 . ◎"]
    grid = grid_of(*top, *rows)
    assert len(found(grid, "W8")) == 1


def test_a_text_beside_its_row_is_told_without_another_phase() -> None:
    grid = grid_of("運用", "  リソース監視 ◎", "  死活監視 ◎", roles=("A社",))
    items = [*grid.items]
    items[1] = replace(items[1], description="死活監視を行う。")
    grid = replace(grid, items=tuple(items))
    (one,) = found(grid, "W11")
    after = put_right(grid, one)
    assert [row.description for row in after.items[1:]] == ["", "死活監視を行う。"]
