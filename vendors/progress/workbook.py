"""Export the board to Excel: companies, phases, and every task with its answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.timezone import localtime

from projects.excel import workbook
from projects.excel.workbook import Plain
from projects.models import Project
from vendors.models import Question, Reminder
from vendors.progress.progress import Board, Tally, company_tasks
from vendors.questions import inbox
from vendors.tasks.task import STATES, State

TITLE = "確認状況"
_COUNTS = (
    ("作業", 8.0),
    ("確認済の割合", 13.0),
    ("確認済（％）", 12.0),
    ("確認済", 8.0),
    ("再確認", 8.0),
    ("質問あり", 9.0),
    ("未確認", 8.0),
    ("回答待ちの質問", 15.0),
    ("最終確認", 17.0),
)
_REMINDED = (("最終催促", 12.0), ("催促した人", 18.0), ("催促した人数", 12.0))
_QUESTIONS = (
    ("会社", 28.0),
    ("項番", 8.0),
    ("作業項目", 40.0),
    ("状態", 10.0),
    ("最後の発言", 17.0),
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
    """Return an Excel file of four sheets; with headers alone before a 版 is published."""
    companies = [("会社", 28.0), ("関連業者の列", 32.0), *_COUNTS, *_REMINDED]
    return workbook.tables(
        TITLE,
        [
            Plain("会社別", companies, _companies(board)),
            Plain("フェーズ別", _phase_headers(board), _phases(board)),
            Plain("作業別", _TASKS, _tasks(project, board)),
            Plain("質問", _QUESTIONS, _questions(project)),
        ],
    )


def _companies(board: Board) -> Iterator[list[str | int]]:
    for company in board.companies:
        names = [company.vendor.name, "、".join(company.roles)]
        yield [*names, *_counts(company.total), *_reminded(company.reminder)]
    yield ["合計", "", *_counts(board.total), "", "", ""]


def _counts(tally: Tally) -> list[str | int]:
    numbers = (tally.confirmed, tally.reset, tally.question, tally.new, tally.waiting)
    rate = "" if tally.rate is None else tally.rate
    return [tally.tasks, tally.percent, rate, *numbers, _time(tally.last)]


def _reminded(reminder: Reminder | None) -> list[str | int]:
    if reminder is None:
        return ["", "", ""]
    return [f"{reminder.day:%Y-%m-%d}", reminder.person_name, reminder.people]


def _questions(project: Project) -> Iterator[list[str | int]]:
    """Yield the questions that are not closed, in the order of their page."""
    left = inbox.questions_of(project).exclude(state=Question.State.CLOSED)
    for summary in inbox.summaries_of(project, list(left)):
        row, last = summary.row, summary.last
        yield [
            summary.question.vendor.name,
            row.number if row else "",
            row.name if row else "",
            summary.question.get_state_display(),
            _time(last.at if last else None),
        ]


def _phase_headers(board: Board) -> list[tuple[str, float]]:
    return [("会社", 28.0), *((phase, 16.0) for phase in board.phases)]


def _phases(board: Board) -> Iterator[list[str | int]]:
    for company, tallies in board.table:
        cells = (f"{t.confirmed} / {t.tasks}（{t.percent}）" if t else "" for t in tallies)
        yield [company.vendor.name, *cells]


def _tasks(project: Project, board: Board) -> Iterator[list[str | int]]:
    names = {company.vendor.pk: company.vendor.name for company in board.companies}
    for task in company_tasks(project, board.edition) if board.edition else ():
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
