"""Which sheets of a book are taken: those with tables that people see, each version once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from projects.domain.grid import Role
from projects.domain.text.match_key import match_key
from projects.intake.files.book import Sheet
from projects.intake.tables.header_search import Spread, Table, find_tables
from projects.intake.text.column_definitions import role_keys
from projects.intake.text.corrections import Choices
from projects.intake.text.mark_symbols import looks_like_mark
from projects.intake.text.remarks import IntakeError, Problem

_SAME_SHARE = 0.5
_TELLING_TEXTS = 2
_SHORTEST_TASK = 3


@dataclass(slots=True)
class Taken:
    """A sheet with its tables, and why it is not taken if it is not."""

    sheet: Sheet
    spread: Spread
    tables: list[Table]
    reason: str = ""


def look(sheet: Sheet, roles: Sequence[Role], choices: Choices) -> Taken:
    spread = Spread(sheet.merges)
    header = choices.headers.get(sheet.name)
    if header is not None and not 1 <= header <= len(sheet.rows):
        raise IntakeError(Problem(f"見出しの行{header}はシート「{sheet.name}」にありません。"))
    return Taken(sheet, spread, find_tables(sheet, spread, role_keys(roles), header=header))


def select(sheets: Sequence[Taken], choices: Choices) -> None:
    """Says of each sheet why it is not taken; "" for those that are."""
    kept: list[Taken] = []
    for each in sheets:
        if choices.sheets is not None:
            each.reason = "" if each.sheet.name in choices.sheets else "選ばれていない"
            if not each.reason and not each.tables:
                message = "作業項目の見出しが見つかりません。見出しの行を指定してください。"
                raise IntakeError(Problem(message, each.sheet.place(1, 1)))
        elif not each.tables:
            each.reason = "役割分担表が見つからない"
        elif not each.sheet.visible:
            each.reason = "非表示の"
        elif any(_alike(each, other) for other in kept):
            each.reason = "前のシートと同じ行を多く含む"
        else:
            kept.append(each)


def _alike(one: Taken, other: Taken) -> bool:
    """Whether two sheets seem to be versions of the same table: the same tasks, numbers too.

    Tables of one text follow each other and are no versions.
    """
    if one.sheet.table is not None:
        return False
    tasks, others = (_tasks(each) for each in (one, other))
    return bool(tasks) and len(tasks & others) > _SAME_SHARE * min(len(tasks), len(others))


def _tasks(taken: Taken) -> set[tuple[str, ...]]:
    """The texts of each row up to its first mark or third text: its number and its names."""
    found = set()
    for table in taken.tables:
        for row in table.rows:
            texts = [text for _, text in islice(taken.sheet.filled(row), _TELLING_TEXTS)]
            names = tuple(match_key(t) for t in takewhile(lambda t: not looks_like_mark(t), texts))
            if sum(map(len, names)) > _SHORTEST_TASK:
                found.add(names)
    return found


def no_table(sheets: Sequence[Taken]) -> Problem:
    hidden = [each.sheet.name for each in sheets if each.tables]
    if hidden:
        names = "」「".join(hidden)
        return Problem(
            f"表のあるシートがすべて非表示です（「{names}」）。再表示するか選択してください。"
        )
    message = "「項番」「作業項目」の見出し行が見つかりません。見出しのある表か確認してください。"
    return Problem(message, sheets[0].sheet.place(1, 1) if sheets else None)
