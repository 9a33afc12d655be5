"""Render a plan as rows of the matrix, with old → new in the cells. Pure.

Joined in Python and escaped once, like the matrix itself (`matrix`), since a plan may have
thousands of rows. Every single change may have a box to leave it out, named by the keys of
`leaving`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape

from projects.domain.change_kinds import Row, cell_change, columns_of, headings
from projects.domain.grid import role_places
from projects.domain.plan import Act, CellLine, ItemLine, Plan
from projects.domain.text.word_diff import Segment, segments

CHUNK = 24
BLANK = "空"
PER_PAGE = 2_000


def marked(old: str, new: str) -> tuple[str, str]:
    """Return both texts as HTML with <del> and <ins> on what changed; BLANK for none."""
    found = segments(old, new)
    return _pieces(found.old, "del"), _pieces(found.new, "ins")


class Table:
    """The rows' HTML; holds what is the same for every row, and the boxes found checked.

    With None as `left_out` no change has a box.
    """

    def __init__(self, plan: Plan, left_out: Collection[str] | None) -> None:
        self.left_out = left_out
        self.checked: list[str] = []
        self._columns = [name for name, _ in columns_of(plan)]
        self._labels = [escape(name) for name in self._columns]
        self._old = role_places(self._columns, plan.before.roles)
        self._new = role_places(self._columns, plan.after.roles)
        self._was_below = headings(plan.before.items)
        self._will_be_below = headings(plan.after.items)

    def html(self, rows: Sequence[Row]) -> str:
        return "".join(self._chunks(rows))

    def _chunks(self, rows: Sequence[Row]) -> Iterator[str]:
        for start in range(0, len(rows), CHUNK):
            lines = "".join(self._row(row) for row in rows[start : start + CHUNK])
            yield f'<tbody role="rowgroup">\n{lines}</tbody>\n'

    def _row(self, row: Row) -> str:
        line = row.line
        item = line.shown
        kind = f"l{min(item.level, 3)}" if row.context else line.act.value
        return (
            f'<tr role="row" class="{kind}" id="r-{item.uid}">'
            f'<th role="rowheader" scope="row" class="nm" data-level="{min(item.level, 9)}">'
            f"{self._name(line)}</th>{self._cells(line)}"
            f'<td role="cell" class="ds">{self._description(line)}</td></tr>\n'
        )

    def _name(self, line: ItemLine) -> str:
        item = line.shown
        parts = [f'<span class="n">{_text(item.number)}</span>', _text(item.name)]
        if line.act in (Act.CREATED, Act.REMOVED):
            word = "追加" if line.act is Act.CREATED else "削除"
            parts.append(self._note(word, "", "", f"row:{item.uid}"))
        if line.moved:
            parts.append(f'<span class="ch"><b>移動</b> {self._moved(line)}</span>')
        for field, word in (("number", "改番"), ("name", "改名")):
            if line.before and line.after and field in line.fields:
                old, new = getattr(line.before, field), getattr(line.after, field)
                parts.append(self._note(word, old, new, f"text:{item.uid}:{field}"))
        return "".join(parts)

    def _note(self, word: str, old: str, new: str, key: str) -> str:
        """A change in words, with its box."""
        change = f" <span>{' → '.join(marked(old, new))}</span>" if old or new else ""
        return f'<span class="ch"><b>{word}</b>{change}{self._box(key, word)}</span>'

    def _moved(self, line: ItemLine) -> str:
        """From where, by the heading that the row stood below."""
        was, will = (below.get(line.shown.uid) for below in (self._was_below, self._will_be_below))
        if (was and was.uid) == (will and will.uid):
            return "（並び順）"
        return f"（前は「{_text(was.name)}」の下）" if was else "（前は最上位）"

    def _cells(self, line: ItemLine) -> str:
        changed = {cell.role: cell for cell in line.cells} if line.before and line.after else {}
        marks, places = line.shown.marks, self._new if line.after else self._old
        cells = (
            self._changed(changed[name], label)
            if name in changed
            else f'<td role="cell">{_text(marks[place]) if place is not None else ""}</td>'
            for name, label, place in zip(self._columns, self._labels, places, strict=True)
        )
        return "".join(cells)

    def _changed(self, cell: CellLine, label: str) -> str:
        change = f"{_text(cell.before) or BLANK}→{_text(cell.after) or BLANK}"
        box = self._box(f"cell:{cell.uid}:{cell.role}", f"{label} {change}", "")
        return f'<td role="cell" class="ch {cell_change(cell)}">{change}{box}</td>'

    def _description(self, line: ItemLine) -> str:
        if not (line.before and line.after and "description" in line.fields):
            return _text(line.shown.description)
        old, new = marked(line.before.description, line.after.description)
        box = self._box(f"text:{line.shown.uid}:description", "作業内容")
        return (
            f'<span class="ch"><b>変更前</b> <span>{old}</span></span>'
            f'<span class="ch"><b>変更後</b> <span>{new}</span>{box}</span>'
        )

    def _box(self, key: str, what: str, shown: str = "除く") -> str:
        """The box that leaves a change out; `shown` is what of its label is to be seen."""
        if self.left_out is None:
            return ""
        state = ""
        if key in self.left_out:
            state = " checked"
            self.checked.append(key)
        said = f'<span class="vh">{what}を{"" if shown else "除く"}</span>{shown}'
        return (
            f'<label class="out"><input type="checkbox" name="leave" value="{escape(key)}"{state}>'
            f"{said}</label>"
        )


def _pieces(pieces: Iterable[Segment], tag: str) -> str:
    return "".join(_piece(one, tag) for one in pieces) or BLANK


def _piece(piece: Segment, tag: str) -> str:
    text = _text(piece.text)
    return f"<{tag}>{text}</{tag}>" if piece.changed else text


def _text(text: str) -> str:
    return escape(text, quote=False)
