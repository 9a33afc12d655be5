"""Damaged files end as a reading or a refusal, whatever was done to them.

RACI_MUTATIONS sets how many are tried (2,400 without it).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from projects.excel import workbook
from projects.intake import IntakeError
from projects.intake.sandbox import child_process
from tests.support.damaged_workbooks import Worker, mutations
from tests.support.grid_builders import grid_of
from tests.support.ods_writer import as_ods
from tests.support.sheet_writers import HEADER, Page, by_openpyxl, by_xlsxwriter

COUNT = int(os.environ.get("RACI_MUTATIONS", "2400"))
BATCHES = 4
PAGE = Page(
    [
        ("別紙10　役割分担表",),
        ("凡例　◎：主担当　○：作業協力", "", "", "", "令和6年4月1日"),
        HEADER,
        (1, "設計", "", "", ""),
        (1.1, "　基本設計", "◎", "○", "一行目\n二行目"),
        (1.2, "　詳細設計", "○（注1）", "×", ""),
        (2, "製造", '=IF(1,"◎","")', "〇→◎", "a|b"),
    ],
    merges=("A1:E1", "C7:D7"),
    indents={"B5": 1, "B6": 2},
    strikes=("C5",),
    formats={"A5": "0.00"},
    hidden_rows=(6,),
    hidden_columns=(5,),
)


@pytest.fixture(scope="module")
def seeds() -> dict[str, bytes]:
    own = grid_of("設計", "  要件定義 ◎ ○", "  基本設計 ○ ◎")
    return {
        "openpyxl": by_openpyxl(PAGE),
        "xlsxwriter": by_xlsxwriter(PAGE),
        "ods": as_ods(PAGE),
        "own": workbook.matrix(own),
    }


@pytest.fixture
def worker() -> Iterator[Worker]:
    found = Worker()
    yield found
    found.end()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_mutated_workbook_is_read_or_refused(
    seeds: dict[str, bytes], worker: Worker, batch: int
) -> None:
    outcomes: Counter[str] = Counter()
    for what, data in mutations(seeds, COUNT // BATCHES, seed=batch):
        answer = worker.read(data)
        if answer in ("died", "slow"):
            # What kills a reader, kills the guarded child only, and is refused.
            with pytest.raises(IntakeError):
                child_process.run("read", data, {})
        else:
            assert answer in ("read", "refused"), f"batch {batch}, {what}: {answer}"
        outcomes[answer] += 1
    assert outcomes["read"]
    assert outcomes["refused"]


def test_guarded_child_reads_or_refuses_some_of_them(seeds: dict[str, bytes]) -> None:
    outcomes = {_outcome(data) for _, data in mutations(seeds, 12, seed=99)}
    assert outcomes == {"read", "refused"}


def _outcome(data: bytes) -> str:
    try:
        return "read" if child_process.run("read", data, {})["legend"] else ""
    except IntakeError as refused:
        return "refused" if refused.problems else ""
