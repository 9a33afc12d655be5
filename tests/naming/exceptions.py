"""Who may ask across projects, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Across:
    """A function that asks some tables without naming a project."""

    place: str
    tables: frozenset[str]
    reason: str


ALL: tuple[Across, ...] = ()


def excepted(place: str, tables: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """By place what it is excused for."""
    found = {one.place: one.tables & tables for one in ALL if one.place == place}
    return {place: excused for place, excused in found.items() if excused}
