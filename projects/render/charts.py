"""Render the workload as SVG: heat maps and bars. Classes only: the CSP forbids styles.

The numbers stand in a table beside the charts. To a screen reader the bars are one image, and a
map is a group of links, each of which says all that it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from projects.domain.workload import Count, Workload, shade

DARK = 5  # from this shade on the number is white
LABEL, CELL, ROW, HEAD = 330, 40, 26, 190
BAR, BAR_STEP, BAR_WIDTH = 20, 28, 560
_LONGEST_ROW, _LONGEST_COLUMN = 24, 14


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle in the units of the drawing."""

    x: float
    y: float
    width: float
    height: float

    def rect(self, kind: str) -> str:
        size = f'width="{self.width:g}" height="{self.height:g}"'
        return f'<rect class="{kind}" x="{self.x:g}" y="{self.y:g}" {size}/>'


@dataclass(frozen=True, slots=True)
class Number:
    """A count of rows, the symbols that stand there, and where they are; "" for nowhere."""

    value: int
    symbols: str
    url: str


@dataclass(frozen=True, slots=True)
class Heat:
    """A map of one kind of marks: its name among others in the page, its symbols, its numbers.

    `numbers` has a row for each stretch and in it one for each role.
    """

    name: str
    symbols: str
    numbers: Sequence[Sequence[Number]]


def heat(load: Workload, what: str, wanted: Heat) -> str:
    """Draw stretches × roles, darker for more; each number links to its rows.

    `what` names the stretches. All maps of a workload have the same shades.
    """
    width = LABEL + CELL * len(load.roles) + 10
    height = HEAD + ROW * len(load.stretches) + 10
    title = f"{what}×関連業者の{wanted.symbols}の数"
    about = "色が濃いほど記号が多いことを示します。数は下の表と同じです。"
    heads = (
        _text("v", LABEL + CELL * (at + 0.5), HEAD - 8, _short(role.label, _LONGEST_COLUMN))
        for at, role in enumerate(load.roles)
    )
    rows = (part for at in range(len(load.stretches)) for part in _heat_row(load, at, wanted))
    parts = [*heads, *rows]
    return _drawn(f"heat-{wanted.name}", width, height, (title, about), parts, role="group")


def bars(load: Workload) -> str:
    """Draw a bar per role: filled where it leads, hatched where it helps."""
    most = max((count.total for count in load.by_role), default=0) or 1
    height = BAR_STEP * len(load.roles) + 8
    title = "関連業者別の記号の数"
    about = (
        f"塗りつぶしが主たる作業者の記号（{load.lead_symbols}）、"
        f"斜線がそのほかの記号（{load.help_symbols}）です。"
    )
    parts = (part for at in range(len(load.roles)) for part in _bar(load, at, most))
    return _drawn("bars", LABEL + BAR_WIDTH + 170, height, (title, about), [_HATCH, *parts])


_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-ground"/>'
    '<rect width="2" height="6" class="hatch-line"/></pattern></defs>'
)


def _heat_row(load: Workload, at: int, wanted: Heat) -> Iterator[str]:
    name = load.stretches[at].item.name
    top = HEAD + ROW * at
    yield _text("r", LABEL - 8, top + 18, _short(name, _LONGEST_ROW))
    for column, number in enumerate(wanted.numbers[at]):
        box = _Box(LABEL + CELL * column, top, CELL - 1, ROW - 1)
        label = f"{name}、{load.roles[column].label}、{number.symbols} {number.value:,}件"
        yield _cell(box, number, shade(number.value, load.most), label)


def _cell(box: _Box, number: Number, dark: int, label: str) -> str:
    """A cell of a map: a link where it leads somewhere. `label` says it in words."""
    shape = box.rect(f"h{dark}")
    if not number.value:
        return shape
    kind = "n w" if dark >= DARK else "n"
    shape += _text(kind, box.x + CELL / 2, box.y + 17, f"{number.value:,}")
    words = f'aria-label="{escape(label)}"'
    if number.url:
        return f'<a href="{escape(number.url)}" {words}>{shape}</a>'
    return f'<g role="img" {words}>{shape}</g>'


def _bar(load: Workload, at: int, most: int) -> Iterator[str]:
    count: Count = load.by_role[at]
    top = BAR_STEP * at + 4
    lead, rest = (BAR_WIDTH * n / most for n in (count.leads, count.helps))
    yield _text("r", LABEL - 8, top + 15, _short(load.roles[at].label, _LONGEST_ROW))
    yield _Box(LABEL, top, round(lead, 1), BAR).rect("lead")
    yield _Box(round(LABEL + lead, 1), top, round(rest, 1), BAR).rect("help")
    words = f"{load.lead_symbols}{count.leads:,}　{load.help_symbols}{count.helps:,}"
    yield _text("t", round(LABEL + lead + rest + 8, 1), top + 15, words)


def _drawn(
    name: str,
    width: int,
    height: int,
    title_and_description: tuple[str, str],
    parts: Sequence[str],
    *,
    role: str = "img",
) -> str:
    title, about = map(escape, title_and_description)
    return (
        f'<svg class="chart" role="{role}" aria-labelledby="{name}-title" '
        f'aria-describedby="{name}-about" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
        f'<title id="{name}-title">{title}</title><desc id="{name}-about">{about}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _text(kind: str, x: float, y: float, text: str) -> str:
    """A text for the eye: what it says is told by the chart or the cell that it is in."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" aria-hidden="true">{escape(text)}</text>'


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
