"""Write two grids side by side as 新旧対照表: 新 | 旧 | 変更理由, what changed underlined.

A3 landscape, print-ready. Nothing is hidden in it, and it does not come back as a matrix.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xlsxwriter.worksheet import Worksheet

from projects.domain.change_kinds import Row, headings
from projects.domain.comparison import Pair
from projects.domain.grid import Grid, Item
from projects.domain.plan import Act, ItemLine
from projects.domain.text.word_diff import Segment, segments
from projects.excel.mark_sheet import MarkSheet
from projects.excel.row_heights import list_height
from projects.excel.styles import Styles
from projects.excel.workbook import new_book, print_pages, sheet_name

TITLE = "新旧対照表"
ADDED, REMOVED, NOTHING = "（新設）", "（削除）", "違いはありません。"
_SIDE = (("項番", 7.0), ("作業項目", 32.0), ("分担", 26.0), ("作業内容", 40.0))
_COLUMNS = (*_SIDE, *_SIDE, ("変更理由", 30.0))
_WIDTHS = [width for _, width in _COLUMNS]
_REASON = len(_COLUMNS) - 1
Text = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the table: which two are compared, and what changed besides the rows."""

    old: str
    new: str
    more: Sequence[str] = field(default=())


def sheet(pair: Pair, rows: Sequence[Row], head: Head, reasons: Mapping[str, str]) -> bytes:
    """Write the rows as .xlsx; `reasons` has the text of 変更理由 by uid."""
    stream = io.BytesIO()
    with new_book(stream, TITLE, pair.plan.after.issuer) as book:
        writer = _Writer(book.add_worksheet(sheet_name(TITLE), MarkSheet), Styles(book))
        writer.head(pair.plan.after, head)
        texts = _Texts(pair)
        for row in rows:
            item = row.line.shown
            writer.row(texts.of(row), reasons.get(item.uid, ""), heading=row.context)
        if not rows:
            writer.row(((Segment(NOTHING, False),),), "", heading=False)
        writer.finish(pair.plan.after.document_number)
    return stream.getvalue()


