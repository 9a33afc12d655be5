"""Index a grid once for all checks: tasks, paths, and which columns lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from projects.domain.grid import Grid, Item, RoleKind, is_heading, parents
from projects.domain.text.match_key import match_key

SHARE = 0.5
LONGEST_KNOWN = 200
_ORDERER = re.compile(r"^発注者|(省|庁|日本年金機構)($|[・、(（])")


@lru_cache(maxsize=4096)
def _known_key(text: str) -> str:
    return match_key(text)


def _key(text: str) -> str:
    """The match key; texts come again with every revision, and in every フェーズ."""
    return _known_key(text) if len(text) <= LONGEST_KNOWN else match_key(text)


@dataclass(frozen=True)
class Sheet:
    """A grid with what follows from it. All linear in rows times columns."""

    grid: Grid
    share: float = SHARE

    @property
    def items(self) -> Sequence[Item]:
        return self.grid.items

    @cached_property
    def leading(self) -> frozenset[str]:
        return self.grid.leading

    @cached_property
    def supporting(self) -> str:
        """Return the strongest mark that does not lead, "" where there is none."""
        return next((mark.symbol for mark in self.grid.legend if not mark.leads), "")

    @cached_property
    def lead(self) -> str:
        """Return the mark of the 主たる作業者, "" for a legend without one."""
        return next((mark.symbol for mark in self.grid.legend if mark.leads), "")

    @cached_property
    def up(self) -> list[int]:
        return parents(self.items)

    @cached_property
    def headings(self) -> list[bool]:
        return [is_heading(self.items, index) for index in range(len(self.items))]

    @cached_property
    def tasks(self) -> list[int]:
        return [index for index, heading in enumerate(self.headings) if not heading]

    @cached_property
    def leads(self) -> list[list[int]]:
        """Return the leading columns of each row."""
        leading = self.leading
        return [[at for at, mark in enumerate(i.marks) if mark in leading] for i in self.items]

    @cached_property
    def counts(self) -> tuple[list[int], list[int]]:
        """Count per column the tasks with a mark, and those that it leads."""
        columns = list(zip(*(self.items[index].marks for index in self.tasks), strict=True))
        columns = columns or [()] * len(self.grid.roles)
        marked = [len(column) - column.count("") for column in columns]
        return marked, [sum(map(column.count, self.leading)) for column in columns]

    @cached_property
    def names(self) -> list[str]:
        """Return the match key of the name of each row."""
        return [_key(item.name) for item in self.items]

    @cached_property
    def descriptions(self) -> list[str]:
        """Return the match keys of the 作業内容 of each row, line by line."""
        return ["\n".join(map(_key, item.description.splitlines())) for item in self.items]

    @cached_property
    def orderers(self) -> list[int]:
        """Return the columns of the 発注者; without kinds, those whose names say so."""
        columns = list(enumerate(self.grid.roles))
        if any(role.kind is not RoleKind.VENDOR for _, role in columns):
            return [at for at, role in columns if role.kind is RoleKind.ORDERER]
        return [at for at, role in columns if _ORDERER.search(role.name)]

    @cached_property
    def tops(self) -> list[int]:
        """Return the index of each row's フェーズ: a top row, or one below a single top row."""
        levels = Counter(item.level for item in self.items)
        phases = min((level for level, count in levels.items() if count > 1), default=1)
        found: list[int] = []
        for index, above in enumerate(self.up):
            is_top = above < 0 or self.items[index].level <= phases
            found.append(index if is_top else found[above])
        return found

    def place(self, index: int) -> str:
        """Return how a sentence names the row."""
        item = self.items[index]
        return f"項番{item.number}「{item.name}」" if item.number else f"「{item.name}」"

    def role(self, column: int) -> str:
        return self.grid.roles[column].name

    def named(self, columns: Iterable[int]) -> str:
        """Return how a sentence names the columns; 「なし」 for none."""
        return "、".join(map(self.role, columns)) or "なし"
