"""What each column of a table means: by its words, by the roles known, by what stands in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from projects.domain.grid import Role
from projects.domain.text.match_key import match_key
from projects.intake.tables.column_profile import Column, How, profile
from projects.intake.tables.header_search import Table
from projects.intake.tables.text_columns import (
    extend_fields,
    find_legend,
    is_level,
    name_fields,
    number_by_shape,
    settle_description,
    settle_names,
    settle_single,
)
from projects.intake.text.column_definitions import Level, Meaning, Party, role_keys
from projects.intake.text.corrections import Choices
from projects.intake.text.remarks import Code, Problem, Remark
from projects.intake.text.role_similarity import likenesses
from projects.intake.text.vocabulary import (
    Field,
    field_of,
    is_no_party,
)

# What is no longer may be a mark outside the legend, which is refused by name.
_SHORTEST_WORD = 2


@dataclass(slots=True)
class Understanding:
    """The columns of all tables, and the roles that they name together."""

    roles: list[Role]
    fixed: bool
    columns: list[dict[int, Column]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def index(self, name: str) -> int:
        """The role of that name, made when there is none."""
        for at, role in enumerate(self.roles):
            if role.name == name:
                return at
        self.roles.append(Role(name))
        return len(self.roles) - 1


def understand(
    tables: Sequence[Table], roles: Sequence[Role], choices: Choices, *, fixed: bool
) -> Understanding:
    """The meanings of the columns of all tables. `fixed`: there are no roles but the given."""
    found = Understanding(list(roles), fixed)
    for table in tables:
        columns = profile(table)
        _choose(columns, choices.columns.get(table.sheet.name, {}), found)
        name_fields(columns)
        find_legend(columns)
        extend_fields(table, columns)
        _name_others(columns, found)
        _name_parties(table, columns, found)
        _slid_descriptions(table, columns, found)
        settle_names(columns)
        number_by_shape(columns)
        settle_single(columns, Field.NUMBER)
        settle_description(columns)
        _remark(table, columns, found)
        found.columns.append(columns)
    return found


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


def _name_others(columns: Mapping[int, Column], found: Understanding) -> None:
    """期限, 担当者 and the like: columns that are no party's unless the project knows one so."""
    keys = role_keys(found.roles)
    for column in columns.values():
        if column.meaning is not None or not column.head or match_key(column.text) in keys:
            continue
        grouped = column.is_marks and column.head.above
        if not grouped and is_no_party(column.text, marked=column.is_marks):
            column.meaning, column.how = Field.IGNORE, How.WORD


def _name_parties(table: Table, columns: Mapping[int, Column], found: Understanding) -> None:
    """The columns of marks: known roles by name, alias and likeness, then new ones."""
    open_columns = [c for c in columns.values() if c.meaning is None and c.head]
    names = _party_names(open_columns)
    keys = role_keys(found.roles)
    known: dict[int, int] = {}
    for index, (column, name) in enumerate(zip(open_columns, names, strict=True)):
        texts = (name, column.text, "".join((*column.above[-1:], column.text)))
        role = next((keys[key] for text in texts if (key := match_key(text)) in keys), None)
        if role is not None:
            known[index] = role
            exact = match_key(found.roles[role].name) == match_key(name)
            column.meaning, column.how = Party(role), How.NAME if exact else How.ALIAS
    candidates = _candidates(table, columns, open_columns)
    candidates -= {
        c.at for c in open_columns if field_of(c.text) is Field.DESCRIPTION and c.is_drawn
    }
    similar = {} if found.fixed else likenesses(names, found.roles, known)
    for index, (column, name) in enumerate(zip(open_columns, names, strict=True)):
        if column.meaning is not None or column.at not in candidates:
            continue
        if index in similar:
            column.meaning, column.how = Party(similar[index].role), How.SIMILAR
        elif not found.fixed:
            column.meaning, column.how = Party(found.index(name)), How.SHAPE


def _slid_descriptions(table: Table, columns: Mapping[int, Column], found: Understanding) -> None:
    """A column of texts below a party's name, where no description has any, is the description."""
    if any(c.meaning is Field.DESCRIPTION and c.values for c in columns.values()):
        return
    first = min((c.at for c in columns.values() if isinstance(c.meaning, Party)), default=10**6)
    for column in columns.values():
        if column.how is How.CHOSEN or column.at <= first or not column.is_texts:
            continue
        if column.head and not isinstance(column.meaning, Party):
            continue
        code = Code.HEADER_DISAGREES if column.head else Code.HEADER_BLANK
        told = f"見出し「{column.text}」の列は文だけ" if column.head else "見出しの空の列は文"
        column.meaning, column.how = Field.DESCRIPTION, How.SHAPE
        place = table.sheet.place(column.head.at[0] if column.head else table.top, column.at)
        message = f"{told}のため、作業内容として読み取りました。"
        found.remarks.append(Remark(place, code, column.text, message))
        return


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
    names = [c.at for c in columns.values() if c.meaning is Field.NAME or is_level(c)]
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
        if before is not column and not column.shares_head(before):
            message = f"列「{role.name}」が重複しています。値は1つの列にまとめます。"
            yield Remark(place, Code.COLUMN_DOUBLED, role.name, message)
        if column.how is How.SIMILAR:
            message = f"見出し「{column.text}」を、似ている列「{role.name}」として読み取りました。"
            yield Remark(place, Code.HEADER_MATCHED, column.text, message)
        elif column.how is How.ALIAS or (column.how is How.NAME and column.text != role.name):
            message = f"見出し「{column.text}」を「{role.name}」として読み取りました。"
            yield Remark(place, Code.HEADER_WORDING, column.text, message)
