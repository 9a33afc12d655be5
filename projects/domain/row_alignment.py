"""Align the rows of two lists when numbers shift and names repeat.

Patience alignment: rows unique on both sides and in the same order are anchors, the gaps
between them are aligned in the same way, and what is left is paired by weaker evidence.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Key:
    """What identifies a row to a reader: its number, its name and the names above it."""

    number: str
    name: str
    path: tuple[str, ...] = ()


def align(old: Sequence[Key], new: Sequence[Key]) -> dict[int, int]:
    """Return new → old index, each at most once; rows without a partner are absent."""
    pairs: dict[int, int] = {}
    if not old or not new:
        return pairs
    _patience(old, new, range(len(old)), range(len(new)), pairs)
    for evidence in (_number_and_name, _path_and_name, _name, _number):
        _pair_unique(old, new, pairs, evidence)
    return pairs


def increasing(values: Sequence[int]) -> set[int]:
    """Return the positions of one longest increasing subsequence. O(n log n)."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for position, value in enumerate(values):
        place = bisect_left(tails, value)
        before.append(at[place - 1] if place else -1)
        if place == len(tails):
            tails.append(value)
            at.append(position)
        else:
            tails[place] = value
            at[place] = position
    kept: set[int] = set()
    position = at[-1] if at else -1
    while position >= 0:
        kept.add(position)
        position = before[position]
    return kept


def _number_and_name(key: Key) -> Hashable:
    return (key.number, key.name) if key.number else None


def _path_and_name(key: Key) -> Hashable:
    return (key.path, key.name)


def _name(key: Key) -> Hashable:
    return key.name


def _number(key: Key) -> Hashable:
    return key.number or None


def _patience(
    old: Sequence[Key], new: Sequence[Key], olds: range, news: range, pairs: dict[int, int]
) -> None:
    stack = [(olds, news)]
    while stack:
        olds, news = stack.pop()
        olds, news = _trim(old, new, olds, news, pairs)
        anchors = _anchors(old, new, olds, news)
        if not anchors:
            continue
        stack += zip(
            _between([o for o, _ in anchors], olds),
            _between([n for _, n in anchors], news),
            strict=True,
        )
        pairs.update((n, o) for o, n in anchors)


def _trim(
    old: Sequence[Key], new: Sequence[Key], olds: range, news: range, pairs: dict[int, int]
) -> tuple[range, range]:
    """Pairs the equal rows at both ends and gives the ranges between."""
    while olds and news and _same(old[olds[0]], new[news[0]]):
        pairs[news[0]] = olds[0]
        olds, news = olds[1:], news[1:]
    while olds and news and _same(old[olds[-1]], new[news[-1]]):
        pairs[news[-1]] = olds[-1]
        olds, news = olds[:-1], news[:-1]
    return olds, news


def _same(one: Key, other: Key) -> bool:
    return one.name == other.name and one.path == other.path


def _anchors(
    old: Sequence[Key], new: Sequence[Key], olds: range, news: range
) -> list[tuple[int, int]]:
    for evidence in (_path_and_name, _name):
        at_old = _unique_at(old, olds, evidence)
        at_new = _unique_at(new, news, evidence)
        shared = sorted((at_old[key], at_new[key]) for key in at_old.keys() & at_new.keys())
        if shared:
            kept = increasing([n for _, n in shared])
            return [pair for position, pair in enumerate(shared) if position in kept]
    return []


def _between(anchors: Sequence[int], whole: range) -> Iterable[range]:
    edges = [whole.start - 1, *anchors, whole.stop]
    return [range(a + 1, b) for a, b in pairwise(edges)]


def _unique_at(
    keys: Sequence[Key], indices: Iterable[int], evidence: Callable[[Key], Hashable]
) -> dict[Hashable, int]:
    found = [(evidence(keys[index]), index) for index in indices]
    times = Counter(key for key, _ in found)
    return {key: index for key, index in found if key is not None and times[key] == 1}


def _pair_unique(
    old: Sequence[Key],
    new: Sequence[Key],
    pairs: dict[int, int],
    evidence: Callable[[Key], Hashable],
) -> None:
    """Pairs the rows still alone whose evidence stands as often on both sides, in order."""
    taken = set(pairs.values())
    olds = _grouped(old, (i for i in range(len(old)) if i not in taken), evidence)
    news = _grouped(new, (i for i in range(len(new)) if i not in pairs), evidence)
    for key, indices in news.items():
        if len(indices) == len(olds.get(key, ())):
            pairs.update(zip(indices, olds[key], strict=True))


def _grouped(
    keys: Sequence[Key], indices: Iterable[int], evidence: Callable[[Key], Hashable]
) -> dict[Hashable, list[int]]:
    groups = defaultdict[Hashable, list[int]](list)
    for index in indices:
        key = evidence(keys[index])
        if key is not None:
            groups[key].append(index)
    return groups
