"""The raw marks of records → symbols of the legend, with every doubt named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from projects.intake.files.book import Merge, Position, Sheet
from projects.intake.rows.cell_ledger import Ledger, Record
from projects.intake.tables.column_profile import Column
from projects.intake.tables.header_search import Spread
from projects.intake.text.column_definitions import Party
from projects.intake.text.corrections import SKIP
from projects.intake.text.mark_symbols import Symbol, read_symbol
from projects.intake.text.remarks import Code, Place, Problem


@dataclass(slots=True)
class Marks:
    """Reads the marks of one table's records."""

    symbols: tuple[str, ...]
    chosen: Mapping[str, str]
    ledger: Ledger
    ask_unknown: bool = False
    asked: dict[str, list[Place]] = field(default_factory=dict)
    _reported: set[tuple[int, Merge]] = field(default_factory=set)

    def read(
        self, record: Record, spread: Spread, columns: Mapping[int, Column], width: int
    ) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The symbols of a row by role, and the roles whose cell stays as the project has it."""
        found = [""] * width
        kept = list(record.unknown)
        plain, struck, merged = 0, record.sheet.struck, record.row in spread.rows or record.last
        for index, cells in record.marks.items():
            at, raw = cells[0]
            odd = at in struck or (merged and spread.over(*at))
            if raw in self.symbols and len(cells) == 1 and not odd:
                plain += 1
                found[index] = raw
            else:
                symbol = self._of_cells(record, cells, spread, columns)
                found[index] = symbol or ""
                kept += [index] if symbol is None else []
        self.ledger.imported += plain
        return tuple(found), tuple(kept)

    def _of_cells(
        self,
        record: Record,
        cells: Sequence[tuple[Position, str]],
        spread: Spread,
        columns: Mapping[int, Column],
    ) -> str | None:
        """The symbol of a role's cells, of several the strongest; None to leave the cell alone."""
        found: list[tuple[str, Position, str]] = []
        for at, raw in cells:
            symbol = self.of_cell(record.sheet, at, raw, spread, columns, last=record.last)
            if symbol is None:
                return None
            if symbol:
                found.append((symbol, at, raw))
        if not found:
            return ""
        strongest = min((symbol for symbol, _, _ in found), key=self.symbols.index)
        if len({symbol for symbol, _, _ in found}) > 1:
            raw = " ".join(text.strip() for _, _, text in found)
            message = f"複数の記号があるため、強い方の「{strongest}」を採りました。"
            self.ledger.remark(record.sheet.place(*found[-1][1]), Code.TWO_MARKS, raw, message)
        return strongest

    def of_cell(
        self,
        sheet: Sheet,
        at: Position,
        raw: str,
        spread: Spread,
        columns: Mapping[int, Column],
        *,
        last: int = 0,
    ) -> str | None:
        """The symbol of one cell; None to leave the project's cell alone.

        `last` is the last row of the task, where a task has several.
        """
        place = sheet.place(*at)
        merge = spread.over(*at)
        own = merge is None or (merge.top, merge.left) == at
        if merge:
            self._tell_merged(sheet, merge, raw, columns, last)
        if own:
            self.ledger.imported += 1
        text = raw
        if at in sheet.struck:
            text = sheet.struck[at]
            rest = f"「{text.strip()}」" if text.strip() else "空欄"
            message = f"取り消し線のある記号のため、{rest}として読み取りました。"
            self.ledger.remark(place, Code.MARK_STRUCK, raw, message)
        return self._answered(place, text, own)

    def _answered(self, place: Place, text: str, own: bool) -> str | None:
        answer = self.chosen.get(text.strip())
        if answer is not None:
            return None if answer == SKIP else answer
        symbol = read_symbol(text, self.symbols)
        if symbol.symbol is None:
            return self._doubt(place, text, symbol, own)
        if symbol.code and own:
            self.ledger.remark(place, symbol.code, text, symbol.message)
        return symbol.symbol

    def _doubt(self, place: Place, text: str, symbol: Symbol, own: bool) -> str | None:
        if not own:
            return None
        self.ledger.imported -= 1
        known = "・".join(self.symbols)
        message = f"記号を読み取れません。凡例の {known} のいずれかにしてください。"
        if symbol.code is Code.MARK_ASKED:
            self._ask(place, symbol.code, text, symbol.message)
        elif self.ask_unknown:
            self._ask(place, Code.MARK_UNKNOWN, text, message)
        else:
            self.ledger.problems.append(Problem(message, place, text))
        return None

    def _ask(self, place: Place, code: Code, text: str, message: str) -> None:
        self.ledger.asked += 1
        self.asked.setdefault(text.strip(), []).append(place)
        self.ledger.remark(place, code, text, message)

    def _tell_merged(
        self, sheet: Sheet, merge: Merge, raw: str, columns: Mapping[int, Column], last: int
    ) -> None:
        """One remark for each merged cell that gives several cells their mark."""
        parties = {
            columns[at].meaning
            for at in range(merge.left, merge.right + 1)
            if at in columns and isinstance(columns[at].meaning, Party)
        }
        key = (id(sheet), merge)
        tall = merge.bottom > max(merge.top, last)
        if (len(parties) > 1 or tall) and key not in self._reported:
            self._reported.add(key)
            count = len(parties) * (merge.bottom - merge.top + 1)
            message = f"結合されたセルの記号を、{count}個のセルの記号として読み取りました。"
            self.ledger.remark(sheet.place(merge.top, merge.left), Code.MARK_MERGED, raw, message)
