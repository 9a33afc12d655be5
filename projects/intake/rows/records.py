"""The rows below a header → records: one per task, its texts and raw marks with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from projects.domain.grid import clean_line, clean_text
from projects.intake.rows.cell_ledger import Ledger, Record
from projects.intake.rows.non_task_rows import Asides
from projects.intake.tables.column_profile import Column
from projects.intake.tables.header_search import Spread, Table
from projects.intake.text.column_definitions import Level, Meaning, Party
from projects.intake.text.number_shapes import shape
from projects.intake.text.remarks import Code, Problem
from projects.intake.text.vocabulary import NOTE, PAGE, SAME, Field, visible

_NEITHER = "項番も作業項目もない行です。"
_CARRIAGE = re.compile("_x000D_\n?")
_TEXTS = {Field.NAME, Field.DESCRIPTION}
_NUMBERED = 0.9
_STOPS = re.compile(
    r"[、，・/／のをとがに及び並び又は]$|(?:および|ならびに|または|に係る|における|による)$"
)
_RESUMES = re.compile(r"[)）」』】、，・。]|(?:及び|並びに|又は|に係る|における|による|等の)")
_CJK_END = re.compile(r"[\u3000-\u9fff\uff00-\uffef]$")


class Rows:
    """Reads the data rows of one table."""

    def __init__(
        self, table: Table, spread: Spread, columns: Mapping[int, Column], ledger: Ledger
    ) -> None:
        self._table, self._sheet, self._spread = table, table.sheet, spread
        self._ledger = ledger
        self._meanings: dict[int, Meaning | None] = {c.at: c.meaning for c in columns.values()}
        self._numbers = self._columns(Field.NUMBER)
        self._levels = {at: m.rank for at, m in self._meanings.items() if isinstance(m, Level)}
        self._names = [*self._columns(Field.NAME), *self._levels]
        self._first = min([*self._numbers, *self._names], default=1)
        self._beside = set(self._columns(Field.LEGEND))
        self._parties = {at: m.index for at, m in self._meanings.items() if isinstance(m, Party)}
        self._numbered = self._has_numbers()
        self._asides = Asides(table, columns, ledger)

    def records(self) -> Iterator[Record]:
        """The records in order; what is none goes into the ledger."""
        before: Record | None = None
        for row in self._table.rows:
            cells = self._cells(row)
            if not cells or self._is_no_record(before, row, cells):
                continue
            found = self._record(row, cells)
            if found and before:
                yield before
            before = found or before
        if before:
            yield before

    def _cells(self, row: int) -> dict[int, str]:
        """The filled cells of a row that people see, without those of a legend beside the table."""
        cells = self._sheet.cells(row)
        for at in sorted(self._beside & cells.keys()):
            self._ledger.outside.append(((row, at), self._sheet, cells.pop(at)))
            self._ledger.preface += 1
        if row not in self._spread.rows:
            return cells
        for at in [at for at in cells if self._spread.anchor(row, at) != (row, at)]:
            message = "結合セルに隠れて見えない値のため取り込みません。"
            place = self._sheet.place(row, at)
            self._ledger.remark(place, Code.CELL_SKIPPED, cells.pop(at), message)
            self._ledger.skipped += 1
        return cells

    def _is_no_record(self, before: Record | None, row: int, cells: Mapping[int, str]) -> bool:
        """Whether the row is more of the record before it, or stands around the table."""
        if before and self._is_more(before, row, cells):
            return self._join(before, row, cells)
        if self._asides.take(row, cells):
            return True
        if before and self._is_rest(before, cells):
            return self._join(before, row, cells)
        return False

    def _columns(self, wanted: Field) -> list[int]:
        return [at for at, meaning in self._meanings.items() if meaning is wanted]

    def _has_numbers(self) -> bool:
        """Whether nearly every row with a mark has a number, so that one without is no task."""
        filled = (self._sheet.cells(row) for row in self._table.rows)
        marked = [
            any(at in cells for at in self._numbers)
            for cells in filled
            if not self._parties.keys().isdisjoint(cells)
        ]
        return bool(self._numbers and marked) and sum(marked) >= _NUMBERED * len(marked)

    def _belongs_to(self, before: Record, row: int) -> bool:
        """Whether a merged number, or a merged only name, spans from the record to this row."""
        if row not in self._spread.rows:
            return False
        keys = self._numbers or (self._names if len(self._names) == 1 else [])
        return any(
            (merge := self._spread.over(row, at)) is not None and merge.top <= before.row < row
            for at in keys
        )

    def _is_more(self, before: Record, row: int, cells: Mapping[int, str]) -> bool:
        """More of the same merged row, or of the description right below it, which is no note."""
        if self._belongs_to(before, row):
            return True
        if row != (before.last or before.row) + 1:
            return False
        own = all(self._meanings.get(at) is Field.DESCRIPTION for at in cells)
        texts = map(str.strip, cells.values())
        return own and not any(NOTE.match(t) or PAGE.match(t) for t in texts)

    def _is_rest(self, before: Record, cells: Mapping[int, str]) -> bool:
        """A row with more of the description above, or with the rest of a numbered task."""
        if not self._parties.keys().isdisjoint(cells):
            return False
        meanings = {self._meanings.get(at) for at in cells}
        if meanings == {Field.DESCRIPTION}:
            return True
        if not (before.number and self._numbered and meanings <= _TEXTS):
            return False
        rest = next(text for at, text in cells.items() if self._meanings[at] is Field.NAME)
        return Field.DESCRIPTION in meanings or _goes_on(before.name, rest.strip())

    def _record(self, row: int, cells: Mapping[int, str]) -> Record | None:
        record = Record(self._sheet, row)
        parties = {} if self._sheet.errors else self._parties
        for at, raw in cells.items():
            if at in parties:  # nearly all cells are marks, and errors are rare
                record.marks.setdefault(parties[at], []).append(((row, at), raw))
            else:
                self._take(record, row, at, raw)
        if row in self._spread.rows:
            self._take_spread(record, row, cells)
        record.unknown = self._unknown(row)
        if row in self._sheet.hidden_rows:
            message = "非表示の行です。取り込みます。"
            place = self._sheet.place(row, min(cells))
            self._ledger.remark(place, Code.ROW_HIDDEN, record.name, message)
        if record.names:
            return record
        if record.number and not record.marks and len(cells) == 1 and self._is_band(record):
            return self._band(record, min(cells))
        if record.depth and not record.number and not record.marks:
            self._ledger.imported -= len(cells)
            self._asides.skip(row, cells, _NEITHER)
            return None
        what = f"項番{record.number[:20]}の作業項目が空です。" if record.number else _NEITHER
        self._ledger.problems.append(Problem(what, self._sheet.place(row, self._first)))
        return None

    def _unknown(self, row: int) -> set[int]:
        if not self._sheet.uncached:
            return set()
        return {index for at, index in self._parties.items() if (row, at) in self._sheet.uncached}

    def _is_band(self, record: Record) -> bool:
        """Whether the only text of a row, among the numbers, is a heading and no number."""
        merge = self._spread.over(record.row, self._numbers[0])
        wide = merge is not None and any(merge.left < at <= merge.right for at in self._names)
        return wide or not shape(record.number)

    def _band(self, record: Record, at: int) -> Record:
        """A heading that was written over the whole width, from the column of numbers."""
        record.names[0], record.number = record.number, ""
        record.name_at = (record.row, at)
        return record

    def _take(self, record: Record, row: int, at: int, raw: str) -> None:
        if (row, at) in self._sheet.errors:
            message = "エラー値は読み取れません。値に置き換えてください。"
            self._ledger.problems.append(Problem(message, self._sheet.place(row, at), raw))
            return
        if at in self._parties:
            record.marks.setdefault(self._parties[at], []).append(((row, at), raw))
            return
        match self._meanings.get(at):
            case Level() | Field.NAME:
                if not self._take_name(record, row, at, raw):
                    return
            case Field.NUMBER:
                self._take_number(record, row, at, raw)
            case Field.DESCRIPTION:
                text = self._shown(row, at, raw, clean_text)
                record.description = f"{record.description}\n{text}".strip()
                record.description_at = (row, at)
            case Field.LEVEL:
                record.depth = raw.strip()
            case _:
                self._ledger.skipped += 1
                message = "意味のない列のため取り込みません。"
                place = self._sheet.place(row, at)
                self._ledger.remark(place, Code.CELL_SKIPPED, raw, message)
                return
        self._ledger.imported += 1

    def _take_name(self, record: Record, row: int, at: int, raw: str) -> bool:
        """False for a word such as 同上 in a column of levels, which means the heading above."""
        rank = self._levels.get(at, 0)
        if rank and raw.strip() in SAME:
            self._ledger.skipped += 1
            message = "上の行と同じという意味のため、上の行の値を使います。"
            place = self._sheet.place(row, at)
            self._ledger.remark(place, Code.CELL_SKIPPED, raw, message)
            return False
        text = self._shown(row, at, raw, clean_line)
        joined = f"{record.names[rank]} {text}" if rank in record.names else text
        record.names[rank] = joined
        if not record.indent:
            record.name_at = (row, at)
            record.indent = self._sheet.indents.get((row, at), 0)
            record.spaces = _leading(raw)
        return True

    def _take_number(self, record: Record, row: int, at: int, raw: str) -> None:
        text = clean_line(visible(raw))
        if (row, at) in self._sheet.dates:
            parts = self._sheet.dates[row, at][:10].split("-")
            text = "-".join(str(int(part)) for part in parts[1:]) if len(parts) == 3 else text
            message = f"項番が日付として保存されています。「{text}」として読み取りました。"
            place = self._sheet.place(row, at)
            self._ledger.remark(place, Code.NUMBER_IS_DATE, raw, message)
        record.number = f"{record.number}-{text}" if record.number else text

    def _shown(self, row: int, at: int, raw: str, clean: object) -> str:
        """The text as shown: no characters that no one sees, and a remark where there were."""
        seen = visible(_CARRIAGE.sub("\n", raw) if "_x000D_" in raw else raw)
        if seen != raw:
            message = "見えない文字を除き、文字の合成形をそろえました。"
            place = self._sheet.place(row, at)
            self._ledger.remark(place, Code.TEXT_CLEANED, raw, message)
        if (row, at) in self._sheet.struck:
            place = self._sheet.place(row, at)
            message = "取り消し線のある文です。文はそのまま取り込みます。"
            self._ledger.remark(place, Code.TEXT_STRUCK, raw, message)
        return clean(seen)  # type: ignore[operator, no-any-return]

    def _take_spread(self, record: Record, row: int, cells: Mapping[int, str]) -> None:
        """What merged cells show here although it is stored elsewhere."""
        for at in (*self._parties, *self._levels):
            merge = self._spread.over(row, at) if at not in cells else None
            raw = self._sheet.text(merge.top, merge.left) if merge else ""
            if merge is None or not raw.strip():
                continue
            if at in self._levels:
                if merge.left == at and merge.top < row:
                    record.names.setdefault(self._levels[at], clean_line(visible(raw)))
            elif merge.left in self._parties:
                record.marks.setdefault(self._parties[at], []).append(((row, at), raw))

    def _join(self, before: Record, row: int, cells: Mapping[int, str]) -> bool:
        """A second row of the same task: its texts follow those above. Always true."""
        message = "前の行の続きとして、1つの作業にまとめました。"
        place = self._sheet.place(row, min(cells))
        raw = "・".join(text.strip() for text in cells.values())
        self._ledger.remark(place, Code.ROW_JOINED, raw, message)
        before.last = row
        more = Record(self._sheet, row)
        for at, text in cells.items():
            self._take(more, row, at, text)
        for rank, text in more.names.items():
            before.names[rank] = _put_together(before.names.get(rank, ""), text)
        before.description = f"{before.description}\n{more.description}".strip()
        if more.number:
            before.number = f"{before.number}{more.number}"
        for index, found in more.marks.items():
            before.marks.setdefault(index, []).extend(found)
        return True


def _goes_on(name: str, rest: str) -> bool:
    """Whether a name stops in the middle, so that the text below is the rest of it."""
    opened = sum(name.count(sign) for sign in "(（「『【") > sum(
        name.count(sign) for sign in ")）」』】"
    )
    return opened or bool(_STOPS.search(name)) or bool(_RESUMES.match(rest))


def _put_together(first: str, second: str) -> str:
    if not first or not second or _CJK_END.search(first):
        return first + second
    return f"{first} {second}"


def _leading(raw: str) -> int:
    """The width of the leading spaces: a wide one counts two."""
    width = 0
    for char in raw:
        if char not in " \u3000\t\xa0":
            break
        width += 1 if char in " \xa0" else 2
    return width
