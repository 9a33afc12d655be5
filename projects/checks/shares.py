"""W2 and W3: columns that lead too much, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from projects.checks.finding import Code, Finding
from projects.checks.reading import Sheet

LEAST_TASKS = 5
HELPERS = "協力だけの列"


def overloaded(sheet: Sheet) -> Iterator[Finding]:
    """W2: a column that leads more than its share of the tasks, where there are enough of them."""
    total = len(sheet.tasks)
    if total < LEAST_TASKS or len(sheet.grid.roles) < 2:
        return
    for column, count in enumerate(_counts(sheet)[1]):
        if count > sheet.share * total:
            name = sheet.role(column)
            part = f"作業{total}件のうち{count}件（{count / total:.0%}）"
            said = f"「{name}」が{part}で主たる作業者です。"
            yield Finding(Code.OVERLOADED, (("", name),), said, (str(count), str(total)))


def idle(sheet: Sheet) -> Iterator[Finding]:
    """W3: each column without a task; those that only ever cooperate together, as one matter."""
    marked, leads = _counts(sheet)
    for column, count in enumerate(marked):
        if not count:
            name = sheet.role(column)
            yield Finding(Code.IDLE, (("", name),), f"「{name}」の作業が一つもありません。", ("0",))
    helpers = [sheet.role(at) for at, count in enumerate(marked) if count and not leads[at]]
    if helpers:
        said = f"主たる作業が一つもない列が{len(helpers)}列あります（{'、'.join(helpers)}）。"
        cells = tuple(("", name) for name in helpers)
        yield Finding(Code.IDLE, cells, said, tuple(helpers), about=HELPERS)


def _counts(sheet: Sheet) -> tuple[list[int], list[int]]:
    """Per column in how many tasks it has a mark, and in how many it leads."""
    width = len(sheet.grid.roles)
    marked, leads = [0] * width, [0] * width
    for index in sheet.tasks:
        for column, mark in enumerate(sheet.items[index].marks):
            marked[column] += mark != ""
        for column in sheet.leads[index]:
            leads[column] += 1
    return marked, leads
