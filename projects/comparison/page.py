"""Build what the page of a comparison shows, and its 新旧対照表."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate

from projects.comparison.forms import MATRIX, CompareForm
from projects.comparison.sources import NOW, Source
from projects.domain.change_kinds import WORDS, Change, Row, columns_of
from projects.domain.comparison import KINDS, Pair, Wanted, kinds_of, pair
from projects.domain.grid import TEXTS, Grid, Item, ancestors, parents
from projects.domain.plan import Act, ItemLine
from projects.excel import comparison
from projects.excel.comparison import Head
from projects.models import Project
from projects.render.column_header import Header
from projects.render.difference_parts import Column, Filter, Point, points
from projects.render.difference_table import BLANK, Table, marked
from projects.store import provenance
from projects.store.provenance import Reason

PER_PAGE = {MATRIX: 1_000, "list": 200}
SEPARATOR = " ＞ "


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened to a row; the HTML has the changed words marked."""

    what: str
    old: SafeString
    new: SafeString


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the list; `uid` is "" where the row has no page."""

    number: str
    name: str
    path: str
    words: tuple[str, ...]
    notes: tuple[Note, ...]
    uid: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The two sources and what is different between them."""

    old: Source
    new: Source
    pair: Pair
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Shown:
    """The page below the form."""

    compared: Compared
    filters: tuple[Filter, ...]
    points: tuple[Point, ...]
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    body: str
    rows: int
    left_out: str
    page: int
    pages: int
    query: str

    @property
    def roles(self) -> list[str]:
        return [column.header.name for column in self.columns]

    @property
    def summary(self) -> str:
        return self.compared.pair.words


def compared(old: Source, new: Source, form: CompareForm) -> Compared:
    """The comparison with what the form asks of it; the form then knows what does not fit."""
    found = pair(old.side, new.side)
    return Compared(old, new, found, form.fitting(found))


def shown(found: Compared, form: CompareForm) -> Shown:
    """Return one page of the comparison, in the chosen view."""
    in_matrix = form.layout == MATRIX
    rows = found.pair.rows(found.wanted)
    count = sum(not row.context for row in rows)
    listed = rows if in_matrix else [row for row in rows if not row.context]
    per_page = PER_PAGE[form.layout]
    pages = max(1, -(-len(listed) // per_page))
    page = min(form.number, pages)
    part = listed[(page - 1) * per_page : page * per_page]
    return Shown(
        compared=found,
        filters=_filters(found),
        points=tuple(points_of(found)),
        columns=tuple(Column(Header(name), act) for name, act in columns_of(found.pair.plan)),
        entries=() if in_matrix else tuple(_Entries(found).of(part)),
        body=Table(found.pair.plan, None).html(part) if in_matrix else "",
        rows=count,
        left_out=left_out(found),
        page=page,
        pages=pages,
        query=query_of(found),
    )


def query_of(found: Compared) -> str:
    """Return the query string of the comparison and its filters, without view and page."""
    wanted = found.wanted
    pairs = [("old", found.old.key), ("new", found.new.key)]
    pairs += [("kind", kind.value) for kind in KINDS if kind in wanted.kinds]
    texts = (("role", wanted.role), ("phase", wanted.phase), ("q", wanted.words))
    return urlencode([*pairs, *((name, text) for name, text in texts if text)])


def workbook_of(project: Project, found: Compared) -> bytes:
    """Export the same rows as 新旧対照表, with their reasons from the history."""
    given = provenance.between(project, found.old.revision, found.new.revision)
    more = [*map(_as_text, points_of(found)), left_out(found)]
    head = Head(found.old.label, found.new.label, [line for line in more if line])
    rows = found.pair.rows(found.wanted)
    texts = {row.line.shown.uid: _reason(row, given) for row in rows if not row.context}
    return comparison.sheet(found.pair, rows, head, texts)


def left_out(found: Compared) -> str:
    """Say that rows are hidden because only their number changed; "" when none is."""
    count = found.pair.only_renumbered(found.wanted)
    return f"改番だけの{count:,}行は省略" if count else ""


def points_of(found: Compared) -> list[Point]:
    return points(found.pair.plan, ())


def _as_text(point: Point) -> str:
    return f"{point.what}：{point.before or 'なし'} → {point.after or 'なし'}"


def _reason(row: Row, given: Mapping[str, Sequence[Reason]]) -> str:
    """Join the reasons with their days, without those of acts that only moved the row along."""
    kinds = kinds_of(row.line)
    pushed = Change.MOVED not in kinds and kinds != {Change.RENUMBERED}
    own = given.get(row.line.shown.uid, ())
    shown = [one for one in own if not (one.placed and pushed)]
    lines = dict.fromkeys(f"{localdate(one.at):%Y/%m/%d}　{one.text}" for one in shown)
    return "\n".join(lines)


def _filters(found: Compared) -> tuple[Filter, ...]:
    counts = found.pair.counts()
    return tuple(
        Filter(kind, WORDS[kind], counts[kind], kind in found.wanted.kinds) for kind in KINDS
    )


class _Entries:
    """The rows of the list."""

    def __init__(self, found: Compared) -> None:
        self._found = found
        plan = found.pair.plan
        self._paths = {grid is plan.after: _Paths(grid) for grid in (plan.before, plan.after)}

    def of(self, rows: Sequence[Row]) -> Iterator[Entry]:
        for row in rows:
            line, item = row.line, row.line.shown
            has_page = self._found.new.key == NOW and line.after is not None
            yield Entry(
                number=item.number,
                name=item.name,
                path=self._paths[line.after is not None].of(item),
                words=tuple(
                    WORDS[kind] for kind in KINDS if kind in kinds_of(line, self._found.wanted.role)
                ),
                notes=tuple(self._notes(line)),
                uid=item.uid if has_page else "",
            )

    def _notes(self, line: ItemLine) -> Iterator[Note]:
        role = self._found.wanted.role
        yield from _texts(line)
        if line.moved:
            yield _plain("上位の項目", *(self._path(line, after=side) for side in (False, True)))
        names = self._found.pair.old_names
        for cell in line.cells:
            if role in ("", cell.role):
                was = names.get(cell.role, cell.role)
                gone = line.act is Act.REMOVED
                yield _plain(was if gone else cell.role, cell.before, cell.after)

    def _path(self, line: ItemLine, *, after: bool) -> str:
        return self._paths[after].of(line.shown) or "最上位"


class _Paths:
    """The headings above the rows of a grid."""

    def __init__(self, grid: Grid) -> None:
        self._items: Sequence[Item] = grid.items
        self._up = parents(grid.items)
        self._at = {item.uid: place for place, item in enumerate(grid.items)}

    def of(self, item: Item) -> str:
        above = ancestors(self._up, self._at[item.uid])
        return SEPARATOR.join(self._items[place].name for place in above)


def _texts(line: ItemLine) -> Iterator[Note]:
    for name, what in TEXTS.items():
        if name in line.fields:
            yield _note(what, getattr(line.before, name), getattr(line.after, name))
    item = line.shown
    if not line.fields and line.act in (Act.CREATED, Act.REMOVED) and item.description:
        texts = ("", item.description)
        yield _note("作業内容", *(texts if line.act is Act.CREATED else texts[::-1]))


def _note(what: str, old: str, new: str) -> Note:
    before, after = marked(old, new)
    return Note(what, mark_safe(before), mark_safe(after))  # noqa: S308 escaped by marked


def _plain(what: str, old: str, new: str) -> Note:
    """A change of something that is one whole: nothing in it is marked."""
    return Note(what, escape(old or BLANK), escape(new or BLANK))
