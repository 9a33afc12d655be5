"""Describe a column header, and set its name vertically. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LONG_NAME = 48

_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: "\u3000"}


@dataclass(frozen=True, slots=True)
class Header:
    """A column header: the full name, and the same as it is set vertically.

    `codes` are those of the findings asked for that are about the column.
    """

    name: str
    codes: tuple[str, ...] = ()

    @property
    def vertical(self) -> str:
        """Return the name in full width: brackets turn, digits stand upright in vertical text."""
        return self.name.translate(_FULL_WIDTH)

    @property
    def is_long(self) -> bool:
        """Return whether the name takes more than three lines of the header."""
        return len(self.name) > LONG_NAME
