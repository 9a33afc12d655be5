"""W10: find marks that moved by a column when the document was scanned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from projects.checks.across_phases import Sisters, in_doubt
from projects.checks.finding import Change, Code, Finding
from projects.checks.grid_index import Sheet
from projects.domain.grid import RoleKind

VENDOR = RoleKind.VENDOR
SHORTEST_RUN = 2
# A row that is not quite its sister shifted by a column slipped when so many columns are, and its
# lead is that much rarer in its フェーズ than the sister's is in that one.
LEAST_SHARED = 3
RARER = 3


def shifted(sheet: Sheet, sisters: Sisters, suspects: Collection[int]) -> Iterator[Finding]:
    """W10: find runs of rows with the marks of their sisters one column beside them.

    A run goes on over rows that say exactly what their sisters say, and ends at any other.
    """
    slips = _Slips(sheet, suspects)
    run: list[_Slip] = []
    for index, sister in sisters.of.items():
        here, there = sheet.items[index].marks, sheet.items[sister].marks
        if here == there or not any(here):
            continue
        slip = slips.exact(index, sister) or slips.loose(index, sister)
        if run and not (slip and run[-1].goes_on(slip, sheet)):
            yield from slips.findings_of(run)
            run = []
        if slip:
            run.append(slip)
    yield from slips.findings_of(run)


@dataclass(frozen=True, slots=True)
class _Slip:
    """A row whose marks stand one column to the right (`step` 1) or left (−1) of the wanted ones.

    `exact` when these are those of its sister; else the row stands for itself, without a run.
    """

    row: int
    wanted: tuple[str, ...]
    step: int
    exact: bool

    def goes_on(self, other: _Slip, sheet: Sheet) -> bool:
        same = sheet.tops[self.row] == sheet.tops[other.row]
        return same and (self.step, self.exact) == (other.step, other.exact)


class _Slips:
    """Finds the slip of a row, and tells of runs of them.

    The first columns, which are no company's of their own, may stand still while the rest moves.
    """

    def __init__(self, sheet: Sheet, suspects: Collection[int]) -> None:
        self._sheet, self._suspects = sheet, suspects
        kinds = (role.kind for role in sheet.grid.roles)
        self._still = sum(1 for _ in takewhile(lambda kind: kind is not VENDOR, kinds))
        self._led = Counter((sheet.tops[row], at) for row in sheet.tasks for at in sheet.leads[row])

    def exact(self, index: int, sister: int) -> _Slip | None:
        row, right = in_doubt(index, sister, self._suspects)
        wanted = self._sheet.items[right].marks
        step = _step(wanted, self._sheet.items[row].marks, self._still)
        return _Slip(row, tuple(wanted), step, exact=True) if step else None

    def loose(self, index: int, sister: int) -> _Slip | None:
        """Find a slip where one of the two rows has more marks, but enough of the others agree.

        Wrong is the one whose lead is a rare one in its フェーズ; nothing where neither is.
        """
        if any(len(self._sheet.leads[row]) != 1 for row in (index, sister)):
            return None
        row, right = sorted((index, sister), key=self._commonness)
        step = self._sheet.leads[row][0] - self._sheet.leads[right][0]
        if abs(step) != 1 or self._commonness(row) * RARER > self._commonness(right):
            return None
        marks, still = self._sheet.items[row].marks, self._still
        back = _moved(marks[still:], -step)
        if back is None or not _fit(back, self._sheet.items[right].marks[still:]):
            return None
        return _Slip(row, (*marks[:still], *back), step, exact=False)

    def _commonness(self, row: int) -> int:
        """In how many rows of the フェーズ the row's lead leads."""
        return self._led[self._sheet.tops[row], self._sheet.leads[row][0]]

    def findings_of(self, run: Sequence[_Slip]) -> Iterator[Finding]:
        """Yield the finding about a run, none where another lead may be meant."""
        if not run or (run[0].exact and (len(run) < SHORTEST_RUN or self._is_usual(run))):
            return
        rows = [self._sheet.items[slip.row] for slip in run]
        which = f"項番{rows[0].number}"
        which += f"から{rows[-1].number}までの{len(rows)}行" if len(rows) > 1 else ""
        side = "右" if run[0].step > 0 else "左"
        message = f"{which}の記号は、別フェーズの同じ作業より1列{side}にあります。"
        cells = tuple((row.uid, "") for row in rows)
        evidence = tuple(mark for row in rows for mark in row.marks)
        repair = tuple(change for slip in run for change in self._put_right(slip))
        yield Finding(Code.SHIFTED, cells, message, evidence, repair)

    def _is_usual(self, run: Sequence[_Slip]) -> bool:
        """Whether all of the run has but one mark, which leads other rows of the フェーズ too."""
        found = {self._sheet.items[slip.row].marks for slip in run}
        leads = self._sheet.leads[run[0].row]
        if len(found) > 1 or len(leads) != 1 or sum(map(bool, next(iter(found)))) > 1:
            return False
        return self._commonness(run[0].row) > len(run)

    def _put_right(self, slip: _Slip) -> Iterator[Change]:
        item = self._sheet.items[slip.row]
        for column, mark in enumerate(item.marks):
            if mark != slip.wanted[column]:
                yield Change(item.uid, slip.wanted[column], role=self._sheet.role(column))


def _fit(marks: Sequence[str], others: Sequence[str]) -> bool:
    """Whether one has a mark wherever the other has, in enough columns."""
    mine, theirs = ({at for at, mark in enumerate(row) if mark} for row in (marks, others))
    return (mine <= theirs or theirs <= mine) and len(mine & theirs) >= LEAST_SHARED


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
