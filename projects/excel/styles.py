"""Define the cell formats of the sheets of 別紙10."""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from projects.domain.grid import Grid

_FONT = "ＭＳ Ｐゴシック"
_SHADES = {1: "#C5D7FB", 2: "#E8F1FE", 3: "#F2F2F2"}
_HEADER_SHADE = "#E6E6E6"
_LEAD_COLOUR = "#0017C1"
_LINE = "#949494"
_PLAIN = 4
_ALIVE = ("=", "+", "-", "@", "\t", "\r")


class Styles:
    """The cell formats, made once each: XlsxWriter writes one style per Format."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._texts: dict[tuple[str, int, bool], Format] = {}
        self.title = book.add_format(self._font(size=16, bold=True))
        self.plain = book.add_format(self._font())
        self.right = book.add_format(self._font(align="right"))
        header = {"bg_color": _HEADER_SHADE, "border": 1, "border_color": _LINE, "bold": True}
        self.header = book.add_format(
            self._font(**header, valign="bottom", text_wrap=True, align="center")
        )
        self._header = header
        self.piece = book.add_format(self._font(size=9))
        self.changed_piece = book.add_format(self._font(size=9, underline=1))

    def vertical(self, size: float) -> Format:
        """Stack characters below one another, as Japanese headers are written."""
        return self._book.add_format(
            self._font(
                **self._header | {"bold": False},
                size=size,
                rotation=270,
                valign="top",
                align="center",
            )
        )

    def text(self, text: str, *, level: int, name: str) -> Format:
        """Return the format of a text cell; risky texts carry Excel's quote prefix."""
        return self._kept(name, level=level, risky=text.startswith(_ALIVE))

    def _kept(self, name: str, *, level: int, risky: bool) -> Format:
        key = (name, level, risky)
        if key not in self._texts:
            self._texts[key] = self._book.add_format(self._properties(name, level, risky))
        return self._texts[key]

    def changed(self, text: str) -> Format:
        """Return the format of a text cell all of which changed: underlined."""
        return self._kept("changed", level=_PLAIN, risky=text.startswith(_ALIVE))

    def marks(self, grid: Grid, level: int) -> dict[str, Format]:
        """Return the format of each symbol and of a blank cell at that level."""
        names = {"": "mark"} | {
            mark.symbol: "lead" if mark.leads else "mark" for mark in grid.legend
        }
        return {symbol: self.text(symbol, level=level, name=name) for symbol, name in names.items()}

    def _properties(self, name: str, level: int, risky: bool) -> dict[str, Any]:
        extra: dict[str, Any] = {"border": 1, "border_color": _LINE, "valign": "vcenter"}
        if level in _SHADES:
            extra |= {"bg_color": _SHADES[level], "bold": True}
        kinds: dict[str, dict[str, Any]] = {
            "number": {"align": "center"},
            "name": {"align": "left", "indent": level - 1, "text_wrap": True},
            "mark": {"align": "center", "size": 12},
            "lead": {"align": "center", "size": 12, "font_color": _LEAD_COLOUR},
            "changed": {"text_wrap": True, "size": 9, "underline": 1},
        }
        extra |= kinds.get(name, {"text_wrap": True, "size": 9})
        return self._font(**extra, **({"quote_prefix": True} if risky else {}))

    @staticmethod
    def _font(size: Any = 10, **extra: Any) -> dict[str, Any]:
        return {"font_name": _FONT, "font_size": size, **extra}
