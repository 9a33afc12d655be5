"""The rows among and below the tasks that are none: page headings, notes, legends and sums."""

from __future__ import annotations

import re
from collections.abc import Mapping

from projects.intake.rows.cell_ledger import Ledger
from projects.intake.tables.column_profile import Column
from projects.intake.tables.header_search import Table
from projects.intake.text.column_definitions import Level, Party
from projects.intake.text.legend import is_legend_head, is_legend_row, legend_entries, letters_of
from projects.intake.text.mark_symbols import looks_like_mark
from projects.intake.text.remarks import Code
from projects.intake.text.title_block import says_something
from projects.intake.text.vocabulary import NOTE, PAGE, Field, is_sum

_LEGEND_ROWS = 30
_NUMERIC = re.compile(r"[\d,.]+\s*[件個]?")


class Asides:
    """Knows the rows of one table that are no tasks."""

    def __init__(self, table: Table, columns: Mapping[int, Column], ledger: Ledger) -> None:
        self._table, self._sheet, self._ledger = table, table.sheet, ledger
        self._meanings = {column.at: column.meaning for column in columns.values()}
        self._numbers = [at for at, m in self._meanings.items() if m is Field.NUMBER]
        self._names = [
            at for at, m in self._meanings.items() if m is Field.NAME or isinstance(m, Level)
        ]
        self._parties = [at for at, m in self._meanings.items() if isinstance(m, Party)]
        self._used = self._symbols(columns)
        self._last = self._last_task()
        self._noted = False
        self._above = {
            text.strip() for row in range(1, table.top) for _, text in self._sheet.filled(row)
        }

    def take(self, row: int, cells: Mapping[int, str]) -> bool:
        """Whether a row is a page heading, a page number, a note or a sum, and put down so."""
        if self._is_sum(cells):
            return self.skip(row, cells, "合計の行のため取り込みません。")
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

    def _symbols(self, columns: Mapping[int, Column]) -> frozenset[str]:
        """The short texts in the parties' columns, and letters explained below the table."""
        below = self._table.rows[-_LEGEND_ROWS:]
        letters = letters_of(text for row in below for _, text in self._sheet.filled(row))
        parties = (c for c in columns.values() if isinstance(c.meaning, Party))
        return letters.union(t.strip() for c in parties for t in c.values if len(t.strip()) <= 2)

    def _is_legend(self, cells: Mapping[int, str]) -> bool:
        """Marks explained in the columns of numbers, names or parties."""
        if len(cells) == 1:
            (text,) = cells.values()
            return is_legend_head(text) or bool(legend_entries(text.strip(), self._used))
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
        if below and self._noted:
            return True
        if below and not any(at in self._names for at in cells):
            return True
        begins = NOTE.match(cells[min(cells)].strip())
        marked = any(looks_like_mark(text) for text in cells.values())
        return bool(begins) and not marked and (below or len(cells) <= 2)

    def _is_sum(self, cells: Mapping[int, str]) -> bool:
        words = [text for at, text in cells.items() if at in (*self._numbers, *self._names)]
        others = [text for at, text in cells.items() if at not in (*self._numbers, *self._names)]
        return (
            bool(words)
            and all(map(is_sum, words))
            and all(_NUMERIC.fullmatch(text.strip()) for text in others)
        )

    def _aside(self, row: int, cells: Mapping[int, str]) -> bool:
        self._ledger.outside += [((row, at), self._sheet, text) for at, text in cells.items()]
        self._ledger.preface += len(cells)
        self._noted = self._noted or row > self._last
        return True

    def skip(self, row: int, cells: Mapping[int, str], message: str) -> bool:
        self._ledger.skipped += len(cells)
        text = "・".join(text.strip() for text in cells.values())
        place = self._sheet.place(row, min(cells))
        self._ledger.remark(place, Code.ROW_SKIPPED, text, message)
        return True

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
