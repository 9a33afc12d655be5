"""W11: find 作業内容 that belongs to the row above or below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.fuzz import ratio

from projects.checks.across_phases import Sisters
from projects.checks.finding import Change, Code, Finding
from projects.checks.grid_index import Sheet
from projects.checks.terminology import folded

SHORTEST_TEXT = 6
SHORTEST_NAME = 4
ALIKE = 90
_BRACKETS = re.compile(r"\([^()]*\)")


def slid_texts(sheet: Sheet, sisters: Sisters) -> Iterator[Finding]:
    """W11: find runs of texts that match the sisters of neighbouring rows, not their own."""
    texts = _Texts(sheet, sisters)
    for step in (-1, 1):
        run: list[int] = []
        for index in texts.slid(step):
            if run and run[-1] + 1 < index:
                yield from _run(sheet, run, step)
                run = []
            run.append(index)
        yield from _run(sheet, run, step)


class _Texts:
    """The descriptions of the rows and of their sisters, as they are compared."""

    def __init__(self, sheet: Sheet, sisters: Sisters) -> None:
        self._own = [folded(text) for text in sheet.descriptions]
        self._names = sheet.names
        self._headings = sheet.headings
        self._of = sisters.of

    def slid(self, step: int) -> Iterator[int]:
        """Return the rows whose text is that of the row `step` further, in order."""
        for index, text in enumerate(self._own):
            beside = index + step
            if len(text) >= SHORTEST_TEXT and 0 <= beside < len(self._own):
                has_sister = beside in self._of
                if (self._has_slid if has_sister else self._speaks_of)(index, beside):
                    yield index

    def _has_slid(self, index: int, beside: int) -> bool:
        """Whether the text is that of the sister of the row beside it, and not of its own."""
        text = self._own[index]
        if not _alike(text, self._own[self._of[beside]]):
            return False
        own = self._of.get(index)
        return own is None or not _alike(text, self._own[own])

    def _speaks_of(self, index: int, beside: int) -> bool:
        """Whether the text has the name of the task beside it, which has no text, and not its own.

        For rows without sisters, which say nothing then.
        """
        if index in self._of or self._own[beside] or self._headings[beside]:
            return False
        name, own = (_BRACKETS.sub("", self._names[at]) for at in (beside, index))
        text = self._own[index]
        return len(name) >= SHORTEST_NAME and name in text and own not in text and name not in own


def _alike(one: str, other: str) -> bool:
    return one == other or (bool(other) and ratio(one, other) >= ALIKE)


def _run(sheet: Sheet, run: Sequence[int], step: int) -> Iterator[Finding]:
    if not run:
        return
    side = "上" if step < 0 else "下"
    place = sheet.place(run[0]) + (f"から{sheet.place(run[-1])}まで" if len(run) > 1 else "")
    message = f"{place}の作業内容は、一つ{side}の行のものと読めます。"
    cells = tuple((sheet.items[index].uid, "") for index in run)
    yield Finding(Code.SLID_TEXT, cells, message, repair=_moved(sheet, run, step))


def _moved(sheet: Sheet, run: Sequence[int], step: int) -> tuple[Change, ...]:
    """Each text one row on; nothing plain where the last would cover another text."""
    first, last = (run[0], run[-1]) if step < 0 else (run[-1], run[0])
    covered = sheet.items[first + step].description
    if covered not in sheet.items[first].description:
        return ()
    moved = [
        Change(sheet.items[index + step].uid, sheet.items[index].description, field="description")
        for index in run
    ]
    return (*moved, Change(sheet.items[last].uid, "", field="description"))
