"""W8: find the same task in another フェーズ with other marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from projects.checks.finding import Code, Finding
from projects.checks.grid_index import Sheet
from projects.checks.terminology import folded

# So many rows that differ in the same way between two フェーズ differ by design: one matter.
BY_DESIGN = 3
SHOWN = 6


class Sisters:
    """For each task the same one in the nearest フェーズ before: same name, below the same heading.

    Where a name comes several times below it, the row at the same turn. Linear.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.of: dict[int, int] = {}
        last: dict[tuple[str, str, int], int] = {}
        turns: Counter[tuple[int, str, str]] = Counter()
        names = [folded(name) for name in sheet.names]
        for index, name in enumerate(names):
            above, top = sheet.up[index], sheet.tops[index]
            heading = "" if above in (-1, top) else names[above]
            key = (name, heading, turns[top, name, heading])
            turns[top, name, heading] += 1
            if key in last and sheet.tops[last[key]] != top:
                self.of[index] = last[key]
            last[key] = index


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two rows that are the same task; `row` is the one to look at, as a rule the later."""

    row: int
    other: int


def sister_marks(sheet: Sheet, sisters: Sisters, suspects: Collection[int]) -> Iterator[Finding]:
    """W8: find tasks whose marks differ from those of the same task in another フェーズ.

    Where the same column took over from the same other one in several rows of a フェーズ, or only
    the cooperation differs in several, they are one finding. Not so where in one of the two the
    orderer leads and in the other a company: each of these is a matter by itself.
    """
    groups: dict[object, list[_Pair]] = {}
    for index, sister in sisters.of.items():
        if sheet.headings[index] or sheet.headings[sister]:
            continue
        if sheet.items[index].marks != sheet.items[sister].marks:
            pair = _Pair(*in_doubt(index, sister, suspects))
            groups.setdefault(_kind(sheet, index, sister), []).append(pair)
    for pairs in groups.values():
        if len(pairs) < BY_DESIGN:
            yield from (_single(sheet, pair) for pair in pairs)
        else:
            yield _together(sheet, pairs)


def in_doubt(index: int, sister: int, suspects: Collection[int]) -> tuple[int, int]:
    """Return of two rows that should be alike the wrong one and the right one.

    Wrong is the one that other checks suspect, else the later one.
    """
    wrong = sister in suspects and index not in suspects
    return (sister, index) if wrong else (index, sister)


def _kind(sheet: Sheet, index: int, sister: int) -> object:
    """The same for rows that differ in the same way."""
    here, there = sheet.leads[index], sheet.leads[sister]
    if here and there and _parties(sheet, here) != _parties(sheet, there):
        return index
    between = (sheet.tops[index], sheet.tops[sister])
    return (*between, tuple(here), tuple(there)) if here != there else between


def _single(sheet: Sheet, pair: _Pair) -> Finding:
    message = f"{sheet.place(pair.row)}は{_who(sheet, pair.row, pair.other)}、"
    message += f"{sheet.place(pair.other)}では{_who(sheet, pair.other, pair.row)}です。"
    item, other = sheet.items[pair.row], sheet.items[pair.other]
    cells = ((item.uid, ""), (other.uid, ""))
    return Finding(Code.SISTER, cells, message, (*item.marks, *other.marks))


def _together(sheet: Sheet, pairs: Sequence[_Pair]) -> Finding:
    first = pairs[0]
    numbers = "、".join(sheet.items[pair.row].number for pair in pairs[:SHOWN])
    rest = "など" if len(pairs) > SHOWN else ""
    message = (
        f"項番{numbers}{rest}の{len(pairs)}行は{_who(sheet, first.row, first.other)}、"
        f"別フェーズの同じ作業では{_who(sheet, first.other, first.row)}です。"
    )
    if sheet.leads[first.row] == sheet.leads[first.other]:
        message = f"項番{numbers}{rest}の{len(pairs)}行は、別フェーズの同じ作業と協力先が違います。"
    items = [sheet.items[at] for pair in pairs for at in (pair.row, pair.other)]
    evidence = tuple(mark for item in items for mark in item.marks)
    cells = tuple((sheet.items[pair.row].uid, "") for pair in pairs)
    return Finding(Code.SISTER, cells, message, evidence)


def _who(sheet: Sheet, row: int, other: int) -> str:
    """What the row says otherwise than the other: who leads, else who cooperates."""
    leads = sheet.leads[row]
    if leads == sheet.leads[other]:
        marks = sheet.items[row].marks
        helping = [at for at, mark in enumerate(marks) if mark and at not in leads]
        return f"協力が{sheet.named(helping)}"
    return f"主たる作業者が{sheet.named(leads)}"


def _parties(sheet: Sheet, columns: Sequence[int]) -> set[str]:
    return {"orderer" if at in sheet.orderers else "company" for at in columns}
