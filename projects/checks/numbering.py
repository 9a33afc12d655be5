"""E4: 項番 that are missing, doubled or out of order."""

from __future__ import annotations

from collections.abc import Iterator

from projects.checks.finding import Change, Code, Finding
from projects.checks.reading import Sheet

MOSTLY = 0.9


def numbers(sheet: Sheet) -> Iterator[Finding]:
    """Numbers of several parts (1.2.3) are compared part by part, others only for doubles."""
    first: dict[str, int] = {}
    before: tuple[int, ...] = ()
    counted = _counted(sheet)
    for index, item in enumerate(sheet.items):
        parts = _parts(item.number)
        problem = ""
        if not item.number:
            problem = "項番がありません"
        elif item.number in first:
            problem = f"項番が「{sheet.items[first[item.number]].name}」と同じです"
        elif parts and before and len(parts) == len(before) and parts < before:
            problem = f"項番が前の行の{_text(before)}より小さくなっています"
        first.setdefault(item.number, index)
        before = parts or before
        if problem:
            said = f"{sheet.place(index)}の{problem}。"
            repair = (Change(item.uid, str(index + 1), field="number"),) if counted else ()
            yield Finding(Code.NUMBER, ((item.uid, ""),), said, (item.number,), repair)


def _counted(sheet: Sheet) -> bool:
    """Whether the 項番 count the rows from 1, but for a few."""
    right = sum(item.number == str(place) for place, item in enumerate(sheet.items, 1))
    return right >= MOSTLY * len(sheet.items)


def _parts(number: str) -> tuple[int, ...]:
    if number.isascii() and number.isdecimal():
        return (int(number),)
    pieces = number.replace("-", ".").split(".")
    return (
        tuple(int(p) for p in pieces) if all(p.isascii() and p.isdecimal() for p in pieces) else ()
    )


def _text(parts: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in parts)
