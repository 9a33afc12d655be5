"""E4: find 項番 that are missing, doubled or out of order."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from projects.checks.finding import Change, Code, Finding
from projects.checks.grid_index import Sheet
from projects.domain.row_alignment import increasing

MOSTLY = 0.9
Parts = tuple[int, ...]


def numbers(sheet: Sheet) -> Iterator[Finding]:
    """Find one problem per row. Where the 項番 count the rows, the repair renumbers them."""
    parts = [_parts(item.number) for item in sheet.items]
    numbered = sum(item.number != "" for item in sheet.items)
    counting = sum(len(one) == 1 for one in parts) >= MOSTLY * numbered > 0
    problems = _doubles(sheet)
    rest = {index: one for index, one in enumerate(parts) if index not in problems}
    if counting:
        others = [index for index, one in rest.items() if len(one) != 1]
        problems |= dict.fromkeys(others, "項番の形がほかの行と違います")
        rest = {index: one for index, one in rest.items() if len(one) == 1}
    else:
        problems |= _astray(sheet, parts)
    for index, problem in _disorder(rest, frozenset(problems)):
        problems.setdefault(index, problem)
    repair = _counted_anew(sheet, parts) if counting and problems else ()
    for index, problem in sorted(problems.items()):
        item = sheet.items[index]
        message = f"{sheet.place(index)}の{problem}。"
        yield Finding(Code.NUMBER, ((item.uid, ""),), message, (item.number,), repair)


def _doubles(sheet: Sheet) -> dict[int, str]:
    """By row: no number, or that of a row before."""
    first: dict[str, int] = {}
    found = {}
    for index, item in enumerate(sheet.items):
        key = unicodedata.normalize("NFKC", item.number)
        if not key:
            found[index] = "項番がありません"
        elif key in first:
            found[index] = f"項番が「{sheet.items[first[key]].name}」と同じです"
        first.setdefault(key, index)
    return found


def _astray(sheet: Sheet, parts: Sequence[Parts]) -> dict[int, str]:
    """By row: 2.1 below the heading 1, or 1.3 behind 2.1."""
    found = {}
    before: Parts = ()
    for index, one in enumerate(parts):
        if one and len(one) == len(before) and one[:-1] < before[:-1]:
            found[index] = f"項番が前の行の{_text(before)}より小さくなっています"
        before = one or before
        heading = parts[sheet.up[index]] if sheet.up[index] >= 0 else ()
        if one and heading and len(heading) + 1 == len(one) and heading != one[:-1]:
            found[index] = f"項番が見出しの項番{_text(heading)}に続いていません"
    return found


def _disorder(parts: Mapping[int, Parts], wrong: Collection[int]) -> Iterator[tuple[int, str]]:
    """Numbers of one kind, as 1.1, 1.2 …: rows out of the order of most, and what is left out.

    Nothing is left out where rows with a `wrong` number, or one out of order, stand in its place.
    """
    kinds: dict[Parts, list[int]] = {}
    for index, one in parts.items():
        if one:
            kinds.setdefault(one[:-1], []).append(index)
    for above, rows in kinds.items():
        kept = _kept([parts[index][-1] for index in rows])
        astray = [row for place, row in enumerate(rows) if place not in kept]
        strays = {*wrong, *astray}
        yield from ((row, "項番が前後の順に並んでいません") for row in astray)
        for last, row in pairwise(rows[place] for place in sorted(kept)):
            first, end = parts[last][-1] + 1, parts[row][-1] - 1
            if end < first:
                continue
            elsewhere = sum(first <= parts[stray][-1] <= end for stray in astray)
            beside = sum(stray in strays for stray in range(last + 1, row))
            if end - first + 1 > max(elsewhere, beside):
                missing = (_text((*above, number)) for number in dict.fromkeys((first, end)))
                yield row, f"前の項番{'から'.join(missing)}が抜けています"


def _kept(numbers: Sequence[int]) -> set[int]:
    """The places of one longest run that rises; of two that are out of order the first."""
    found = increasing([-number for number in reversed(numbers)])
    return {len(numbers) - 1 - place for place in found}


def _counted_anew(sheet: Sheet, parts: Sequence[Parts]) -> tuple[Change, ...]:
    """Every row that has another number than its place says, from the first number on."""
    plain = [index for index, one in enumerate(parts) if len(one) == 1]
    first = plain[min(_kept([parts[index][0] for index in plain]))]
    start = max(1, parts[first][0] - first)
    return tuple(
        Change(item.uid, str(number), field="number")
        for number, item in enumerate(sheet.items, start)
        if item.number != str(number)
    )


def _parts(number: str) -> Parts:
    """The numbers of 1.2.3; nothing where it is no such number."""
    if number.isascii() and number.isdecimal():
        return (int(number),)
    pieces = unicodedata.normalize("NFKC", number).replace("-", ".").split(".")
    decimal = all(piece.isascii() and piece.isdecimal() for piece in pieces)
    return tuple(int(piece) for piece in pieces) if decimal else ()


def _text(parts: Sequence[int]) -> str:
    return ".".join(map(str, parts))
