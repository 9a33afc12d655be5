"""Hostile files given to the fast reader without a preflight: only the child can die of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from projects.intake.files import preflight
from projects.intake.sandbox import child_process, confinement
from projects.intake.text.remarks import IntakeError, Problem
from tests.support import hostile_workbooks
from tests.support.child_tasks import TASKS
from tests.support.grid_builders import exported

linux = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")


def run(task: str, data: bytes) -> dict[str, Any]:
    return child_process.run(task, data, {}, tasks=TASKS)


def refusal(task: str, data: bytes) -> tuple[Problem, ...]:
    with pytest.raises(IntakeError) as raised:
        run(task, data)
    return raised.value.problems


def messages(task: str, data: bytes) -> list[str]:
    return [problem.message for problem in refusal(task, data)]


ATTACKS: dict[str, Callable[[], bytes]] = {
    "a sheet of spaces": hostile_workbooks.blank_bomb,
    "a string of a gigabyte": hostile_workbooks.shared_string_bomb,
    "many bombs": hostile_workbooks.many_bombs,
    "a falsified size": hostile_workbooks.falsified_size,
    "zip in zip": hostile_workbooks.zip_in_zip,
    "overlapping": hostile_workbooks.overlapping,
    "quoted": hostile_workbooks.quoted,
    "billion laughs": hostile_workbooks.entity_bomb,
    "a file from outside": lambda: hostile_workbooks.external_entity("file:///etc/passwd"),
    "an address from outside": lambda: hostile_workbooks.external_entity(
        "http://example.invalid/x"
    ),
    "half a file": lambda: hostile_workbooks.book()[:900],
    "the last cell": lambda: hostile_workbooks.value_at("XFD1048576"),
    "a cell beyond": lambda: hostile_workbooks.value_at("ZZZZ9999999"),
    "too many rows": lambda: hostile_workbooks.value_at("A4000000000"),
    "100,000 merges": lambda: hostile_workbooks.merges(100_000),
    "one huge merge": hostile_workbooks.huge_merge,
    "a million styled empty rows": hostile_workbooks.styled_empty_rows,
    "16,384 columns": hostile_workbooks.wide,
    "a huge string index": lambda: hostile_workbooks.book(
        f'<row r="1">{hostile_workbooks.cell("A1", "4000000000", "s")}</row>'
    ),
    "an ods that repeats a value": lambda: hostile_workbooks.ods(
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-'
        'columns-repeated="16384" office:value-type="string"><text:p>1</text:p>'
        "</table:table-cell></table:table-row>"
    ),
    "no workbook": lambda: b"\x89PNG" + bytes(999),
    "nothing": lambda: b"",
}


@linux
@pytest.mark.parametrize("name", ATTACKS)
def test_the_reader_survives_or_dies_alone(name: str) -> None:
    words, answer = outcome(ATTACKS[name]())
    assert all(words)
    assert answer.get("peak", 0) <= confinement.MEMORY_BYTES
    assert "root:" not in json.dumps(answer)


def outcome(data: bytes) -> tuple[list[str], dict[str, Any]]:
    """Why the fast reader's task refused, or its answer."""
    try:
        return [], run("read_calamine", data)
    except IntakeError as refused:
        return [problem.message for problem in refused.problems], {}


@linux
@pytest.mark.parametrize("name", ["a string of a gigabyte", "the last cell"])
def test_what_the_reader_cannot_hold_is_said(name: str) -> None:
    assert messages("read_calamine", ATTACKS[name]()) == [child_process.TOO_COMPLEX]


@linux
def test_the_reader_reads_an_honest_book() -> None:
    sheets = run("read_calamine", exported())["sheets"]
    assert [rows > 100 for rows, _ in sheets.values()] == [True, True]


@linux
def test_the_preflight_needs_little_memory() -> None:
    assert run("check", hostile_workbooks.styled_empty_rows())["grown"] < 8 * 1024 * 1024


def test_the_preflight_refuses_the_same_in_a_child() -> None:
    (problem,) = refusal("check", hostile_workbooks.value_at("XFD1048576"))
    assert str(problem.place) == "分担表 XFD1048576"
    assert messages("check", hostile_workbooks.entity_bomb()) == [preflight.DTD]
