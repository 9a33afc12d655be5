"""The matrix of one project as one frozen value.

Everything reads or makes a `Grid`: the intake makes one from a file, the store loads and
writes one, the page, the workbook and the comparison show one. No Django, no database.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

UID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
UID_LENGTH = 12
MAX_NAME = 1_000
MAX_DESCRIPTION = 20_000
MAX_SYMBOL = 4

# The texts of a row as the document calls them.
TEXTS = {"number": "項番", "name": "作業項目", "description": "作業内容"}

DATE = re.compile(r"([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?")

# 256 is a multiple of the 32 digits, so that every digit is equally likely.
_UID_DIGITS = (UID_ALPHABET * 8).encode()
_NOT_PRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class RoleKind(StrEnum):
    """What a party is in the project: 発注者, 本受託者 or one of the other companies."""

    ORDERER = "orderer"
    PRIME = "prime"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry of the 凡例. `leads` is true for the mark of the 主たる作業者."""

    symbol: str
    label: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """One column of the matrix: a party's part in this project. Its name is unique there."""

    name: str
    short_name: str = ""
    kind: RoleKind = RoleKind.VENDOR
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return the short name where there is one, for narrow places."""
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class Item:
    """One row: a heading or a task, with its marks in the order of the grid's roles.

    `level` is the depth in the tree, from 1. A blank cell is the empty string.
    """

    uid: str
    level: int
    number: str
    name: str
    description: str = ""
    marks: tuple[str, ...] = ()


LEAD = Mark("◎", "主たる作業者", leads=True)
SUPPORT = Mark("○", "当該業務に関して作業担当と密に連携し、作業協力")
DEFAULT_LEGEND = (LEAD, SUPPORT)


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole table of one project, rows in document order, which is preorder of the tree.

    `date` is ISO 8601 cut to what the document says: "", "2014", "2014-05" or "2014-05-01".
    `legend` goes from the strongest mark to the weakest.
    """

    title: str = ""
    document_number: str = ""
    issuer: str = ""
    date: str = ""
    legend: tuple[Mark, ...] = DEFAULT_LEGEND
    roles: tuple[Role, ...] = ()
    items: tuple[Item, ...] = field(default=())

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(mark.symbol for mark in self.legend)

    @property
    def leading(self) -> frozenset[str]:
        """Return the symbols of the 主たる作業者."""
        return frozenset(mark.symbol for mark in self.legend if mark.leads)

    def errors(self) -> list[str]:
        """List every broken rule in words, [] for a sound grid."""
        rules = (_title_errors, _legend_errors, _role_errors, _item_errors)
        return [error for rule in rules for error in rule(self)]


def new_uid() -> str:
    """Return a new random row identity: 12 characters, 60 bits."""
    return os.urandom(UID_LENGTH).translate(_UID_DIGITS).decode()


def utf16_length(text: str) -> int:
    """Return the length as Excel counts it: an emoji or a rare kanji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean_line(text: str) -> str:
    """Clean a line for display: no control characters, single inner breaks, trimmed."""
    return " ".join(clean_text(text).split("\n")).strip()


def clean_text(text: str) -> str:
    """Clean text of several lines for display: LF breaks, no control characters, trimmed."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_PRINTABLE.sub("", unified).strip()


def parents(items: Sequence[Item]) -> list[int]:
    """Return the index of each row's parent, −1 for a top row. Linear."""
    last_at: dict[int, int] = {0: -1}
    found = []
    for index, item in enumerate(items):
        found.append(last_at[item.level - 1])
        last_at[item.level] = index
    return found


def subtree_ends(items: Sequence[Item]) -> list[int]:
    """Return for each row the index behind its last descendant. Linear."""
    ends = [len(items)] * len(items)
    open_rows: list[int] = []
    for index, item in enumerate(items):
        while open_rows and items[open_rows[-1]].level >= item.level:
            ends[open_rows.pop()] = index
        open_rows.append(index)
    return ends


def is_heading(items: Sequence[Item], index: int) -> bool:
    """Return whether the row has children; a row without children is a task."""
    return index + 1 < len(items) and items[index + 1].level > items[index].level


def ancestors(up: Sequence[int], index: int) -> list[int]:
    """Return the indices of the row's ancestors from the top, given `parents`."""
    path = []
    while (index := up[index]) >= 0:
        path.append(index)
    return path[::-1]


def column_counts(rows: Iterable[Item], width: int) -> list[Counter[str]]:
    """Count each symbol in the rows by role. Blank cells are not counted."""
    marks = [item.marks for item in rows]
    columns = zip(*marks, strict=True) if marks else iter([()] * width)
    return [Counter(filter(None, column)) for column in columns]


def role_places(names: Iterable[str], roles: Sequence[Role]) -> list[int | None]:
    """Return the index of each name among the roles, None for a missing one."""
    at = {role.name: place for place, role in enumerate(roles)}
    return [at.get(name) for name in names]


