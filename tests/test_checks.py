"""Each check on the smallest grid that shows it, and all of them on the real document."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.checks import Code, Finding, findings, places, repaired
from projects.grid import Grid, Mark, Role, RoleKind
from tests import precision
from tests.builders import grid_of, grids, item, scanned

ORDERER = Role("発注者", kind=RoleKind.ORDERER)


def found(grid: Grid, code: str) -> list[Finding]:
    return [one for one in findings(grid) if one.code == code]


def numbers(grid: Grid, code: str) -> list[str]:
    """The 項番 of the rows with that finding."""
    rows = {row.uid: row.number for row in grid.items}
    return [rows[one.uid] for one in found(grid, code)]


def put_right(grid: Grid, one: Finding) -> Grid:
    wanted = repaired(grid, one.repair)
    assert wanted.errors() == []
    return wanted


# ---- the real document


LISTED = {
    "E1": "169 170 171 172 175 185 192 193 479 540 541 611 635",
    "W1": "162 165 166 181 182 186 188 190 200 201 281 286",
    "W4": "14 29 35 39 44 48 51 54 57 59 67 402 409 420 423 425 434 440 445 448 450 454 456 460 "
    "462",
}


@pytest.mark.parametrize("code", LISTED)
def test_the_real_document_has_what_people_found_in_it(code: str) -> None:
    assert numbers(scanned().grid, code) == LISTED[code].split()


def test_the_texts_that_slid_in_the_scan_are_found() -> None:
    grid = scanned().grid
    rows = {row.uid: row.number for row in grid.items}
    slid = [{rows[uid] for uid, _ in one.cells} for one in found(grid, "W11")]
    assert any({"511", "512"} <= run for run in slid)
    assert any({"539", "540"} <= run for run in slid)


def test_every_repair_of_the_real_document_removes_its_finding() -> None:
    grid = scanned().grid
    for one in findings(grid):
        if one.repair:
            after = {other.key for other in findings(put_right(grid, one))}
            assert one.key not in after


def test_keys_are_unique_and_in_the_order_of_the_list() -> None:
    grid = scanned().grid
    keys = [one.key for one in findings(grid)]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys, key=places(grid))


# ---- check by check


def test_a_task_without_a_lead() -> None:
    grid = grid_of("工程", "  作業 ○ .", "  別の作業 ◎ .")
    assert numbers(grid, "E1") == ["2"]


def test_a_task_without_any_mark_is_told_so_and_not_as_cooperation() -> None:
    grid = grid_of("作業", "別の作業 ◎ ○")
    assert numbers(grid, "E2") == ["1"]
    assert found(grid, "W6") == []


def test_cooperation_without_a_lead_names_who_cooperates() -> None:
    (one,) = found(grid_of("作業 ○ ."), "W6")
    assert "A社" in one.said


def test_marks_on_a_heading_go_by_the_repair() -> None:
    grid = grid_of("工程 ○ .", "  作業 ◎ .")
    (one,) = found(grid, "E3")
    assert found(put_right(grid, one), "E3") == []


def test_a_doubled_number_among_counted_rows_gets_its_place() -> None:
    rows = grid_of(*(f"作業{n} ◎ ." for n in range(1, 21)))
    items = [*rows.items]
    items[4] = replace(items[4], number="4")
    grid = replace(rows, items=tuple(items))
    (one,) = found(grid, "E4")
    assert put_right(grid, one).items[4].number == "5"


@pytest.mark.parametrize(
    ("given_numbers", "wrong"),
    [
        (("1", "", "2"), [""]),
        (("1", "2", "2"), ["2"]),
        (("1", "2", "4", "5"), ["4"]),
        (("1", "3", "2", "4"), ["2"]),
        (("1.1", "1.3", "1.2"), ["1.2"]),
        (("1.1", "1.2", "1.4"), ["1.4"]),
        (("1.1", "2.1", "1.2"), ["1.2"]),
        (("2", "2.1", "1", "1.1"), ["1"]),
        (("1-1", "1-1"), ["1-1"]),
        (("5", "6", "7"), []),
        (("1", "１", "3"), ["１"]),
    ],
)
def test_numbers_that_miss_double_or_go_back(
    given_numbers: tuple[str, ...], wrong: list[str]
) -> None:
    rows = (item(n, number=text) for n, text in enumerate(given_numbers, 1))
    assert numbers(Grid(items=tuple(rows)), "E4") == wrong


def test_a_number_below_another_heading_is_told() -> None:
    grid = grid_of("第一", "  設計 ◎", "第二", "  試験 ◎", roles=("A社",))
    items = [
        replace(row, number=n) for row, n in zip(grid.items, ("1", "1.1", "2", "1.2"), strict=True)
    ]
    assert numbers(replace(grid, items=tuple(items)), "E4") == ["1.2"]


@pytest.mark.parametrize(
    "given_numbers", [{11: "99"}, {11: "12", 12: "11"}, {30: "29"}, {7: ""}, {20: "abc"}, {1: "9"}]
)
def test_the_repair_of_any_number_counts_all_anew(given_numbers: dict[int, str]) -> None:
    rows = (item(n, number=given_numbers.get(n, str(n))) for n in range(1, 41))
    grid = Grid(items=tuple(rows))
    after = put_right(grid, found(grid, "E4")[0])
    assert found(after, "E4") == []
    assert [row.number for row in after.items] == [str(n) for n in range(1, 41)]


def test_numbers_within_a_range_that_go_up_are_right() -> None:
    rows = (item(n, number=text) for n, text in enumerate(("1", "1.1", "1.2", "2", "2.1"), 1))
    assert found(Grid(items=tuple(rows)), "E4") == []


def test_a_symbol_outside_the_legend() -> None:
    (one,) = found(grid_of("作業 ◎ ▲"), "E5")
    assert "▲" in one.said


def test_several_leads_are_counted_by_the_legend() -> None:
    legend = (Mark("主", "主担当", leads=True), Mark("副", "支援"))
    assert numbers(grid_of("作業 主 主", legend=legend), "W1") == ["1"]
    assert found(grid_of("作業 主 副", legend=legend), "W1") == []


def test_a_column_leads_too_much_above_the_share_of_the_project() -> None:
    grid = grid_of(*["作業 ◎ ."] * 6, *["別の作業 . ◎"] * 4)
    assert [one.roles for one in findings(grid, share=0.5) if one.code == "W2"] == [("A社",)]
    assert [one for one in findings(grid, share=0.6) if one.code == "W2"] == []


def test_columns_without_a_task_and_columns_that_never_lead() -> None:
    grid = grid_of("作業 ◎ ○ .", roles=("A社", "B社", "C社"))
    assert [one.roles for one in found(grid, "W3")] == [("C社",), ("B社",)]


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
    "設計（保守業者が担当する製品）", "設計（保守業者分）", "保守業者による調査", "設計（保守業務）",
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


def test_without_an_orderer_there_is_no_approval_to_give() -> None:
    assert found(grid_of("計画書の承認 . ◎"), "W4") == []


def test_everybody_marked_counts_from_three_columns() -> None:
    assert found(grid_of("作業 ◎ ○"), "W5") == []
    assert len(found(grid_of("作業 ◎ ○ ○", roles=("A社", "B社", "C社")), "W5")) == 1


def test_the_name_says_whose_work_it_is() -> None:
    grid = grid_of("実施計画書作成（保守業務） ◎ .", roles=("開発業者", "保守業者"))
    (one,) = found(grid, "W7")
    after = put_right(grid, one)
    assert after.items[0].marks == ("○", "◎")
    assert found(after, "W7") == []


def test_a_sister_task_led_from_the_other_side() -> None:
    grid = grid_of(
        "第一期", "  設計", "    基本設計 ◎ .", "第二期", "  設計", "    基本設計 . ◎"
    )  # fmt: skip
    grid = replace(grid, roles=(ORDERER, Role("A社")))
    (one,) = found(grid, "W8")
    assert "項番3" in one.said


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
    assert f"「設計」は{said}、" in one.said


def test_rows_that_differ_in_the_same_way_are_one_matter() -> None:
    tasks = [(name, "◎ . ○", ". ◎ ○") for name in ("設計", "構築", "試験")]
    grid = in_two_phases(*tasks, ("移行", "◎ . .", ". . ◎"), roles=("A社", "B社", "C社"))
    together, alone = found(grid, "W8")
    assert len(together.cells) == 3
    assert "3行は主たる作業者がB社、別フェーズの同じ作業では主たる作業者がA社" in together.said
    assert "「移行」" in alone.said


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


@pytest.mark.parametrize(
    ("right", "wrong"), [("サーバー", "サーバ"), ("電子決裁", "電子決済"), ("運用業者", "運用者")]
)
def test_two_forms_of_a_word_are_unified(right: str, wrong: str) -> None:
    grid = grid_of(f"{right}の設計 ◎", f"{right}の構築 ◎", f"{wrong}の試験 ◎", roles=("A社",))
    (one,) = found(grid, "W9")
    after = put_right(grid, one)
    assert after.items[2].name == f"{right}の試験"
    assert found(after, "W9") == []


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


def test_rows_of_one_heading_that_everybody_shares_are_one_finding() -> None:
    roles = ("A社", "B社", "C社")
    grid = grid_of("移行", "  計画 ◎ ○ ○", "  実施 ◎ ○ ○", "試験", "  実施 ○ ◎ ○", roles=roles)
    assert [len(one.cells) for one in found(grid, "W5")] == [2, 1]


# ---- the labelled sample


def test_every_finding_of_the_sample_is_labelled() -> None:
    wanted = {(one.code.value, precision.number_of(one)) for one in precision.sample()}
    labelled = precision.labels()
    assert {(row["code"], row["number"]) for row in labelled} == wanted
    assert {row["label"] for row in labelled} <= {"right", "wrong", "debatable"}
    assert all(row["why"] for row in labelled)


def test_errors_are_right_and_hardly_a_finding_is_wrong() -> None:
    counts = precision.counts()
    assert {label for code, found in counts.items() if code[0] == "E" for label in found} == {
        "right"
    }
    total = sum((Counter(found) for found in counts.values()), Counter[str]())
    assert total["right"] >= 0.85 * total.total()
    assert total["wrong"] <= 0.05 * total.total()


def test_what_a_second_reader_saw_for_sure_is_found() -> None:
    seen, as_such, somehow = precision.recall("sure")
    assert (as_such >= 0.85 * seen, somehow >= 0.9 * seen) == (True, True)


def test_two_readers_agree_beyond_chance() -> None:
    *_, kappa = precision.agreement()
    assert kappa > 0.6


# ---- laws


@st.composite
def clean_grids(draw: st.DrawFn) -> Grid:
    """A heading and tasks with different names, each led by one of two companies in turn."""
    size = draw(st.integers(2, 12))
    letters = st.text("設計構築試験移行運用保守計画", min_size=2, max_size=6)
    names = draw(st.lists(letters, min_size=size, max_size=size, unique=True))
    tasks = [f"  {name} {'◎ ○ .' if n % 2 else '○ ◎ .'}" for n, name in enumerate(names)]
    return grid_of("工程", *tasks, "  共通作業 ○ . ◎", roles=("A社", "B社", "C社"))


@given(clean_grids())
def test_a_clean_grid_has_no_finding(grid: Grid) -> None:
    assert findings(grid) == []


@given(grids())
def test_any_grid_can_be_checked_and_its_repairs_are_sound(grid: Grid) -> None:
    for one in findings(grid):
        assert set(one.code.value) <= set("EW0123456789")
        put_right(grid, one)


def test_findings_do_not_depend_on_the_order_of_asking() -> None:
    grid = scanned().grid
    assert findings(grid) == findings(grid)
    assert {one.code for one in findings(grid)} <= set(Code)
