"""The board as Excel: the companies, their phases, and every task with who said what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.timezone import localtime

from projects import workbook
from projects.models import Project
from projects.workbook import Plain
from vendors.board import Board, Tally, spelled
from vendors.tasks import STATES, State

TITLE = "確認状況"
_COUNTS = (
    ("作業", 8.0),
    ("確認済の割合", 13.0),
    ("確認済", 8.0),
    ("再確認", 8.0),
    ("質問あり", 9.0),
    ("未確認", 8.0),
    ("回答待ちの質問", 15.0),
    ("最終確認", 17.0),
)
_TASKS = (
    ("会社", 28.0),
    ("項番", 8.0),
    ("フェーズ", 24.0),
    ("作業項目", 40.0),
    ("記号", 8.0),
    ("確認", 10.0),
    ("版", 6.0),
    ("氏名", 18.0),
    ("日時", 17.0),
)


def sheets(project: Project, board: Board) -> bytes:
    """The three sheets; headers alone before a 版 is published."""
    return workbook.tables(
        TITLE,
        [
            Plain("会社別", [("会社", 28.0), ("関連業者の列", 32.0), *_COUNTS], _companies(board)),
            Plain("フェーズ別", _phase_headers(board), _phases(board)),
            Plain("作業別", _TASKS, _tasks(project, board)),
        ],
    )


def _companies(board: Board) -> Iterator[list[str | int]]:
    for company in board.companies:
        yield [company.vendor.name, "、".join(company.roles), *_counts(company.total)]
    yield ["合計", "", *_counts(board.total)]


def _counts(tally: Tally) -> list[str | int]:
    numbers = (tally.confirmed, tally.reset, tally.question, tally.new, tally.waiting)
    return [tally.tasks, tally.percent, *numbers, _time(tally.last)]


def _phase_headers(board: Board) -> list[tuple[str, float]]:
    return [("会社", 28.0), *((phase, 16.0) for phase in board.phases)]


def _phases(board: Board) -> Iterator[list[str | int]]:
    for company, tallies in board.table:
        cells = (f"{t.confirmed} / {t.tasks}（{t.percent}）" if t else "" for t in tallies)
        yield [company.vendor.name, *cells]


def _tasks(project: Project, board: Board) -> Iterator[list[str | int]]:
    names = {company.vendor.pk: company.vendor.name for company in board.companies}
    for task in spelled(project, board.edition) if board.edition else ():
        yield [
            names[task.vendor_id],
            task.number,
            task.phase,
            task.name,
            "".join(dict.fromkeys(task.symbols)),
            STATES[State(task.state)],
            task.edition or "",
            task.person or "",
            _time(task.at),
        ]


def _time(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else ""
