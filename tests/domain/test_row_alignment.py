"""Which row is which, from the least evidence that is still enough."""

from __future__ import annotations

import pytest

from projects.domain.row_alignment import Key, align, increasing


def keys(text: str) -> list[Key]:
    """Keys from words such as "1:確認/設計": number, name, names above."""
    found = []
    for word in text.split():
        number, _, name = word.rpartition(":")
        last, *above = name.split("/")
        found.append(Key(number, last, tuple(reversed(above))))
    return found


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("", "", {}),
        ("い ろ は", "", {}),
        ("", "い ろ は", {}),
        ("い ろ は", "い ろ は", {0: 0, 1: 1, 2: 2}),
        ("い ろ は", "ろ は", {0: 1, 1: 2}),
        ("い ろ は", "い に ろ は", {0: 0, 2: 1, 3: 2}),
        ("い ろ は", "は ろ い", {0: 2, 1: 1, 2: 0}),
        ("い ろ は に", "に い ろ は", {0: 3, 1: 0, 2: 1, 3: 2}),
    ],
    ids=["nothing", "all gone", "all new", "same", "one gone", "one new", "reversed", "last first"],
)
def test_rows_with_names_of_their_own(old: str, new: str, pairs: dict[int, int]) -> None:
    assert align(keys(old), keys(new)) == pairs


def test_number_does_not_matter_where_the_name_is_unique() -> None:
    assert align(keys("1:い 2:ろ"), keys("1:に 2:い 3:ろ")) == {1: 0, 2: 1}


def test_repeated_name_is_told_apart_by_its_neighbours() -> None:
    old, new = keys("い 確認 ろ 確認 は 確認"), keys("い 確認 ろ は 確認")
    assert align(old, new) == {0: 0, 1: 1, 2: 2, 3: 4, 4: 5}


def test_repeated_name_is_told_apart_by_its_heading() -> None:
    old, new = keys("確認/設計 確認/製造"), keys("確認/製造 確認/設計")
    assert align(old, new) == {0: 1, 1: 0}


def test_repeated_name_is_told_apart_by_its_number() -> None:
    old, new = keys("1:い 7:確認 9:確認 2:ろ"), keys("2:ろ 9:確認 1:い")
    assert align(old, new) == {0: 3, 1: 2, 2: 0}


def test_renamed_row_is_found_by_its_number() -> None:
    assert align(keys("1:い 2:ろ 3:は"), keys("1:い 2:に 3:は"))[1] == 1


def test_renamed_row_without_number_is_a_stranger() -> None:
    assert 1 not in align(keys("い ろ は"), keys("い に は"))


def test_repeated_number_is_no_evidence() -> None:
    assert align(keys("1:い 1:ろ"), keys("1:は")) == {}


def test_row_under_another_heading_keeps_its_identity() -> None:
    old, new = keys("設計 確認/設計 製造"), keys("設計 製造 確認/製造")
    assert align(old, new) == {0: 0, 1: 2, 2: 1}


@pytest.mark.parametrize(
    ("values", "run"),
    [
        ([], []),
        ([3], [3]),
        ([1, 2, 3], [1, 2, 3]),
        ([3, 1, 2], [1, 2]),
        ([5, 5], [5]),
        ([4, 0, 5, 1, 6, 2, 3], [0, 1, 2, 3]),
    ],
)
def test_longest_increasing_run_is_kept(values: list[int], run: list[int]) -> None:
    assert [values[place] for place in sorted(increasing(values))] == run


def test_long_lists_align_in_time() -> None:
    old = [Key(str(n), f"作業{n % 700}", (f"工程{n % 90}",)) for n in range(5_000)]
    pairs = align(old, old[100:] + old[:100])
    assert len(pairs) > 4_000
