"""Filter the rows of a grid. Pure; screen and Excel use the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from projects.domain.grid import Grid, Item, ancestors, index_of, is_heading, parents, subtree_ends
from projects.domain.text.match_key import match_key

BLANK = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the URL asked for; the default shows everything.

    `role` is the name of a role, `marks` the symbols wanted (BLANK for an empty cell), `words`
    must all stand in 項番, name or description, `level` cuts deeper rows, `top` is the uid of
    the subtree to show, `only` the uids to choose from, None for all.
    """

    role: str = ""
    marks: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    level: int | None = None
    top: str = ""
    only: frozenset[str] | None = None

    @property
    def filters_tasks(self) -> bool:
        return bool(self.role or self.marks)

    @property
    def is_filter(self) -> bool:
        return bool(self.filters_tasks or self.words or self.only is not None)


@dataclass(frozen=True, slots=True)
class Rows:
    """The indices to show in order, and how many of them are hits and not only context."""

    shown: tuple[int, ...]
    hits: int


def select(grid: Grid, selection: Selection) -> Rows:
    """Return the rows of a selection: the hits, with the headings above them for context."""
    span = _span(grid, selection.top)
    if selection.is_filter:
        hits = [i for i in _hits(grid, selection, span) if _within(grid.items[i], selection)]
        kept = _with_context(grid.items, hits, span)
    else:
        hits = kept = [i for i in span if _within(grid.items[i], selection)]
    return Rows(tuple(kept), len(hits))


def words_of(text: str) -> tuple[str, ...]:
    """Split a line of input into search words, folded for matching."""
    return tuple(key for word in text.split() if (key := match_key(word)))


def _span(grid: Grid, top: str) -> range:
    if not top:
        return range(len(grid.items))
    start = index_of(grid, top)
    return range(start, subtree_ends(grid.items)[start])


def _within(item: Item, selection: Selection) -> bool:
    return selection.level is None or item.level <= selection.level


def _hits(grid: Grid, selection: Selection, span: range) -> Iterator[int]:
    column = next((i for i, role in enumerate(grid.roles) if role.name == selection.role), None)
    if selection.role and column is None:
        return
    for index in span:
        item = grid.items[index]
        if selection.only is not None and item.uid not in selection.only:
            continue
        if selection.filters_tasks and (
            is_heading(grid.items, index) or not _has_mark(item, column, selection.marks)
        ):
            continue
        if not selection.words or _has_words(item, selection.words):
            yield index


def _has_mark(item: Item, column: int | None, wanted: frozenset[str]) -> bool:
    if column is not None:
        mark = item.marks[column]
        return mark in wanted if wanted else mark != BLANK
    found = set(item.marks) - {BLANK} or {BLANK}
    return bool(found & wanted)


def _has_words(item: Item, words: Sequence[str]) -> bool:
    text = match_key(f"{item.name}\n{item.description}")
    number = match_key(item.number)
    return all(word in text or word == number for word in words)


def _with_context(items: Sequence[Item], hits: Sequence[int], span: range) -> list[int]:
    up = parents(items)
    kept = set(hits)
    for index in hits:
        kept.update(a for a in ancestors(up, index) if a in span)
    return sorted(kept)
