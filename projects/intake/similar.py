"""Column names that nobody has told us → the project's roles, by likeness and by their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.grid import Role
from projects.keys import match_key

ENOUGH = 0.72
_IN_ORDER = 0.08
_SHORTEST = 3
_TELLING = re.compile(r"[0-9a-z一二三四五六七八九十甲乙丙丁]")
# Words that two different parties have in common, and that therefore tell nothing.
_COMMON = re.compile(r"(?:株式会社|業者|会社|等|に係る|サブシステム|システム|\(株\)|㈱|様|殿|社$)")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A column's name that seems to mean a role; `score` from 0 to 1."""

    role: int
    score: float


def likenesses(
    names: Sequence[str], roles: Sequence[Role], known: Mapping[int, int]
) -> dict[int, Likeness]:
    """Index of a name → the role it seems to mean, for the names that are not in `known`.

    `known` maps names to roles that are sure; each role is taken once. The best pairs first,
    with a bonus where the role stands between the same neighbours.
    """
    free_roles = [index for index in range(len(roles)) if index not in known.values()]
    free_names = [index for index in range(len(names)) if index not in known]
    scored = sorted(
        (
            (_score(names[name], roles[role]) + _order_bonus(name, role, known), name, role)
            for name in free_names
            for role in free_roles
        ),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    found: dict[int, Likeness] = {}
    taken: set[int] = set()
    for score, name, role in scored:
        if score >= ENOUGH and name not in found and role not in taken:
            found[name] = Likeness(role, min(score, 1.0))
            taken.add(role)
    return found


def _score(name: str, role: Role) -> float:
    key = match_key(name)
    texts = [role.name, *role.aliases, role.short_name]
    return max((_likeness(key, match_key(text)) for text in texts if text), default=0.0)


def _likeness(one: str, other: str) -> float:
    """0 where the digits or letters differ: 1次 is not 2次, and A社 is not B社."""
    if min(len(one), len(other)) < _SHORTEST or _telling(one) != _telling(other):
        return 0.0
    from rapidfuzz import fuzz  # only where a name is unknown: the import takes its time

    whole = fuzz.ratio(one, other) / 100
    bare_one, bare_other = _COMMON.sub("", one), _COMMON.sub("", other)
    if not bare_one or not bare_other:
        return 0.0
    return 0.5 * whole + 0.5 * fuzz.ratio(bare_one, bare_other) / 100


def _telling(key: str) -> str:
    return "".join(_TELLING.findall(key))


def _order_bonus(name: int, role: int, known: Mapping[int, int]) -> float:
    """For a role that stands between the roles of the nearest sure names on both sides."""
    before = max((n for n in known if n < name), default=None)
    after = min((n for n in known if n > name), default=None)
    above = before is None or known[before] < role
    below = after is None or role < known[after]
    return _IN_ORDER if known and above and below else 0.0
