"""The rows below a header → records: one per task, its texts and raw marks with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from projects.grid import clean_line, clean_text
from projects.intake.columns import Level, Meaning, Party
from projects.intake.ledger import Ledger, Record
from projects.intake.legends import is_legend_row
from projects.intake.preface import says_something
from projects.intake.profile import Column
from projects.intake.remarks import Code, Problem, Remark
from projects.intake.shapes import shape
from projects.intake.symbols import looks_like_mark
from projects.intake.tables import Spread, Table
from projects.intake.words import NOTE, PAGE, SAME, Field, is_sum, visible

_NEITHER = "項番も作業項目もない行です。"
_NUMERIC = re.compile(r"[\d,.]+")
_CARRIAGE = re.compile("_x000D_\n?")
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
        self._names = self._columns(Field.NAME) + [
            at for at, meaning in self._meanings.items() if isinstance(meaning, Level)
        ]
        self._texts = dict.fromkeys((*self._numbers, *self._names))
        self._legends = self._columns(Field.LEGEND)
        self._first = min(self._texts, default=1)
        self._parties = {
            at: meaning.index
            for at, meaning in self._meanings.items()
            if isinstance(meaning, Party)
        }
        self._levels = {
            at: meaning.rank for at, meaning in self._meanings.items() if isinstance(meaning, Level)
        }
        self._merged = bool(self._sheet.merges)
        self._last = self._last_task()
        self._numbered = self._has_numbers()
        self._above = {
            text.strip() for row in range(1, table.top) for _, text in self._sheet.filled(row)
        }

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
        """The filled cells of a row, without those of a legend beside the table."""
        cells = self._sheet.cells(row)
        for at in [at for at in self._legends if at in cells]:
            self._ledger.around.append(((row, at), self._sheet, cells.pop(at)))
            self._ledger.preface += 1
        return cells

    def _is_no_record(self, before: Record | None, row: int, cells: Mapping[int, str]) -> bool:
        """Whether the row is more of the record before it, or stands around the table."""
        if before and self._is_more(before, row, cells):
            return self._join(before, row, cells)
        if self._is_aside(row, cells):
            return True
        if before and self._is_rest(before, cells):
            return self._join(before, row, cells)
        return False

    def _columns(self, wanted: Field) -> list[int]:
        return [at for at, meaning in self._meanings.items() if meaning is wanted]

    def _last_task(self) -> int:
        """The last row with a number that looks like one, or with a mark."""
        for row in reversed(self._table.rows):
            cells = self._sheet.cells(row)
            if not cells or self._is_legend(cells):
                continue
            texts = [cells[at].strip() for at in self._numbers if at in cells]
            if any(len(t) <= 8 and not NOTE.match(t) and not PAGE.match(t) for t in texts):
                return row
            if any(looks_like_mark(self._sheet.text(row, at)) for at in self._parties):
                return row
        return self._table.last

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
        if not self._merged:
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
        if (
            not before.number
            or not self._numbered
            or not meanings
            <= {
                Field.NAME,
                Field.DESCRIPTION,
            }
        ):
            return False
        rest = next(text for at, text in cells.items() if self._meanings[at] is Field.NAME)
        return Field.DESCRIPTION in meanings or _goes_on(before.name, rest.strip())

    def _is_aside(self, row: int, cells: Mapping[int, str]) -> bool:
        """Page headings, page numbers, notes and sums; they are remarked here."""
        if self._is_sum(cells):
            return self._skip(row, cells, "合計の行のため取り込みません。")
        if self._is_page_line(cells) or self._is_note(row, cells):
            return self._aside(row, cells)
        return False

    def _is_page_line(self, cells: Mapping[int, str]) -> bool:
        """The document's number, title block, legend or page number, repeated between pages."""
        texts = [text.strip() for text in cells.values()]
        if len(texts) == 1 and says_something(texts[0]):
            return True
        if self._above and all(text in self._above or PAGE.match(text) for text in texts):
            return not any(map(looks_like_mark, texts))
        if len(texts) > 3 or any(at in self._names for at in cells):
            return False
        plain = all(PAGE.match(text) or says_something(text) for text in texts)
        number = len(texts) == 1 and min(cells) in self._numbers and texts[0].isdecimal()
        return plain and not number and not any(map(looks_like_mark, texts))

    def _is_legend(self, cells: Mapping[int, str]) -> bool:
        """Marks explained in the columns of numbers, names or parties."""
        return is_legend_row(cells) and not (
            min(cells) in self._meanings
            and isinstance(self._meanings[min(cells)], Party)
            and all(self._meanings.get(at) is Field.DESCRIPTION for at in list(cells)[1:])
        )

    def _is_note(self, row: int, cells: Mapping[int, str]) -> bool:
        """A note: by its first word, or because it stands below the last task."""
        if self._is_legend(cells):
            return True
        below = row > self._last
        if below and any(at[0] > self._last for at, _, _ in self._ledger.around[-1:]):
            return True
        if below and not any(at in self._names for at in cells):
            return True
        if not (below or len(cells) <= 2) or not NOTE.match(cells[min(cells)].strip()):
            return False
        return not any(map(looks_like_mark, cells.values()))

    def _is_sum(self, cells: Mapping[int, str]) -> bool:
        words = [cells[at] for at in self._texts if at in cells]
        if not words or not all(map(is_sum, words)):
            return False
        others = [text for at, text in cells.items() if at not in self._texts]
        return all(_NUMERIC.fullmatch(text.strip()) for text in others)

    def _aside(self, row: int, cells: Mapping[int, str]) -> bool:
        self._ledger.around += [((row, at), self._sheet, text) for at, text in cells.items()]
        self._ledger.preface += len(cells)
        return True

    def _skip(self, row: int, cells: Mapping[int, str], message: str) -> bool:
        self._ledger.skipped += len(cells)
        text = "・".join(text.strip() for text in cells.values())
        place = self._sheet.place(row, min(cells))
        self._ledger.remarks.append(Remark(place, Code.ROW_SKIPPED, text, message))
        return True

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
            self._ledger.remarks.append(Remark(place, Code.ROW_HIDDEN, record.name, message))
        if record.names:
            return record
        if record.number and not record.marks and len(cells) == 1 and self._is_band(record):
            return self._band(record, min(cells))
        if record.depth and not record.number and not record.marks:
            self._ledger.imported -= len(cells)
            self._skip(row, cells, _NEITHER)
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
                self._ledger.remarks.append(Remark(place, Code.CELL_SKIPPED, raw, message))
                return
        self._ledger.imported += 1

    def _take_name(self, record: Record, row: int, at: int, raw: str) -> bool:
        """False for a word such as 同上 in a column of levels, which means the heading above."""
        meaning = self._meanings[at]
        rank = meaning.rank if isinstance(meaning, Level) else 0
        if rank and raw.strip() in SAME:
            self._ledger.skipped += 1
            message = "上の行と同じという意味のため、上の行の値を使います。"
            place = self._sheet.place(row, at)
            self._ledger.remarks.append(Remark(place, Code.CELL_SKIPPED, raw, message))
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
            self._ledger.remarks.append(Remark(place, Code.NUMBER_IS_DATE, raw, message))
        record.number = f"{record.number}-{text}" if record.number else text

    def _shown(self, row: int, at: int, raw: str, clean: object) -> str:
        """The text as shown: no characters that no one sees, and a remark where there were."""
        seen = visible(_CARRIAGE.sub("\n", raw) if "_x000D_" in raw else raw)
        if seen != raw:
            message = "見えない文字を除き、文字の合成形をそろえました。"
            place = self._sheet.place(row, at)
            self._ledger.remarks.append(Remark(place, Code.TEXT_CLEANED, raw, message))
        if (row, at) in self._sheet.struck:
            place = self._sheet.place(row, at)
            message = "取り消し線のある文です。文はそのまま取り込みます。"
            self._ledger.remarks.append(Remark(place, Code.TEXT_STRUCK, raw, message))
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
        self._ledger.remarks.append(Remark(place, Code.ROW_JOINED, raw, message))
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
