"""What the checks read in names and texts: approvals, owners, forms of words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.domain.grid import Grid, Role
from tests.support.check_runs import ORDERER, found, numbers, put_right
from tests.support.grid_builders import grid_of, item

APPROVALS = [
    "計画書レビュー・承認",
    "承認",
    "検収",
    "移行可否判断",
    "結果の承認（2次）",
    "承認の実施",
]
NO_APPROVALS = [
    "未承認ソフトウェアの検出", "電子承認機能の開発", "承認済み成果物の管理", "承認資料の作成",
    "承認フローの設計", "検収支援", "検収への立会い", "承認結果の通知",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wrong"), [*((n, ["1"]) for n in APPROVALS), *((n, []) for n in NO_APPROVALS)]
)
def test_an_approval_is_told_by_the_end_of_its_name(name: str, wrong: list[str]) -> None:
    grid = Grid(
        roles=(ORDERER, Role("A社")),
        items=(replace(item(1, number="1", marks=("", "◎")), name=name),),
    )
    assert numbers(grid, "W4") == wrong


def test_an_approval_that_nobody_leads_is_the_orderers_too() -> None:
    grid = replace(grid_of("計画書の承認 . ○"), roles=(ORDERER, Role("A社")))
    (one,) = found(grid, "W4")
    assert put_right(grid, one).items[0].marks == ("◎", "○")


NAMES_THE_OWNER = [
    "保守業者担当ソフトウェアの設計変更", "【保守業者担当】設計", "［保守業者担当］設計",
    "設計（保守業者が担当する製品）", "設計（保守業者分）", "保守業者による調査",
    "設計（保守業務）",
]  # fmt: skip
TEXTS_WITH_AN_OWNER = [
    "保守業者担当ソフトウェアの変更を行う。", "保守業者が実施する", "本作業は保守業者が行う",
    "担当：保守業者", "概要\n保守業者が担当する製品の調査",
]  # fmt: skip
NO_OWNER = [
    "設計（保守業者担当以外）", "設計（保守業者担当を除く）", "保守業者との調整",
    "保守業者が実施する試験を支援する。", "保守業者に依頼する。",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wrong"),
    [*((text, ["1"]) for text in TEXTS_WITH_AN_OWNER), *((text, []) for text in NO_OWNER)],
)
def test_a_text_may_say_whose_work_it_is(text: str, wrong: list[str]) -> None:
    assert numbers(_of_the_developer("作業", text), "W7") == wrong


@pytest.mark.parametrize("name", NAMES_THE_OWNER)
def test_a_name_may_say_whose_work_it_is(name: str) -> None:
    grid = _of_the_developer(name)
    (one,) = found(grid, "W7")
    assert put_right(grid, one).items[0].marks == ("◎", "○")


def _of_the_developer(name: str, description: str = "") -> Grid:
    row = replace(item(1, number="1", marks=("", "◎")), name=name, description=description)
    return Grid(roles=(Role("保守業者"), Role("開発業者")), items=(row,))


def test_an_approval_is_the_orderers_and_the_repair_hands_it_over() -> None:
    grid = replace(grid_of("計画書レビュー・承認 . ◎"), roles=(ORDERER, Role("A社")))
    (one,) = found(grid, "W4")
    after = put_right(grid, one)
    assert after.items[0].marks == ("◎", "○")
    assert found(after, "W4") == []


@pytest.mark.parametrize("name", ["承認申請", "承認依頼の作成", "承認権限の設定"])
def test_what_only_speaks_of_approvals_is_none(name: str) -> None:
    grid = replace(grid_of(f"{name} . ◎"), roles=(ORDERER, Role("A社")))
    assert found(grid, "W4") == []


@pytest.mark.parametrize(
    "name", ["厚生労働省・日本年金機構", "総務省", "発注者（年金局）", "特許庁"]
)
def test_where_no_kinds_are_given_the_name_says_who_orders(name: str) -> None:
    grid = grid_of("計画書の承認 . ◎", roles=(name, "受託者"))
    assert numbers(grid, "W4") == ["1"]
    assert numbers(grid_of("計画書の承認 . ◎", roles=("省庁間網保守業者", "受託者")), "W4") == []


def test_without_an_orderer_there_is_no_approval_to_give() -> None:
    assert found(grid_of("計画書の承認 . ◎"), "W4") == []


def test_the_name_says_whose_work_it_is() -> None:
    grid = grid_of("実施計画書作成（保守業務） ◎ .", roles=("開発業者", "保守業者"))
    (one,) = found(grid, "W7")
    after = put_right(grid, one)
    assert after.items[0].marks == ("○", "◎")
    assert found(after, "W7") == []


@pytest.mark.parametrize(
    ("roles", "names", "after"),
    [
        (("保守業者",), ("保守者の作業", "保守者の設計"), ("保守業者の作業", "保守業者の設計")),
        (("A社",), ("保守業者の作業", "保守者の作業"), ("保守業者の作業", "保守業者の作業")),
        (("端末運用管理業者",), ("端末運用管理者の作業",), ("端末運用管理業者の作業",)),
        (("A社",), ("担当業者の決定", "担当者の決定"), ("担当業者の決定", "担当者の決定")),
    ],
)
def test_columns_know_how_a_company_is_written(
    roles: tuple[str, ...], names: tuple[str, ...], after: tuple[str, ...]
) -> None:
    grid = grid_of(*(f"{name} ◎" for name in names), roles=roles)
    for one in found(grid, "W9"):
        grid = put_right(grid, one)
    assert tuple(row.name for row in grid.items) == after


@pytest.mark.parametrize(
    ("right", "wrong"), [("サーバー", "サーバ"), ("電子決裁", "電子決済"), ("運用業者", "運用者")]
)
def test_two_forms_of_a_word_are_unified(right: str, wrong: str) -> None:
    grid = grid_of(f"{right}の設計 ◎", f"{right}の構築 ◎", f"{wrong}の試験 ◎", roles=("A社",))
    (one,) = found(grid, "W9")
    after = put_right(grid, one)
    assert after.items[2].name == f"{right}の試験"
    assert found(after, "W9") == []
