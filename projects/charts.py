"""Workload → SVG: a heat map and bars, for screen and paper. Classes only: the CSP forbids styles.

The numbers stand in a table beside each chart; a chart is one image to a screen reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from projects.workload import Count, Workload, shade

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


def heat(load: Workload, what: str) -> str:
    """Stretches × roles, the darker the more; the number in each cell. `what` names the rows."""
    width = LABEL + CELL * len(load.roles) + 10
    height = HEAD + ROW * len(load.stretches) + 10
    title = f"{what}×関連業者の記号の数"
    about = "色が濃いほど記号が多いことを示します。数は下の表と同じです。"
    heads = (
        _text("v", LABEL + CELL * (at + 0.5), HEAD - 8, _short(role.label, _LONGEST_COLUMN))
        for at, role in enumerate(load.roles)
    )
    rows = (part for at in range(len(load.stretches)) for part in _heat_row(load, at))
    return _image("heat", width, height, (title, about), [*heads, *rows])


def bars(load: Workload) -> str:
    """A bar per role: where it leads filled, where it helps hatched."""
    most = max((count.total for count in load.by_role), default=0) or 1
    height = BAR_STEP * len(load.roles) + 8
    title = "関連業者別の記号の数"
    about = (
        f"塗りつぶしが主たる作業者の記号（{load.lead_symbols}）、"
        f"斜線がそのほかの記号（{load.help_symbols}）です。"
    )
    parts = (part for at in range(len(load.roles)) for part in _bar(load, at, most))
    return _image("bars", LABEL + BAR_WIDTH + 170, height, (title, about), [_HATCH, *parts])


_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-ground"/>'
    '<rect width="2" height="6" class="hatch-line"/></pattern></defs>'
)


def _heat_row(load: Workload, at: int) -> Iterator[str]:
    stretch = load.stretches[at]
    top = HEAD + ROW * at
    yield _text("r", LABEL - 8, top + 18, _short(stretch.item.name, _LONGEST_ROW))
    for column, count in enumerate(stretch.counts):
        dark = shade(count.total, load.most)
        left = LABEL + CELL * column
        yield _Box(left, top, CELL - 1, ROW - 1).rect(f"h{dark}")
        if count.total:
            kind = "n w" if dark >= DARK else "n"
            yield _text(kind, left + CELL / 2, top + 17, f"{count.total:,}")


def _bar(load: Workload, at: int, most: int) -> Iterator[str]:
    count: Count = load.by_role[at]
    top = BAR_STEP * at + 4
    lead, rest = (BAR_WIDTH * n / most for n in (count.leads, count.helps))
    yield _text("r", LABEL - 8, top + 15, _short(load.roles[at].label, _LONGEST_ROW))
    yield _Box(LABEL, top, round(lead, 1), BAR).rect("lead")
    yield _Box(round(LABEL + lead, 1), top, round(rest, 1), BAR).rect("help")
    words = f"{load.lead_symbols}{count.leads:,}　{load.help_symbols}{count.helps:,}"
    yield _text("t", round(LABEL + lead + rest + 8, 1), top + 15, words)


def _image(name: str, width: int, height: int, told: tuple[str, str], parts: Sequence[str]) -> str:
    title, about = map(escape, told)
    return (
        f'<svg class="chart {name}" role="img" aria-labelledby="{name}-title {name}-about" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<title id="{name}-title">{title}</title><desc id="{name}-about">{about}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
