"""Edit the outline as a payload says, by the name of the act. Pure.

Each act takes the grid, the payload and the uid that an inserted row gets, and returns the grid
after it. KeyError for a row that is not there, PayloadError for a payload that is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from projects.domain import outline_edits
from projects.domain.grid import Grid, Item, clean_line, clean_text, index_of, with_item
from projects.editing.errors import PayloadError, TextConflictError
from projects.editing.payloads import chosen, text, texts


def _insert(grid: Grid, body: Mapping[str, Any], uid: str) -> Grid:
    item = Item(uid, 1, "", clean_line(text(body, "name")))
    anchor = text(body, "anchor", "") or None
    return outline_edits.inserted(grid, item, anchor, chosen(body, "where", outline_edits.Where))


def _text(grid: Grid, body: Mapping[str, Any], _: str) -> Grid:
    """Set name, description or number of a row if it still has the text to replace."""
    uid, field = text(body, "item"), text(body, "field")
    if field not in _CLEAN:
        raise PayloadError(f"field「{field}」は使えません。")
    now = getattr(grid.items[index_of(grid, uid)], field)
    wanted = _CLEAN[field](text(body, "after"))
    if now not in (text(body, "before"), wanted):
        raise TextConflictError(now)
    change: dict[str, Any] = {field: wanted}
    return with_item(grid, uid, lambda item: replace(item, **change))


def _delete(grid: Grid, body: Mapping[str, Any], _: str) -> Grid:
    return outline_edits.removed(grid, texts(body, "items"))


def _step(grid: Grid, body: Mapping[str, Any], _: str) -> Grid:
    return outline_edits.stepped(grid, texts(body, "items"), chosen(body, "way", outline_edits.Way))


def _move(grid: Grid, body: Mapping[str, Any], _: str) -> Grid:
    where = chosen(body, "where", outline_edits.Where)
    return outline_edits.moved(grid, texts(body, "items"), text(body, "anchor"), where)


_CLEAN = {"name": clean_line, "number": clean_line, "description": clean_text}
ACTS: dict[str, Callable[[Grid, Mapping[str, Any], str], Grid]] = {
    "insert": _insert,
    "text": _text,
    "delete": _delete,
    "step": _step,
    "move": _move,
}
