"""Build the workload page: counts, each with a link to the rows that it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django import forms
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from projects.domain.grid import Grid, Mark, Role
from projects.domain.workload import (
    PHASES,
    PROCESSES,
    Count,
    Stretch,
    Together,
    Workload,
    shade,
    together,
    workload,
)
from projects.render import charts
from projects.render.charts import Heat, Number

NAMES = {PHASES: "フェーズ", PROCESSES: "工程"}
_DEPTHS = {"": PHASES, "process": PROCESSES}


class WorkloadForm(forms.Form):
    """How deep the workload page divides the document, from the URL."""

    by = forms.ChoiceField(
        required=False, label="集計の単位", choices=[("", "フェーズ"), ("process", "工程")]
    )

    @property
    def depth(self) -> int:
        """Return the level of the headings; phases when something in the URL is wrong."""
        return _DEPTHS[self.cleaned_data["by"]] if self.is_valid() else PHASES


@dataclass(frozen=True, slots=True)
class Line:
    """One stretch: its address, a pair of numbers per role, and the sums."""

    stretch: Stretch
    url: str
    cells: Sequence[tuple[Number, Number]]
    sum: Count


@dataclass(frozen=True, slots=True)
class Pair:
    """Two roles: tasks that they share, those that the row's role leads, and how dark."""

    role: Role
    shared: int
    led: int
    shade: int


@dataclass(frozen=True, slots=True)
class Headed:
    """A role with the address of its page, and its row of numbers."""

    role: Role
    url: str
    cells: Sequence[Pair | None] = ()


@dataclass(frozen=True, slots=True)
class WorkloadPage:
    """All that the page shows. The charts are SVG, escaped where they are drawn.

    A heat map for the marks of the 主たる作業者 and one for the others, each with its symbols.
    """

    load: Workload
    what: str
    roles: Sequence[Headed]
    lines: Sequence[Line]
    sums: Sequence[tuple[Number, Number]]
    pairs: Sequence[Headed]
    heats: Sequence[tuple[str, SafeString]]
    bars: SafeString


def workload_page(grid: Grid, slug: str, role_keys: Sequence[int], depth: int) -> WorkloadPage:
    """The page of the grid's roles, whose primary keys come in the same order."""
    load, shared = workload(grid, depth=depth), together(grid)
    pages = [reverse("projects:role", args=[slug, key]) for key in role_keys]
    matrix = reverse("projects:matrix", args=[slug])
    lines = [_line(load, stretch, matrix) for stretch in load.stretches]
    return WorkloadPage(
        load=load,
        what=NAMES[depth],
        roles=[Headed(role, url) for role, url in zip(load.roles, pages, strict=True)],
        lines=lines,
        sums=_numbers(load, load.by_role, matrix, None),
        pairs=[Headed(load.roles[at], url, _pairs(shared, at)) for at, url in enumerate(pages)],
        heats=list(_heats(load, NAMES[depth], lines)),
        bars=mark_safe(charts.bars(load)),  # noqa: S308 - escaped where drawn
    )


def _heats(load: Workload, what: str, lines: Sequence[Line]) -> Iterator[tuple[str, SafeString]]:
    kinds = (("lead", load.lead_symbols), ("help", load.help_symbols))
    for place, (name, symbols) in enumerate(kinds):
        if symbols:
            numbers = [[pair[place] for pair in line.cells] for line in lines]
            svg = charts.heat(load, what, Heat(name, symbols, numbers))
            yield symbols, mark_safe(svg)  # noqa: S308 - escaped where drawn


def _line(load: Workload, stretch: Stretch, matrix: str) -> Line:
    place = f"{matrix}phases/{quote(stretch.item.number)}/" if stretch.reachable else ""
    cells = _numbers(load, stretch.counts, place, stretch.level)
    return Line(stretch, place, cells, stretch.sum)


def _numbers(
    load: Workload, counts: Sequence[Count], place: str, level: int | None
) -> list[tuple[Number, Number]]:
    return [
        (
            _number(count.leads, role, load.leading, place, level),
            _number(count.helps, role, load.helping, place, level),
        )
        for role, count in zip(load.roles, counts, strict=True)
    ]


def _number(value: int, role: Role, marks: Sequence[Mark], place: str, level: int | None) -> Number:
    asked = [("role", role.name), *(("mark", mark.symbol) for mark in marks)]
    if level is not None:
        asked.append(("level", str(level)))
    url = f"{place}?{urlencode(asked)}" if place and value else ""
    return Number(value, "・".join(mark.symbol for mark in marks), url)


def _pairs(shared: Together, at: int) -> list[Pair | None]:
    """The role's row; None where it would meet itself."""
    numbers = zip(shared.roles, shared.shared[at], shared.led[at], strict=True)
    return [
        None if place == at else Pair(role, both, led, shade(both, shared.most))
        for place, (role, both, led) in enumerate(numbers)
    ]
