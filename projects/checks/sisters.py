"""W8 and W10: what the marks of the same task in another フェーズ say about this one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from projects.checks.finding import Change, Code, Finding
from projects.checks.reading import Sheet
from projects.checks.wording import folded
from projects.grid import RoleKind

VENDOR = RoleKind.VENDOR
SHORTEST_RUN = 2


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
            above = sheet.up[index]
            heading = names[above] if above >= 0 else ""
            top = sheet.tops[index]
            key = (name, heading, turns[top, name, heading])
            turns[top, name, heading] += 1
            if key in last and sheet.tops[last[key]] != top:
                self.of[index] = last[key]
            last[key] = index


def sister_marks(sheet: Sheet, sisters: Sisters) -> Iterator[Finding]:
    """W8: in one of the two the orderer leads, in the other a company."""
    for index, sister in sisters.of.items():
        if sheet.headings[index] or sheet.headings[sister]:
            continue
        here, there = sheet.leads[index], sheet.leads[sister]
        if not here or not there or _kinds(sheet, here) == _kinds(sheet, there):
            continue
        item, other = sheet.items[index], sheet.items[sister]
        said = (
            f"{sheet.place(index)}の主たる作業者は{_names(sheet, here)}、"
            f"{sheet.place(sister)}では{_names(sheet, there)}です。"
        )
        cells = ((item.uid, ""), (other.uid, ""))
        yield Finding(Code.SISTER, cells, said, (*item.marks, *other.marks))


def shifted(sheet: Sheet, sisters: Sisters, suspects: Collection[int]) -> Iterator[Finding]:
    """W10: runs of rows that say what their sisters say, one column beside it.

    Wrong is the one of the two that other checks suspect, else the later one. A run goes on over
    rows that say exactly what their sisters say, and ends at any other.
    """
    still = sum(1 for _ in takewhile(lambda role: role.kind is not VENDOR, sheet.grid.roles))
    run: list[_Slip] = []
    for index, sister in sisters.of.items():
        here, there = sheet.items[index].marks, sheet.items[sister].marks
        if here == there or not any(here):
            continue
        wrong, right = (sister, index) if _suspect(sister, index, suspects) else (index, sister)
        step = _step(sheet.items[right].marks, sheet.items[wrong].marks, still)
        slip = _Slip(wrong, right, step)
        if run and not run[-1].goes_on(slip, sheet):
            yield from _run(sheet, run)
            run = []
        if step:
            run.append(slip)
    yield from _run(sheet, run)


@dataclass(frozen=True, slots=True)
class _Slip:
    """A row whose marks are those of another, that many columns to the right."""

    wrong: int
    right: int
    step: int

    def goes_on(self, other: _Slip, sheet: Sheet) -> bool:
        same = sheet.tops[self.wrong] == sheet.tops[other.wrong]
        return bool(other.step) and other.step == self.step and same


def _suspect(sister: int, index: int, suspects: Collection[int]) -> bool:
    return sister in suspects and index not in suspects


def _run(sheet: Sheet, run: Sequence[_Slip]) -> Iterator[Finding]:
    if len(run) < SHORTEST_RUN:
        return
    first, last = sheet.items[run[0].wrong], sheet.items[run[-1].wrong]
    side = "右" if run[0].step > 0 else "左"
    said = (
        f"項番{first.number}から{last.number}までの{len(run)}行の記号は、別フェーズの同じ作業より"
        f"1列{side}にあります。"
    )
    cells = tuple((sheet.items[slip.wrong].uid, "") for slip in run)
    evidence = tuple(mark for slip in run for mark in sheet.items[slip.wrong].marks)
    repair = tuple(change for slip in run for change in _put_right(sheet, slip))
    yield Finding(Code.SHIFTED, cells, said, evidence, repair)


def _put_right(sheet: Sheet, slip: _Slip) -> Iterator[Change]:
    item, wanted = sheet.items[slip.wrong], sheet.items[slip.right].marks
    for column, mark in enumerate(item.marks):
        if mark != wanted[column]:
            yield Change(item.uid, wanted[column], role=sheet.role(column))


def _step(right: Sequence[str], wrong: Sequence[str], still: int) -> int:
    """By how many columns, 1 or −1, the wrong marks stand to the right; 0 for anything else.

    The first columns, which are no company's of their own, may stand still while the rest moves.
    """
    for kept in dict.fromkeys((0, still)):
        if tuple(right[:kept]) == tuple(wrong[:kept]) and any(right[kept:]):
            for step in (1, -1):
                if _moved(right[kept:], step) == tuple(wrong[kept:]):
                    return step
    return 0


def _moved(marks: Sequence[str], step: int) -> tuple[str, ...] | None:
    """None when a mark would fall off the edge."""
    if marks[-1 if step > 0 else 0]:
        return None
    return ("", *marks[:-1]) if step > 0 else (*marks[1:], "")


def _kinds(sheet: Sheet, columns: Sequence[int]) -> set[str]:
    return {"orderer" if at in sheet.orderers else "company" for at in columns}


def _names(sheet: Sheet, columns: Sequence[int]) -> str:
    return "、".join(sheet.role(at) for at in columns)
