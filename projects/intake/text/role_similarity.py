"""Column names that nobody has told us → the project's roles, by likeness and by their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.domain.grid import Role
from projects.domain.text.match_key import match_key

_SHORTEST = 3
# A sign may be a slip of the pen in a long name that stands where its role should stand.
_LONG = 8
_MOST_MISSING, _MOST_MISSING_IN_ORDER = 0.2, 0.35
_IN_ORDER = 0.08
_TELLING = re.compile(r"[0-9a-z一二三四五六七八九十甲乙丙丁]")
# Signs that tell two parties apart all by themselves.
_OPPOSITE = frozenset("新旧東西南北上下前後内外主副正元先次本支大小高低入出左右公私官民現統各全他")
# Words that two names of the same party may differ by.
_COMMON = re.compile(
    r"(?:株式会社|有限会社|事業者|業者|会社|に係る|における|等|の|\(株\)|㈱|様|殿|御中|社$|[・,、/()「」\-])"
)


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
            (_score(names[name], roles[role], _is_in_order(name, role, known)), name, role)
            for name in free_names
            for role in free_roles
        ),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    found: dict[int, Likeness] = {}
    taken: set[int] = set()
    for score, name, role in scored:
        if score and name not in found and role not in taken:
            found[name] = Likeness(role, min(score, 1.0))
            taken.add(role)
    return found


def _score(name: str, role: Role, in_order: bool) -> float:
    key = match_key(name)
    texts = [role.name, *role.aliases, role.short_name]
    found = max((_likeness(key, match_key(t), in_order) for t in texts if t), default=0.0)
    return found + _IN_ORDER if found and in_order else found


def _likeness(one: str, other: str, in_order: bool) -> float:
    """0 where the digits or letters differ: 1次 is not 2次, and A社 is not B社.

    Else 0 unless they differ by common words, by a few signs left out, or, in order, by one.
    """
    if min(len(one), len(other)) < _SHORTEST or _telling(one) != _telling(other):
        return 0.0
    bare, bare_other = _COMMON.sub("", one), _COMMON.sub("", other)
    if not bare or not bare_other:
        return 0.0
    if bare == bare_other:
        return 1.0
    from rapidfuzz.distance import Levenshtein  # only where a name is unknown: it takes its time

    steps = Levenshtein.editops(bare, bare_other)
    changed = "".join(
        (bare[step.src_pos] if step.tag != "insert" else "")
        + (bare_other[step.dest_pos] if step.tag != "delete" else "")
        for step in steps
    )
    swapped = sum(step.tag == "replace" for step in steps)
    length = min(len(bare), len(bare_other))
    slip = swapped == 1 and length >= _LONG and in_order
    most = _MOST_MISSING_IN_ORDER if in_order and not swapped else _MOST_MISSING
    if set(changed) & _OPPOSITE or (swapped and not slip) or len(steps) > most * length:
        return 0.0
    return 0.9 - len(steps) / length


def _telling(key: str) -> str:
    return "".join(_TELLING.findall(key))


def _is_in_order(name: int, role: int, known: Mapping[int, int]) -> bool:
    """Whether the role stands between the roles of the nearest sure names on both sides."""
    before = max((n for n in known if n < name), default=None)
    after = min((n for n in known if n > name), default=None)
    above = before is None or known[before] < role
    below = after is None or role < known[after]
    return bool(known) and above and below
