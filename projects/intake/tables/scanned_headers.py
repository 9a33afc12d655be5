"""The header rows of a scanned table: what its columns are, and what is odd about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from projects.domain.grid import Role, clean_line
from projects.domain.text.match_key import match_key
from projects.intake.files.markdown import Table
from projects.intake.text.cell_address import a1
from projects.intake.text.column_definitions import Columns, Meaning, Party, meaning_of, role_keys
from projects.intake.text.remarks import Code, IntakeError, Place, Problem, Remark
from projects.intake.text.vocabulary import Field, field_of


def header_length(table: Table) -> int:
    """How many rows the header has: those before the first with a number of its own."""
    for index, row in enumerate(table.rows):
        if row.cells[0] and field_of(row.cells[0]) is not Field.NUMBER:
            return index
    return len(table.rows)


def column_headers(table: Table, length: int) -> list[str]:
    """The lowest nonblank header text of each column."""
    width = max(len(row.cells) for row in table.rows)
    found = [""] * width
    for row in table.rows[:length]:
        for index, text in enumerate(row.cells):
            found[index] = text or found[index]
    return found


def infer_roles(table: Table) -> tuple[Role, ...]:
    """The parties that a table's header names: every column that is no field."""
    headers = column_headers(table, header_length(table))
    names = [clean_line(text) for text in headers if text and field_of(text) is None]
    return tuple(Role(name) for name in dict.fromkeys(names))


def infer_columns(table: Table, roles: Sequence[Role]) -> Columns:
    """Meanings by the header's words. IntakeError when a column with content says nothing known."""
    length = header_length(table)
    keys = role_keys(roles)
    headers = column_headers(table, length)
    meanings = tuple(meaning_of(text, keys) for text in headers)
    problems = [
        Problem("列の見出しが何を指すか分かりません。--columns で指定してください。", place, text)
        for place, text in _unknown(table, length, headers, meanings)
    ]
    if Field.NAME not in meanings:
        problems.append(Problem("「作業項目」の列が見つかりません。", Place("A1", table.index)))
    if problems:
        raise IntakeError(*problems)
    return meanings


def _unknown(
    table: Table, length: int, headers: Sequence[str], meanings: Columns
) -> Iterator[tuple[Place, str]]:
    for index, (text, meaning) in enumerate(zip(headers, meanings, strict=True)):
        body = (row.cells[index : index + 1] for row in table.rows[length:])
        if meaning is None and any(cell for cells in body for cell in cells):
            yield Place(a1(1, index + 1), table.index), text


@dataclass(frozen=True, slots=True)
class HeaderReader:
    """Compares a table's header with what its columns mean."""

    roles: Sequence[Role]
    keys: Mapping[str, int]

    def remarks(self, table: Table, columns: Columns, length: int) -> Iterator[Remark]:
        """Everything a person should know about the header, column by column."""
        yield from self._missing(table, columns)
        seen: set[Meaning] = set()
        for column, meaning in enumerate(columns, 1):
            if meaning is None or meaning is Field.IGNORE:
                continue
            if meaning in seen:
                place = Place(a1(1, column), table.index)
                message = f"列「{self._name(meaning)}」が重複しています。値は1つの列にまとめます。"
                yield Remark(place, Code.COLUMN_DOUBLED, self._name(meaning), message)
            seen.add(meaning)
            yield from self._column(table, column, meaning, length)

    def _missing(self, table: Table, columns: Columns) -> Iterator[Remark]:
        wanted: list[Meaning] = [*(Party(i) for i in range(len(self.roles))), Field.DESCRIPTION]
        for meaning in wanted:
            if meaning not in columns:
                message = f"この表には列「{self._name(meaning)}」がありません。空欄として扱います。"
                yield Remark(Place("A1", table.index), Code.COLUMN_MISSING, "", message)

    def _column(self, table: Table, column: int, meaning: Meaning, length: int) -> Iterator[Remark]:
        cells = [
            (i, row.cells[column - 1 : column]) for i, row in enumerate(table.rows[:length], 1)
        ]
        texts = [(i, text) for i, found in cells for text in found if text]
        if not texts:
            message = f"見出しが空の列です。「{self._name(meaning)}」として読み取りました。"
            yield Remark(Place(a1(1, column), table.index), Code.HEADER_BLANK, "", message)
        for row, text in texts:
            code = self._oddity(text, meaning)
            if code:
                message = f"見出し「{text}」を「{self._name(meaning)}」として読み取りました。"
                yield Remark(Place(a1(row, column), table.index), code, text, message)

    def _oddity(self, text: str, meaning: Meaning) -> Code | None:
        said = meaning_of(text, self.keys)
        if said == meaning:
            return None if self._is_plain(text, meaning) else Code.HEADER_WORDING
        return Code.HEADER_DISAGREES

    def _is_plain(self, text: str, meaning: Meaning) -> bool:
        if isinstance(meaning, Party):
            return text == self.roles[meaning.index].name
        return match_key(text) == match_key(self._name(meaning))

    def _name(self, meaning: Meaning) -> str:
        if isinstance(meaning, Party):
            return self.roles[meaning.index].name
        names = {Field.NUMBER: "項番", Field.NAME: "作業項目", Field.DESCRIPTION: "作業内容"}
        return names.get(meaning, "") if isinstance(meaning, Field) else ""
