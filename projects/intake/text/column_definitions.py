"""What each column of a table means: from `columns.csv`, else from the words in its header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.domain.grid import Role, RoleKind, clean_line
from projects.domain.text.match_key import match_key
from projects.intake.text.remarks import IntakeError, Problem
from projects.intake.text.vocabulary import Field, field_of


@dataclass(frozen=True, slots=True)
class Party:
    """A column of marks; `index` counts the roles from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class Level:
    """A column of names of one level of the tree, from 1."""

    rank: int


Meaning = Field | Party | Level
Columns = tuple[Meaning | None, ...]

_WHOLE = re.compile("[1-9][0-9]{0,4}")


def role_keys(roles: Sequence[Role]) -> dict[str, int]:
    """Match key of every name, alias and short name → index of the role, the first of them wins.

    A short name that two roles have means neither.
    """
    shorts = Counter(match_key(role.short_name) for role in roles if role.short_name)
    short = {
        key: i for i, r in enumerate(roles) if shorts[key := match_key(r.short_name)] == 1 and key
    }
    aliases = {match_key(a): i for i, role in enumerate(roles) for a in role.aliases}
    return short | aliases | {match_key(role.name): i for i, role in enumerate(roles)}


def meaning_of(header: str, keys: Mapping[str, int]) -> Meaning | None:
    """What a header cell says, None when it says nothing known."""
    known = field_of(header)
    if known is not None:
        return known
    index = keys.get(match_key(header))
    return None if index is None else Party(index)


def parse_columns(data: bytes, *, role_count: int) -> dict[int, Columns]:
    """`columns.csv` (table,column,meaning; both counted from 1) → meanings per table.

    Meanings: number, name, description, ignore, party:N with N from 1. IntakeError with the line
    for anything else.
    """
    found: dict[int, dict[int, Meaning]] = defaultdict(dict)
    for line, row in _rows(data, ("table", "column", "meaning")):
        found[_whole(row["table"], line)][_whole(row["column"], line)] = _meaning(
            row["meaning"], line, role_count
        )
    return {
        table: tuple(cells.get(column) for column in range(1, max(cells) + 1))
        for table, cells in found.items()
    }


def parse_roles(data: bytes) -> tuple[Role, ...]:
    """`roles.csv` (position,name,short_name,kind,aliases with | between) → roles in order."""
    placed = []
    for line, row in _rows(data, ("position", "name")):
        kind = row.get("kind") or RoleKind.VENDOR
        if kind not in set(RoleKind):
            raise IntakeError(
                Problem(f"CSVの{line}行目: 種別「{kind}」は orderer・prime・vendor の何れか。")
            )
        aliases = tuple(a.strip() for a in (row.get("aliases") or "").split("|") if a.strip())
        name, short_name = (clean_line(row.get(key) or "") for key in ("name", "short_name"))
        if not name:
            raise IntakeError(Problem(f"CSVの{line}行目: 名称が空です。"))
        role = Role(name, short_name, RoleKind(kind))
        placed.append((_whole(row["position"], line), _with_aliases(role, aliases)))
    return tuple(role for _, role in sorted(placed, key=lambda pair: pair[0]))


def _with_aliases(role: Role, aliases: tuple[str, ...]) -> Role:
    return Role(role.name, role.short_name, role.kind, aliases)


def _rows(data: bytes, wanted: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise IntakeError(Problem("CSVの文字コードがUTF-8ではありません。")) from error
    try:
        missing = [name for name in wanted if name not in (reader.fieldnames or [])]
        rows = [(reader.line_num, row) for row in reader if any(row.values())]
    except csv.Error as error:
        message = f"CSVの{reader.line_num + 1}行目を読み取れません。"
        raise IntakeError(Problem(message)) from error
    if missing:
        raise IntakeError(Problem(f"CSVの1行目に列「{'、'.join(missing)}」がありません。"))
    return rows


def _whole(text: str | None, line: int) -> int:
    if not _WHOLE.fullmatch(text or ""):
        raise IntakeError(Problem(f"CSVの{line}行目: 「{text}」は1〜99999の整数ではありません。"))
    return int(text or "")


def _meaning(text: str | None, line: int, role_count: int) -> Meaning:
    name, _, number = (text or "").partition(":")
    if name == "party":
        index = _whole(number, line) - 1
        if index < role_count:
            return Party(index)
    elif name in {field.value for field in Field}:
        return Field(name)
    raise IntakeError(Problem(f"CSVの{line}行目: 列の意味「{text}」が分かりません。"))
