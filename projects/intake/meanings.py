"""What each column of a table means: by its words, by the roles known, by what stands in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from projects.grid import Role
from projects.intake.choices import Choices
from projects.intake.columns import Level, Meaning, Party, role_keys
from projects.intake.remarks import Code, Problem, Remark
from projects.intake.similar import likenesses
from projects.intake.symbols import looks_like_mark
from projects.intake.tables import Head, Table
from projects.intake.words import DESCRIPTIONS, PAGE, STAGES, Field, field_of, level_word
from projects.keys import match_key

_MARK_SHARE = 0.6
_SAMPLES = 3
_LOOKED_AT = 300
_LONGEST_PAGE = 20
# What is no longer may be a mark outside the legend, which is refused by name.
_SHORTEST_WORD = 2


class How(StrEnum):
    """How a column's meaning was found."""

    WORD = "word"
    NAME = "name"
    ALIAS = "alias"
    SIMILAR = "similar"
    SHAPE = "shape"
    CHOSEN = "chosen"
    UNKNOWN = "unknown"


@dataclass
class Column:
    """A column as understood; `values` counts its texts below the header."""

    at: int
    head: Head | None
    values: Counter[str]
    meaning: Meaning | None = None
    how: How = How.UNKNOWN

    @property
    def text(self) -> str:
        return self.head.text if self.head else ""

    @cached_property
    def is_marks(self) -> bool:
        """Whether most of what stands in it looks like marks."""
        values = self.values.most_common(_LOOKED_AT)
        filled = sum(count for _, count in values)
        marks = sum(count for text, count in values if looks_like_mark(text))
        return bool(filled) and marks >= _MARK_SHARE * filled

    @property
    def samples(self) -> tuple[str, ...]:
        return tuple(text for text, _ in self.values.most_common(_SAMPLES))


