"""Compute the words that changed between two texts. Pure.

Japanese has no spaces: a word here is a run of characters of one script, and of kanji and
hiragana each character by itself, so that a change of one is not a change of the whole sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# difflib is quadratic at worst: beyond so many pairs of words only the ends are compared.
MOST_PAIRS = 250_000
# With less than this in common, single words marked here and there would say nothing.
LEAST_ALIKE = 0.3
_WORD = re.compile(r"[0-9０-９]+|[A-Za-zＡ-Ｚａ-ｚ]+|[ァ-ヶー・]+|[ｦ-ﾟ]+|[ \t\u3000]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text, never empty; `changed` when the other text does not have it there."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Segments:
    """The pieces of either text; joined they are the texts."""

    old: tuple[Segment, ...]
    new: tuple[Segment, ...]

    @property
    def is_telling(self) -> bool:
        """Return whether enough is the same for the rest to stand out."""
        same = sum(len(piece.text) for piece in self.old if not piece.changed)
        longer = max(sum(len(piece.text) for piece in side) for side in (self.old, self.new))
        shorter = min(sum(len(piece.text) for piece in side) for side in (self.old, self.new))
        return same == shorter or same >= longer * LEAST_ALIKE


def segments(old: str, new: str) -> Segments:
    """Split both texts into pieces, the changed ones marked."""
    olds, news = _WORD.findall(old), _WORD.findall(new)
    start = _alike(olds, news)
    end = _alike(olds[start:][::-1], news[start:][::-1])
    left = _Side(olds[:start])
    right = _Side(news[:start])
    _compare(olds[start : len(olds) - end], news[start : len(news) - end], left, right)
    left.add(olds[len(olds) - end :], changed=False)
    right.add(news[len(news) - end :], changed=False)
    found = Segments(left.pieces(), right.pieces())
    return found if found.is_telling else Segments(_whole(old), _whole(new))


def _whole(text: str) -> tuple[Segment, ...]:
    return (Segment(text, True),) if text else ()


class _Side:
    """The pieces of one text as they are found; neighbours of one kind become one."""

    def __init__(self, start: list[str]) -> None:
        self._found: list[tuple[str, bool]] = []
        self.add(start, changed=False)

    def add(self, words: list[str], *, changed: bool) -> None:
        text = "".join(words)
        if text and self._found and self._found[-1][1] is changed:
            self._found[-1] = (self._found[-1][0] + text, changed)
        elif text:
            self._found.append((text, changed))

    def pieces(self) -> tuple[Segment, ...]:
        return tuple(Segment(text, changed) for text, changed in self._found)


def _compare(olds: list[str], news: list[str], left: _Side, right: _Side) -> None:
    if len(olds) * len(news) > MOST_PAIRS:
        left.add(olds, changed=True)
        right.add(news, changed=True)
        return
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        left.add(olds[i:j], changed=tag != "equal")
        right.add(news[k:m], changed=tag != "equal")


def _alike(olds: list[str], news: list[str]) -> int:
    """How many words both begin with."""
    for place, (old, new) in enumerate(zip(olds, news, strict=False)):
        if old != new:
            return place
    return min(len(olds), len(news))