class _Texts:
    """The texts of a row, those of the new side first."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._was_below = headings(pair.plan.before.items)
        self._will_be_below = headings(pair.plan.after.items)

    def of(self, row: Row) -> tuple[Text, ...]:
        line = row.line
        if row.context:
            return (*_heading(line.after or line.shown), *_heading(line.before or line.shown))
        if line.after is None or line.before is None:
            return self._one_sided(line)
        return (*self._side(line, new=True), *self._side(line, new=False))

    def _one_sided(self, line: ItemLine) -> tuple[Text, ...]:
        created = line.act is Act.CREATED
        item, names = line.shown, None if created else self._pair.old_names
        grid = self._pair.plan.after if created else self._pair.plan.before
        everything = {role.name for role in grid.roles}
        own = (
            _whole(item.number),
            _whole(item.name),
            _parts(grid, item, everything, names),
            _whole(item.description),
        )
        other = ((), _whole(ADDED if created else REMOVED), (), ())
        return (*own, *other) if created else (*other, *own)

    def _side(self, line: ItemLine, *, new: bool) -> tuple[Text, ...]:
        plan = self._pair.plan
        grid, item = (plan.after, line.after) if new else (plan.before, line.before)
        if item is None:
            return ()
        changed = {cell.role for cell in line.cells}
        names = None if new else self._pair.old_names
        return (
            _piece(line, "number", new=new),
            (*_piece(line, "name", new=new), *self._place(line, new=new)),
            _parts(grid, item, changed, names),
            _piece(line, "description", new=new),
        )

    def _place(self, line: ItemLine, *, new: bool) -> Text:
        """Where a row that moved stands, on either side."""
        if not line.moved:
            return ()
        below = self._will_be_below if new else self._was_below
        above = below.get(line.shown.uid)
        where = f"「{above.name}」の下" if above else "最上位"
        return _whole(f"\n（移動{'後' if new else '前'}：{where}）")


def _heading(item: Item) -> tuple[Text, ...]:
    return ((Segment(item.number, False),), (Segment(item.name, False),), (), ())


def _whole(text: str) -> Text:
    return (Segment(text, True),) if text else ()


def _piece(line: ItemLine, name: str, *, new: bool) -> Text:
    """A text of the row on one side, the changed words marked."""
    found = segments(getattr(line.before, name), getattr(line.after, name))
    return found.new if new else found.old


def _parts(grid: Grid, item: Item, changed: Iterable[str], names: Mapping[str, str] | None) -> Text:
    """Who does the row, a line per symbol from the strongest: 「◎ 甲社、乙社」."""
    marked = frozenset(changed)
    found: list[Segment] = []
    for symbol in grid.symbols:
        roles = [r.name for r, mark in zip(grid.roles, item.marks, strict=True) if mark == symbol]
        lead = f"\n{symbol} " if found else f"{symbol} "
        for name in roles:
            found.append(Segment(lead, False))
            found.append(Segment(names.get(name, name) if names else name, name in marked))
            lead = "、"
    return tuple(found)


class _Writer:
    """The sheet as it grows; rows leave as they are written."""

    def __init__(self, sheet: Worksheet, styles: Styles) -> None:
        self._sheet, self._styles = sheet, styles
        self._next = 0
        self._top = 0
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)

    def head(self, grid: Grid, head: Head) -> None:
        """Write title, what is compared, and the two header rows."""
        title = f"{grid.document_number}　{grid.title}　{TITLE}".strip("　")
        lines = (f"新：{head.new}", f"旧：{head.old}", *head.more)
        for text, style in ((title, self._styles.title), *((t, self._styles.plain) for t in lines)):
            self._sheet.write_string(self._next, 0, text, style)
            self._next += 1
        self._top, header = self._next, self._styles.header
        for place, word in ((0, "新"), (len(_SIDE), "旧")):
            self._sheet.merge_range(
                self._top, place, self._top, place + len(_SIDE) - 1, word, header
            )
        self._sheet.write_blank(self._top, _REASON, None, header)
        for column, (word, _) in enumerate(_COLUMNS):
            self._sheet.write_string(self._top + 1, column, word, header)
        self._next += 2

    def row(self, texts: Sequence[Text], reason: str, *, heading: bool) -> None:
        plain = ["".join(piece.text for piece in text) for text in texts]
        every = [*plain, *[""] * (_REASON - len(plain)), reason]
        self._sheet.set_row(self._next, list_height(list(zip(every, _WIDTHS, strict=True))))
        for column, text in enumerate([*texts, *[()] * (_REASON - len(texts))]):
            self._write(column, text, level=3 if heading else 4)
        self._write(_REASON, (Segment(reason, False),) if reason else (), level=3 if heading else 4)
        self._next += 1

    def finish(self, title: str) -> None:
        print_pages(self._sheet, paper=8, repeat=(self._top, self._top + 1), title=title)
        self._sheet.freeze_panes(self._top + 2, 0)
        self._sheet.print_area(0, 0, self._next - 1, _REASON)

    def _write(self, column: int, text: Text, *, level: int) -> None:
        """One cell; a rich string only where there is more than one piece, none of them empty."""
        pieces = [piece for piece in text if piece.text]
        whole = "".join(piece.text for piece in pieces)
        at = (self._next, column)
        style = self._styles.text(whole, level=level, name="cell")
        if not pieces:
            self._sheet.write_blank(*at, None, style)
        elif len({piece.changed for piece in pieces}) == 1:
            changed = pieces[0].changed
            self._sheet.write_string(*at, whole, self._styles.changed(whole) if changed else style)
        else:
            self._sheet.write_rich_string(*at, *self._fragments(pieces), style)

    def _fragments(self, pieces: Iterable[Segment]) -> Iterator[object]:
        for piece in pieces:
            yield self._styles.changed_piece if piece.changed else self._styles.piece
            yield piece.text