@dataclass(slots=True)
class Understanding:
    """The columns of all tables, and the roles that they name together."""

    roles: list[Role]
    fixed: bool
    columns: list[dict[int, Column]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    new_names: set[str] = field(default_factory=set)

    def index(self, name: str) -> int:
        """The role of that name, made when there is none."""
        for at, role in enumerate(self.roles):
            if role.name == name:
                return at
        self.roles.append(Role(name))
        self.new_names.add(name)
        return len(self.roles) - 1


def understand(
    tables: Sequence[Table], roles: Sequence[Role], choices: Choices, *, fixed: bool
) -> Understanding:
    """The meanings of the columns of all tables. `fixed`: there are no roles but the given."""
    found = Understanding(list(roles), fixed)
    for table in tables:
        columns = _profile(table)
        _choose(columns, choices.columns.get(table.sheet.name, {}), found)
        _name_fields(columns)
        _name_parties(table, columns, found)
        _settle_names(columns)
        _settle_single(columns, Field.NUMBER)
        _settle_description(columns)
        _remark(table, columns, found)
        found.columns.append(columns)
    return found


def _profile(table: Table) -> dict[int, Column]:
    """Every column with a head or with anything below it."""
    data = table.sheet.rows[table.bottom : table.last]
    width = max([*map(len, data), *table.heads], default=0)
    columns = {}
    for at in range(1, width + 1):
        values = Counter(row[at - 1] for row in data if at <= len(row))
        for text in [t for t in values if not t or t.isspace() or _is_page_line(t)]:
            del values[text]
        head = table.heads.get(at)
        if head or values:
            columns[at] = Column(at, head, values)
    return columns


def _is_page_line(text: str) -> bool:
    short = 2 < len(text) <= _LONGEST_PAGE
    return short and bool(PAGE.match(text.strip())) and not looks_like_mark(text)


def _choose(columns: Mapping[int, Column], chosen: Mapping[int, str], found: Understanding) -> None:
    """The meanings that a person gave."""
    for at, meaning in chosen.items():
        if at in columns:
            columns[at].meaning = _chosen(meaning, found)
            columns[at].how = How.CHOSEN


def _chosen(meaning: str, found: Understanding) -> Meaning:
    kind, _, value = meaning.partition(":")
    if kind in ("party", "new") and value:
        return Party(found.index(value))
    if kind == "level" and value.isdecimal():
        return Level(int(value))
    return Field(kind)


def _name_fields(columns: Mapping[int, Column]) -> None:
    """What the words of the header say."""
    first_marks = min((c.at for c in columns.values() if c.is_marks), default=10**6)
    for column in columns.values():
        if column.how is How.CHOSEN or not column.head:
            continue
        meaning = _by_words(column.head, before_marks=column.at < first_marks)
        if meaning is not None:
            column.meaning, column.how = meaning, How.WORD
    names = [c.at for c in columns.values() if c.meaning is Field.NAME]
    for column in columns.values():
        # Only where no names stand before the marks may they stand behind them.
        if not names and column.meaning is None and field_of(column.text) is Field.NAME:
            column.meaning, column.how = Field.NAME, How.WORD
    for column in columns.values():
        stage = STAGES.get(column.text.casefold())
        if column.meaning is None and stage and (not names or column.at < names[0]):
            column.meaning, column.how = Level(stage), How.WORD


def _by_words(head: Head, *, before_marks: bool) -> Meaning | None:
    known = field_of(head.text)
    if known is not None and (known is not Field.NAME or before_marks):
        return known
    rank = level_word(head.text)
    if rank and before_marks:
        return Level(rank)
    if before_marks and any(field_of(text) is Field.NAME for text in head.above):
        return Field.NAME
    return None


def _name_parties(table: Table, columns: Mapping[int, Column], found: Understanding) -> None:
    """The columns of marks: known roles by name, alias and likeness, then new ones."""
    open_columns = [c for c in columns.values() if c.meaning is None and c.head]
    names = _party_names(open_columns)
    keys = role_keys(found.roles)
    known: dict[int, int] = {}
    for index, (column, name) in enumerate(zip(open_columns, names, strict=True)):
        role = keys.get(match_key(name), keys.get(match_key(column.text)))
        if role is not None:
            known[index] = role
            exact = match_key(found.roles[role].name) == match_key(name)
            column.meaning, column.how = Party(role), How.NAME if exact else How.ALIAS
    candidates = _candidates(table, columns, open_columns)
    similar = {} if found.fixed else likenesses(names, found.roles, known)
    for index, (column, name) in enumerate(zip(open_columns, names, strict=True)):
        if column.meaning is not None or column.at not in candidates:
            continue
        if index in similar:
            column.meaning, column.how = Party(similar[index].role), How.SIMILAR
        elif not found.fixed:
            column.meaning, column.how = Party(found.index(name)), How.SHAPE


def _party_names(columns: Sequence[Column]) -> list[str]:
    """The name of each column: its lowest header, with its group where that tells them apart."""
    heads = {c.head.at: c.head for c in columns if c.head}
    times = Counter(head.text for head in heads.values())
    groups = {
        text: {head.above[-1:] for head in heads.values() if head.text == text} for text in times
    }
    return [
        f"{head.above[-1]} {head.text}"
        if times[head.text] > 1 and len(groups[head.text]) > 1 and head.above
        else head.text
        for head in (column.head for column in columns if column.head)
    ]


def _candidates(
    table: Table, columns: Mapping[int, Column], open_columns: Sequence[Column]
) -> set[int]:
    """The open columns that hold marks, and the blank ones that stand among the parties."""
    marks = [c for c in columns.values() if c.is_marks or isinstance(c.meaning, Party)]
    heads = {c.head.at for c in marks if c.head}
    names = [c.at for c in columns.values() if c.meaning is Field.NAME or _is_level(c)]
    first = max(names, default=0)
    stops = (c.at for c in columns.values() if c.meaning is Field.DESCRIPTION and c.at > first)
    last = min(stops, default=10**6) if marks or not table.rows else 10**6
    blank = range(first + 1, last) if names or marks else range(0)
    return {
        c.at
        for c in open_columns
        if c.is_marks
        or (c.head and c.head.at in heads)
        or (c.at in blank and all(len(text.strip()) <= _SHORTEST_WORD for text in c.values))
    }


def _settle_names(columns: Mapping[int, Column]) -> None:
    """Several columns of names are levels from left to right; a single one is just the names."""
    names = [c for c in columns.values() if c.meaning is Field.NAME or _is_level(c)]
    chosen = [c for c in names if c.how is How.CHOSEN]
    filled = [c for c in names if c.values] or names[:1]
    if not filled and not chosen:
        _name_by_shape(columns)
        return
    for column in names:
        if column not in filled:
            column.meaning = Field.IGNORE if column.how is not How.CHOSEN else column.meaning
    if len(filled) == 1:
        filled[0].meaning = Field.NAME
        return
    for rank, column in enumerate(sorted(filled, key=lambda c: c.at), 1):
        column.meaning = Level(rank)


def _name_by_shape(columns: Mapping[int, Column]) -> None:
    """No header says 作業項目: the column left of the marks with the longest texts is it."""
    first = min((c.at for c in columns.values() if isinstance(c.meaning, Party)), default=0)
    open_columns = [c for c in columns.values() if c.meaning is None and c.at < first and c.values]
    if open_columns:
        best = max(open_columns, key=lambda c: sum(len(t) for t in c.values))
        best.meaning, best.how = Field.NAME, How.SHAPE


def _settle_single(columns: Mapping[int, Column], field_: Field) -> None:
    """Of several columns with the same words the first with anything in it counts.

    Columns under one merged header stay together.
    """
    found = [c for c in columns.values() if c.meaning is field_]
    kept = next((c for c in found if c.values), found[0] if found else None)
    for column in found:
        same = kept and kept.head and column.head and kept.head.at == column.head.at
        if column is not kept and not same and column.how is not How.CHOSEN:
            column.meaning, column.how = None, How.UNKNOWN


def _settle_description(columns: Mapping[int, Column]) -> None:
    found = [c for c in columns.values() if c.meaning is Field.DESCRIPTION]
    best = next((c for c in found if c.how is How.CHOSEN), None)
    if best is None:
        best = min(found, key=_description_rank) if found else None
    for column in found:
        same = best and best.head and column.head and best.head.at == column.head.at
        if column is not best and not same and column.how is not How.CHOSEN:
            column.meaning, column.how = None, How.UNKNOWN


def _description_rank(column: Column) -> tuple[bool, int, int]:
    return (not column.values, DESCRIPTIONS.get(match_key(column.text), 99), column.at)


def _remark(table: Table, columns: Mapping[int, Column], found: Understanding) -> None:
    """What a person should know about the columns, and what stops the reading."""
    found.remarks += _oddities(table, columns, found)
    meanings = [c.meaning for c in columns.values()]
    if not any(m is Field.NAME or isinstance(m, Level) for m in meanings):
        place = table.sheet.place(table.top, 1)
        found.problems.append(Problem("「作業項目」の列が見つかりません。", place))
    for column in columns.values():
        if column.meaning is None and column.is_marks:
            place = table.sheet.place(table.top, column.at)
            message = (
                "列の見出しが何を指すか分かりません。--columns で指定してください。"
                if column.text
                else "記号のある列に見出しがありません。列の名称を書き足してください。"
            )
            found.problems.append(Problem(message, place, column.text))


def _oddities(
    table: Table, columns: Mapping[int, Column], found: Understanding
) -> Iterator[Remark]:
    seen: dict[int, Column] = {}
    for column in columns.values():
        if not isinstance(column.meaning, Party):
            continue
        role = found.roles[column.meaning.index]
        place = table.sheet.place(column.head.at[0] if column.head else table.top, column.at)
        before = seen.setdefault(column.meaning.index, column)
        same = before.head and column.head and before.head.at == column.head.at
        if before is not column and not same:
            message = f"列「{role.name}」が重複しています。値は1つの列にまとめます。"
            yield Remark(place, Code.COLUMN_DOUBLED, role.name, message)
        if column.how is How.SIMILAR:
            message = f"見出し「{column.text}」を、似ている列「{role.name}」として読み取りました。"
            yield Remark(place, Code.HEADER_MATCHED, column.text, message)
        elif column.how is How.ALIAS or (column.how is How.NAME and column.text != role.name):
            message = f"見出し「{column.text}」を「{role.name}」として読み取りました。"
            yield Remark(place, Code.HEADER_WORDING, column.text, message)


def _is_level(column: Column) -> bool:
    return isinstance(column.meaning, Level)
