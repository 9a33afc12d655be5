"""Texts that say who may read them, and a matrix written in nothing else.

A canary is twelve signs that occur nowhere else, so it can be a name, a 項番, a uid or a slug. It
belongs to parties such as "A@main" (company A in project main), "pmo@main" or "me:a" (a person).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from projects.domain.grid import Grid, Item, Role

CANARY = re.compile(r"zk\d{10}")
# Sequences start here, so that a primary key is told from any other number.
FIRST_KEY, KEYS_APART = 770_000_000, 100_000
KEY = re.compile(r"(?<![\d.])77\d{7}(?![\d.])")


@dataclass(slots=True)
class Canaries:
    """Every canary with the parties that may learn it."""

    parties: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def of(self, *parties: str) -> str:
        """A new one."""
        made = f"zk{len(self.parties):010d}"
        self.parties[made] |= set(parties)
        return made

    def foreign(self, text: str, known: Iterable[str]) -> set[str]:
        """The canaries in the text that belong to none of the known parties."""
        own = set(known)
        return {found for found in CANARY.findall(text) if not self.parties[found] & own}


@dataclass(frozen=True, slots=True)
class Row:
    """An item with its marks by role."""

    item: Item
    marks: Mapping[str, str] = field(default_factory=dict)

    def placed(self, roles: Sequence[str]) -> Item:
        return replace(self.item, marks=tuple(self.marks.get(role, "") for role in roles))


class Sheet:
    """The matrix of one project: two 版 and what was edited since.

    `roles` has the companies (a letter each) that fill each role; `pairs` are roles that work
    together. Of every role there are rows that stay, change, go, come and are drafts.
    """

    def __init__(
        self,
        canaries: Canaries,
        slug: str,
        roles: Mapping[str, str],
        pairs: Iterable[tuple[str, str]],
        shared_uid: str,
    ) -> None:
        self._canaries, self.slug, self.roles = canaries, slug, roles
        self._shared_uid = shared_uid
        self.names = {role: canaries.of(*self.parties(role), self.pmo) for role in roles}
        self.first: list[Row] = []
        self.second: list[Row] = []
        self.live: list[Row] = []
        for role in roles:
            self._of_one(role)
        for left, right in pairs:
            self._of_two(left, right)
        self._share_names()

    @property
    def pmo(self) -> str:
        return f"pmo@{self.slug}"

    def parties(self, *roles: str) -> set[str]:
        """The companies with these roles."""
        return {f"{company}@{self.slug}" for role in roles for company in self.roles[role]}

    def grid(self, rows: Sequence[Row], title: str) -> Grid:
        names = [
            Role(self.names[role], self._text(), aliases=(self._text(),)) for role in self.roles
        ]
        items = tuple(row.placed(list(self.roles)) for row in rows)
        return Grid(title, roles=tuple(names), items=items)

    def uids(self) -> list[str]:
        """Every row that ever was."""
        return list(dict.fromkeys(r.item.uid for r in (*self.first, *self.second, *self.live)))

    def shown(self, company: str) -> set[str]:
        """The names of the rows that the company has to see now."""
        own = {role for role, companies in self.roles.items() if company in companies}
        return {row.item.name for row in self.second if own & row.marks.keys()}

    def _of_one(self, role: str) -> None:
        """A phase of the role alone."""
        mark = {role: "◎"}
        head = Row(self._heading(1, role))
        stays, changes = (Row(self._task(role), mark) for _ in range(2))
        goes, comes, draft = (Row(self._task(role), mark) for _ in range(3))
        if role == next(iter(self.roles)):
            stays = Row(replace(stays.item, uid=self._shared_uid), mark)
        self.first += [head, stays, changes, goes]
        self.second += [head, stays, self._reworded(changes, role), comes]
        self.live += [head, self._reworded(stays), self._reworded(changes), comes]
        self.live += [Row(replace(draft.item, uid=self._text(), name=self._text()), mark)]

    def _of_two(self, left: str, right: str) -> None:
        """A phase in which both have a part; the right one also has a mark on its heading."""
        heading = replace(self._heading(1, left, right), description=self._text(right))
        head = Row(heading, {right: "○"})
        together = Row(self._task(left, right), {left: "◎", right: "○"})
        leaves = Row(self._task(left, right), {left: "◎", right: "○"})
        left_over = replace(self._reworded(leaves, left), marks={left: "◎"})
        moves = Row(replace(self._task(left), uid=self._text(left, right)), {left: "◎"})
        moved = replace(self._reworded(moves, right), marks={right: "◎"})
        self.first += [head, together, leaves, moves]
        self.second += [head, together, left_over, moved]
        self.live += [head, together, self._reworded(left_over), self._reworded(moved)]

    def _share_names(self) -> None:
        """The name of a role is for everybody who has or had a row with its mark."""
        for row in (*self.first, *self.second):
            parties = self.parties(*row.marks)
            for role in row.marks:
                self._canaries.parties[self.names[role]] |= parties

    def _text(self, *roles: str) -> str:
        return self._canaries.of(*self.parties(*roles), self.pmo)

    def _heading(self, level: int, *roles: str) -> Item:
        uid, number, name = (self._text(*roles) for _ in range(3))
        return Item(uid, level, number, name, self._text())

    def _task(self, *roles: str) -> Item:
        uid, number, name, description = (self._text(*roles) for _ in range(4))
        return Item(uid, 2, number, name, description)

    def _reworded(self, row: Row, *roles: str) -> Row:
        """The same row with other texts; without roles as a draft that no company knows."""
        number, name, description = (self._text(*roles) for _ in range(3))
        item = replace(row.item, number=number, name=name, description=description)
        return replace(row, item=item)
