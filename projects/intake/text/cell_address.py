"""Cell addresses as people read them."""

from __future__ import annotations


def a1(row: int, column: int) -> str:
    """ "C17" for row 17, column 3; both counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
