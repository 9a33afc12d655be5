"""Each check on the smallest grid that shows it, and all of them on the real document."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.checks import Code, findings, places
from projects.domain.grid import Grid, Mark
from tests.bench import precision
from tests.support.check_runs import found, numbers, put_right
from tests.support.grid_builders import grid_of, grids, item, scanned

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
    assert "A社" in one.message


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
    assert "▲" in one.message


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


def test_everybody_marked_counts_from_three_columns() -> None:
    assert found(grid_of("作業 ◎ ○"), "W5") == []
    assert len(found(grid_of("作業 ◎ ○ ○", roles=("A社", "B社", "C社")), "W5")) == 1


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
