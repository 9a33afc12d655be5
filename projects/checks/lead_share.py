"""W2 and W3: find columns that lead too much, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from projects.checks.finding import Code, Finding
from projects.checks.grid_index import Sheet

LEAST_TASKS = 5
HELPERS = "協力だけの列"


def overloaded(sheet: Sheet) -> Iterator[Finding]:
    """W2: find a column that leads more than its share, where there are enough tasks."""
    total = len(sheet.tasks)
    if total < LEAST_TASKS or len(sheet.grid.roles) < 2:
        return
    for column, count in enumerate(sheet.counts[1]):
        if count > sheet.share * total:
            name = sheet.role(column)
            part = f"作業{total}件のうち{count}件（{count / total:.0%}）"
            message = f"「{name}」が{part}で主たる作業者です。"
            yield Finding(Code.OVERLOADED, (("", name),), message, (str(count), str(total)))


def idle(sheet: Sheet) -> Iterator[Finding]:
    """W3: find columns without a task; those that only cooperate are one finding."""
    marked, leads = sheet.counts
    for column, count in enumerate(marked):
        if not count:
            name = sheet.role(column)
            yield Finding(Code.IDLE, (("", name),), f"「{name}」の作業が一つもありません。", ("0",))
    helpers = [sheet.role(at) for at, count in enumerate(marked) if count and not leads[at]]
    if helpers:
        message = f"主たる作業が一つもない列が{len(helpers)}列あります（{'、'.join(helpers)}）。"
        cells = tuple(("", name) for name in helpers)
        yield Finding(Code.IDLE, cells, message, tuple(helpers), about=HELPERS)
