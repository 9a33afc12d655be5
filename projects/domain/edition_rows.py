"""The rows of a 版, or of the matrix as it stands, and what changed for a party between two. Pure.

A party is a set of columns by their ids; its rows are those on which one of them has a mark.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SEPARATOR = " ＞ "


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its place, texts, headings from the top, and marks in the order of the columns.

    The three path lists go side by side, and so do the three of the marks. `content` is a digest
    of all but the 項番 and the position.
    """

    position: int
    level: int
    uid: str
    number: str
    name: str
    description: str
    path_uids: Sequence[str]
    path_numbers: Sequence[str]
    path_names: Sequence[str]
    role_ids: Sequence[int]
    role_names: Sequence[str]
    symbols: Sequence[str]
    content: str

    @property
    def phase(self) -> str:
        """Return the top heading, the row itself where it has none."""
        return self.path_names[0] if self.path_names else self.name

    @property
    def marks(self) -> dict[int, tuple[str, str]]:
        """Return (name, mark) by column id."""
        pairs = zip(self.role_names, self.symbols, strict=True)
        return dict(zip(self.role_ids, pairs, strict=True))

    def is_of(self, roles: Collection[int]) -> bool:
        return any(role in roles for role in self.role_ids)


@dataclass(frozen=True, slots=True)
class Detail:
    """One value that changed: what, before and after; "" for nothing."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that a party has in both, with what is different."""

    line: Line
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a party has to take note of; `kept` counts the rows that say the same as before."""

    new: tuple[Line, ...]
    gone: tuple[Line, ...]
    changed: tuple[Changed, ...]
    kept: int

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.gone or self.changed)


def changes(before: Iterable[Line], now: Iterable[Line], roles: Collection[int]) -> Changes:
    """Return what changed for the party with these columns. Rows are matched by uid."""
    old = {line.uid: line for line in before if line.is_of(roles)}
    own = [line for line in now if line.is_of(roles)]
    stayed = [(old[line.uid], line) for line in own if line.uid in old]
    changed = tuple(
        Changed(line, details(was, line)) for was, line in stayed if was.content != line.content
    )
    uids = {line.uid for line in own}
    return Changes(
        new=tuple(line for line in own if line.uid not in old),
        gone=tuple(line for line in old.values() if line.uid not in uids),
        changed=changed,
        kept=len(stayed) - len(changed),
    )


def details(before: Line, now: Line) -> tuple[Detail, ...]:
    """Return every value of the row that changed, the texts first, then the marks by column."""
    return (*_texts(before, now), *_marks(before.marks, now.marks))


def _texts(before: Line, now: Line) -> Iterator[Detail]:
    pairs = (
        ("項番", before.number, now.number),
        ("上位の項目", SEPARATOR.join(before.path_names), SEPARATOR.join(now.path_names)),
        ("作業項目", before.name, now.name),
        ("作業内容", before.description, now.description),
    )
    for what, old, new in pairs:
        if old != new:
            yield Detail(what, old, new)


def _marks(
    before: Mapping[int, tuple[str, str]], now: Mapping[int, tuple[str, str]]
) -> Iterator[Detail]:
    for role in dict.fromkeys([*before, *now]):
        name, new = now.get(role, ("", ""))
        old_name, old = before.get(role, ("", ""))
        if old != new:
            yield Detail(name or old_name, old, new)
