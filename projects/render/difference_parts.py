"""Describe the parts of a difference that are not rows: columns, title, 凡例. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from projects.domain.change_kinds import Change
from projects.domain.grid import Mark, Role
from projects.domain.plan import Act, Plan
from projects.render.column_header import Header

# Numbers that only follow the rows above would bury what a person changed.
USUAL = tuple(c for c in Change if c not in (Change.UNCHANGED, Change.RENUMBERED))

ROLE_WORDS = {
    Act.CREATED: "列の追加",
    Act.REMOVED: "列の削除",
    Act.CHANGED: "列の変更",
    Act.MOVED: "列の移動",
}

TITLE_WORDS = {
    "title": "標題",
    "document_number": "別紙番号",
    "issuer": "発行者",
    "date": "日付",
}


@dataclass(frozen=True, slots=True)
class Point:
    """A change of a column, the title or the 凡例, with the key that leaves it out."""

    what: str
    before: str
    after: str
    key: str
    left_out: bool
    place: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """A kind of change to show or not."""

    change: Change
    label: str
    count: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Column:
    header: Header
    act: Act

    @property
    def word(self) -> str:
        return {Act.CREATED: "追加", Act.REMOVED: "削除"}.get(self.act, "")


def points(plan: Plan, left_out: Collection[str]) -> list[Point]:
    """Return the changes that are not in the rows."""
    found = [
        (TITLE_WORDS[name], getattr(plan.before, name), getattr(plan.after, name), f"title:{name}")
        for name in plan.titles
    ]
    if plan.legend:
        found.append(("凡例", _legend(plan.before.legend), _legend(plan.after.legend), "legend"))
    for line in plan.roles:
        role = line.after or line.before
        if role is not None and line.act is not Act.UNCHANGED:
            before, after = _role(line.before), _role(line.after)
            found.append((ROLE_WORDS[line.act], before, after, f"role:{role.name}"))
    return [
        Point(what, before, after, key, key in left_out, place)
        for place, (what, before, after, key) in enumerate(found)
    ]


def shown_changes(values: Sequence[str]) -> tuple[Change, ...]:
    """Return the kinds of changes in a URL; the usual ones without any."""
    known = {change.value for change in Change}
    return tuple(Change(value) for value in values if value in known) or USUAL


def _legend(legend: Sequence[Mark]) -> str:
    return "　".join(f"{m.symbol}…{m.label}{'（主）' if m.leads else ''}" for m in legend)


def _role(role: Role | None) -> str:
    if role is None:
        return ""
    aliases = f"（別名：{'、'.join(role.aliases)}）" if role.aliases else ""
    return f"{role.name}{aliases}"