def renumbered(grid: Grid) -> Grid:
    """Number the grid 1…n over all rows, as the numbering `sequential` wants it."""
    return replace(
        grid,
        items=tuple(
            item if item.number == str(place) else replace(item, number=str(place))
            for place, item in enumerate(grid.items, 1)
        ),
    )


def with_item(grid: Grid, uid: str, change: Callable[[Item], Item]) -> Grid:
    """Change one row. KeyError when there is no such row."""
    index = index_of(grid, uid)
    items = (*grid.items[:index], change(grid.items[index]), *grid.items[index + 1 :])
    return replace(grid, items=items)


def without_item(grid: Grid, uid: str) -> Grid:
    """Delete the row and all below it. KeyError when there is no such row."""
    index = index_of(grid, uid)
    end = subtree_ends(grid.items)[index]
    return replace(grid, items=grid.items[:index] + grid.items[end:])


def with_item_under(grid: Grid, item: Item, parent_uid: str | None) -> Grid:
    """Insert the new row as the last child of its parent, at that level."""
    if parent_uid is None:
        return replace(grid, items=(*grid.items, replace(item, level=1)))
    index = index_of(grid, parent_uid)
    end = subtree_ends(grid.items)[index]
    placed = replace(item, level=grid.items[index].level + 1)
    return replace(grid, items=(*grid.items[:end], placed, *grid.items[end:]))


def moved_under(grid: Grid, uid: str, parent_uid: str | None) -> Grid:
    """Move a subtree, as the last child of another row.

    ValueError when the new parent is the row itself or below it.
    """
    index = index_of(grid, uid)
    end = subtree_ends(grid.items)[index]
    branch = grid.items[index:end]
    if any(item.uid == parent_uid for item in branch):
        raise ValueError("自分自身または自分の下位の項目を親にすることはできません。")
    rest = replace(grid, items=grid.items[:index] + grid.items[end:])
    level = 1 if parent_uid is None else rest.items[index_of(rest, parent_uid)].level + 1
    at = len(rest.items)
    if parent_uid is not None:
        at = subtree_ends(rest.items)[index_of(rest, parent_uid)]
    shifted = tuple(replace(item, level=item.level - branch[0].level + level) for item in branch)
    return replace(rest, items=rest.items[:at] + shifted + rest.items[at:])


def index_of(grid: Grid, uid: str) -> int:
    """Return the index of the row. KeyError when there is no such row."""
    for index, item in enumerate(grid.items):
        if item.uid == uid:
            return index
    raise KeyError(uid)


def _title_errors(grid: Grid) -> Iterator[str]:
    titles = (("標題", grid.title), ("別紙番号", grid.document_number), ("発行者", grid.issuer))
    for what, text in titles:
        yield from _length_errors(what, text)
    if not DATE.fullmatch(grid.date):
        yield f"日付「{grid.date}」は2014、2014-05、2014-05-01の形ではありません。"


def _legend_errors(grid: Grid) -> Iterator[str]:
    if not grid.legend:
        yield "凡例がありません。"
    yield from _doubled("凡例の記号", grid.symbols)
    for mark in grid.legend:
        if not 1 <= len(mark.symbol) <= MAX_SYMBOL or mark.symbol != clean_line(mark.symbol):
            yield f"凡例の記号「{mark.symbol}」は1〜{MAX_SYMBOL}文字で指定してください。"
        yield from _length_errors(f"凡例「{mark.symbol}」の意味", mark.label)


def _role_errors(grid: Grid) -> Iterator[str]:
    yield from _doubled("関連業者の列", [role.name for role in grid.roles])
    for role in grid.roles:
        yield from _line_errors("関連業者の列の名称", role.name)
        for text in (role.short_name, *role.aliases):
            yield from _length_errors(f"列「{role.name[:20]}」の略称または別名", text)


def _item_errors(grid: Grid) -> Iterator[str]:
    yield from _doubled("行の識別子", [item.uid for item in grid.items])
    known = {"", *grid.symbols}
    level = 0
    for item in grid.items:
        where = f"項番{item.number[:20]}「{item.name[:20]}」"
        if not 1 <= item.level <= level + 1:
            yield f"{where}の階層{item.level}は、直前の行の階層{level}の下に置けません。"
        if len(item.marks) != len(grid.roles):
            yield f"{where}の記号の数が列の数と一致しません。"
        for symbol in set(item.marks) - known:
            yield f"{where}の記号「{symbol}」は凡例にありません。"
        yield from _line_errors(f"{where}の作業項目", item.name)
        yield from _length_errors("項番", item.number)
        if utf16_length(item.description) > MAX_DESCRIPTION:
            yield f"{where}の作業内容が{MAX_DESCRIPTION:,}文字を超えています。"
        level = item.level


def _line_errors(what: str, text: str) -> Iterator[str]:
    if not text:
        yield f"{what}が空です。"
    yield from _length_errors(what, text)


def _length_errors(what: str, text: str) -> Iterator[str]:
    if len(text) > MAX_NAME:
        yield f"{what}が{MAX_NAME:,}文字を超えています。"


def _doubled(what: str, values: Iterable[str]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{what}「{value}」が{times}回あります。"
