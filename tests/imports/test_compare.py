"""From a reading to a comparison: what stays, what is left out, what is matched by a person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import intake
from projects.domain.grid import Grid, Role
from projects.domain.plan import Act, Plan, diff
from projects.domain.plan_exclusion import without
from projects.imports.compare import Blank, Comparison, Wishes, compare
from projects.intake import Choices, IntakeError, Reading
from projects.intake.text.corrections import SKIP
from tests.support.grid_builders import (
    grid_of,
    marks_by_role,
    names_of,
    pairs_of_grids,
    row_named,
    with_fresh_uids,
)

HEADER = "| 項番 | 作業項目 | A社 | B社 | 作業内容 |\n|---|---|---|---|---|\n"
CURRENT = grid_of("設計", "  基本設計 ◎ ○", "  詳細設計 ○ ◎", "製造", "  コード ◎ .")


def reading(*rows: str, header: str = HEADER, current: Grid = CURRENT, **given: object) -> Reading:
    data = header + "".join(f"{row}\n" for row in rows)
    return intake.read(
        data.encode(),
        roles=current.roles,
        fixed=False,
        legend=current.legend,
        **given,  # type: ignore[arg-type]
    )


def compared(read: Reading, current: Grid = CURRENT, **wishes: object) -> Comparison:
    return compare(read, current, slug="a", wishes=Wishes(**wishes))  # type: ignore[arg-type]


SAME = (
    "| 1 | 設計 | | | |",
    "| 2 | 基本設計 | ◎ | ○ | |",
    "| 3 | 詳細設計 | ○ | ◎ | |",
    "| 4 | 製造 | | | |",
    "| 5 | コード | ◎ | | |",
)


def with_rows(*changed: str) -> list[str]:
    """The rows of the file with those of the same number replaced."""
    fresh = {row.split("|")[1]: row for row in changed}
    return [fresh.get(row.split("|")[1], row) for row in SAME]


def test_the_same_rows_change_nothing() -> None:
    assert [line.act for line in compared(reading(*SAME)).plan.items] == [Act.UNCHANGED] * 5


def test_blank_cell_removes_the_mark() -> None:
    plan = compared(reading(*with_rows("| 2 | 基本設計 | ◎ | | |"))).plan
    assert [(cell.role, cell.before, cell.after) for cell in plan.cells] == [("B社", "○", "")]


def test_blank_cell_can_be_ignored() -> None:
    read = reading(*with_rows("| 2 | 基本設計 | ○ | | |"))
    plan = compared(read, blank=Blank.IGNORE).plan
    assert [(cell.role, cell.before, cell.after) for cell in plan.cells] == [("A社", "◎", "○")]


def test_mark_that_is_asked_stays_until_it_is_answered() -> None:
    rows = with_rows("| 2 | 基本設計 | × | ○ | |")
    assert compared(reading(*rows)).plan.cells == ()
    answered = reading(*rows, choices=Choices(marks={"×": ""}))
    assert [cell.after for cell in compared(answered).plan.cells] == [""]
    kept = reading(*rows, choices=Choices(marks={"×": SKIP}))
    assert (kept.asked, compared(kept).plan.cells) == ({}, ())


def test_symbol_outside_the_legend_can_be_asked_instead_of_refused() -> None:
    rows = with_rows("| 2 | 基本設計 | ★ | ○ | |")
    with pytest.raises(IntakeError, match="C3: 記号を読み取れません"):
        reading(*rows)
    asked = reading(*rows, choices=Choices(ask_unknown=True))
    assert list(asked.asked) == ["★"]
    answered = reading(*rows, choices=Choices(marks={"★": "○"}, ask_unknown=True))
    assert [cell.after for cell in compared(answered).plan.cells] == ["○"]


def test_file_without_descriptions_leaves_them_alone() -> None:
    current = replace(
        CURRENT, items=tuple(replace(item, description="書く") for item in CURRENT.items)
    )
    header = "| 項番 | 作業項目 | A社 | B社 |\n|---|---|---|---|\n"
    rows = [row.removesuffix(" |") for row in SAME]
    found = compared(reading(*rows, header=header, current=current), current)
    assert found.plan.is_empty
    assert "作業内容の列がない" in found.remarks[0].message


def test_column_that_the_file_lacks_goes_or_stays_as_wished() -> None:
    header = "| 項番 | 作業項目 | A社 | 作業内容 |\n|---|---|---|---|\n"
    rows = ["| 1 | 設計 | | |", "| 2 | 基本設計 | ◎ | |", "| 3 | 詳細設計 | ○ | |"]
    rows += ["| 4 | 製造 | | |", "| 5 | コード | ◎ | |"]
    read = reading(*rows, header=header)
    assert [line.act for line in compared(read).plan.roles] == [Act.UNCHANGED, Act.REMOVED]
    assert compared(read, keep_columns=True).plan.is_empty


def test_similar_column_is_matched_and_remembered_as_an_alias() -> None:
    name = "個人番号管理サブシステム(1次)ハードウェア等納入保守業者"
    written = "個人番号管理サブシステム(1次)ハードウエア等納入保守業者"
    current = replace(CURRENT, roles=(Role(name), Role("B社")))
    read = reading(*SAME, header=HEADER.replace("A社", written), current=current)
    plan = compared(read, current).plan
    assert [role.aliases for role in plan.after.roles] == [(written,), ()]
    assert plan.cells == ()


def test_row_matched_on_its_place_is_doubtful_and_can_be_parted() -> None:
    read = reading(*with_rows("| 3 | 画面設計 | ○ | ◎ | |"))
    (doubt,) = compared(read).doubtful
    assert (doubt.was_name, doubt.name) == ("詳細設計", "画面設計")
    parted = compared(read, matches={doubt.file_uid: ""}).plan
    acts = {line.shown.name: line.act for line in parted.items}
    assert (acts["画面設計"], acts["詳細設計"]) == (Act.CREATED, Act.REMOVED)


def test_two_rows_can_be_joined_by_a_person() -> None:
    read = reading(*SAME[:4], "| 9 | 別の名 | ○ | ◎ | |")
    new = row_named(read.grid, "別の名").uid
    old = row_named(CURRENT, "コード").uid
    plan = compared(read, matches={new: old}).plan
    assert next(line for line in plan.items if line.shown.uid == old).fields != ()


# ---- leaving changes out


def test_single_changes_can_be_left_out() -> None:
    changed = "| 2 | 概要設計 | ○ | | |"
    read = reading(*with_rows(changed))
    uid = row_named(CURRENT, "基本設計").uid
    keys = {f"cell:{uid}:A社", f"text:{uid}:name"}
    plan = compared(read, left_out=frozenset(keys)).plan
    assert [(cell.role, cell.after) for cell in plan.cells] == [("B社", "")]
    assert row_named(plan.after, "基本設計").uid == uid


def test_row_that_goes_can_stay_where_it_was() -> None:
    read = reading(*(row for row in SAME if "詳細" not in row))
    uid = row_named(CURRENT, "詳細設計").uid
    found = compared(read)
    assert [line.act for line in found.whole.items].count(Act.REMOVED) == 1
    kept = compared(read, left_out=frozenset({f"row:{uid}"})).plan
    assert names_of(kept.after) == names_of(CURRENT)
    assert marks_by_role(kept.after, row_named(kept.after, "詳細設計")) == {"A社": "○", "B社": "◎"}


def all_keys(plan: Plan) -> list[str]:
    """Every key that `without` knows of a plan."""
    keys = [f"title:{name}" for name in plan.titles] + (["legend"] if plan.legend else [])
    keys += [f"role:{(r.after or r.before or Role('')).name}" for r in plan.roles]
    for line in plan.items:
        keys += [f"row:{line.shown.uid}", *(f"cell:{c.uid}:{c.role}" for c in line.cells)]
        keys += [f"text:{line.shown.uid}:{name}" for name in line.fields]
    return keys


@given(pairs_of_grids(), st.data())
def test_whatever_is_left_out_a_sound_grid_remains(
    pair: tuple[Grid, Grid], data: st.DataObject
) -> None:
    before, after = pair
    plan = diff(before, after)
    keys = all_keys(plan)
    left = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    found = without(plan, left)
    assert [error for error in found.errors() if "階層" in error or "識別子" in error] == []
    assert all(len(item.marks) == len(found.roles) for item in found.items)


@given(pairs_of_grids())
def test_leaving_nothing_out_changes_nothing(pair: tuple[Grid, Grid]) -> None:
    plan = diff(*pair)
    assert without(plan, set()) is plan.after


@given(pairs_of_grids())
def test_rows_left_out_neither_come_nor_go(pair: tuple[Grid, Grid]) -> None:
    before, after = pair
    after = with_fresh_uids(after)
    plan = diff(before, after)
    left = {f"row:{line.shown.uid}" for line in plan.items if line.act is not Act.UNCHANGED}
    found = without(plan, left)
    assert {item.uid for item in found.items} == {item.uid for item in before.items}
