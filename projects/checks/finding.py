"""Define findings: what a check says about cells, and the repair where one is plain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from projects.domain.grid import Grid, Item


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """The checks; E are errors of the document, W what a person should look at."""

    NO_LEAD = "E1"
    NO_MARK = "E2"
    MARKED_HEADING = "E3"
    NUMBER = "E4"
    SYMBOL = "E5"
    SEVERAL_LEADS = "W1"
    OVERLOADED = "W2"
    IDLE = "W3"
    APPROVAL = "W4"
    EVERYBODY = "W5"
    ONLY_COOPERATION = "W6"
    NAMED_OTHERWISE = "W7"
    SISTER = "W8"
    WORDING = "W9"
    SHIFTED = "W10"
    SLID_TEXT = "W11"

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.value.startswith("E") else Severity.WARNING


@dataclass(frozen=True, slots=True)
class Check:
    """What a code is called, and why it matters."""

    title: str
    why: str


CHECKS: Mapping[Code, Check] = {
    Code.NO_LEAD: Check("主たる作業者がいない", "誰が責任を持つかが決まらず、作業が始まりません。"),
    Code.NO_MARK: Check("記号がない", "どの業者の作業でもないことになり、漏れます。"),
    Code.MARKED_HEADING: Check(
        "見出しに記号がある", "下の作業のどれを指すかが読む人によって変わります。"
    ),
    Code.NUMBER: Check("項番の誤り", "項番で引用したときに別の作業を指してしまいます。"),
    Code.SYMBOL: Check("凡例にない記号", "意味が決まっていないため、契約上の分担になりません。"),
    Code.SEVERAL_LEADS: Check(
        "主たる作業者が複数", "責任の所在が分かれ、互いに相手の作業だと考えるおそれがあります。"
    ),
    Code.OVERLOADED: Check(
        "主たる作業の偏り", "一つの業者に集中すると、その遅れが全体の遅れになります。"
    ),
    Code.IDLE: Check(
        "作業のない列・主たる作業のない列", "列が要らないか、記号が抜けているかもしれません。"
    ),
    Code.APPROVAL: Check(
        "承認が発注者の作業でない", "受託者が自分の成果物を承認することになります。"
    ),
    Code.EVERYBODY: Check("全業者に記号がある", "全員の作業は、誰の作業でもなくなりがちです。"),
    Code.ONLY_COOPERATION: Check(
        "協力だけがある", "協力する相手である主たる作業者が書かれていません。"
    ),
    Code.NAMED_OTHERWISE: Check(
        "名称の業者が主たる作業者でない", "名称または作業内容と記号のどちらかが誤っています。"
    ),
    Code.SISTER: Check(
        "別フェーズの同じ作業と分担が違う", "意図した違いでなければ、どちらかが誤っています。"
    ),
    Code.WORDING: Check("表記のゆれ", "検索や集計で同じものが別のものになります。"),
    Code.SHIFTED: Check("記号が1列ずれている", "読み取りのときに列がずれたと考えられます。"),
    Code.SLID_TEXT: Check("作業内容が隣の行のもの", "読み取りのときに行がずれたと考えられます。"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a repair: a mark where `role` says which column, else a text of the row."""

    uid: str
    value: str
    role: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `cells` are (row uid, column); "" stands for the row or the column.

    `message` is the sentence with the values. Two findings are the same when `key` is; what they
    are about is the same when `evidence` is too. `about` names what is no single row or column.
    """

    code: Code
    cells: tuple[tuple[str, str], ...]
    message: str
    evidence: tuple[str, ...] = ()
    repair: tuple[Change, ...] = ()
    about: str = ""

    @property
    def uid(self) -> str:
        """Return the row to show, "" for a finding about a column."""
        return next((uid for uid, _ in self.cells if uid), "")

    @property
    def key(self) -> str:
        """The code and the row, the column or else what it is about: at most one of each."""
        return f"{self.code} {self.about or self.uid or self.cells[0][1]}"

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the columns that the finding names."""
        return tuple(dict.fromkeys(role for _, role in self.cells if role))

    @property
    def severity(self) -> Severity:
        return self.code.severity


def repaired(grid: Grid, changes: Iterable[Change]) -> Grid:
    """Apply the repairs to the grid; later ones win."""
    wanted: dict[str, list[Change]] = {}
    for change in changes:
        wanted.setdefault(change.uid, []).append(change)
    places = {role.name: place for place, role in enumerate(grid.roles)}
    items = tuple(_changed(item, wanted.get(item.uid, ()), places) for item in grid.items)
    return replace(grid, items=items)


def _changed(item: Item, changes: Iterable[Change], places: Mapping[str, int]) -> Item:
    for change in changes:
        if change.field:
            texts: dict[str, Any] = {change.field: change.value}
            item = replace(item, **texts)
        elif change.role in places:
            marks = list(item.marks)
            marks[places[change.role]] = change.value
            item = replace(item, marks=tuple(marks))
    return item
