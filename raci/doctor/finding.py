"""Represent the result of one check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

UNREACHABLE = "データベースに接続できません"


class Level(StrEnum):
    OK = "良好"
    NOTE = "注意"
    WRONG = "異常"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check: its subject, its state, and advice, "" for none."""

    level: Level
    subject: str
    what: str
    advice: str = ""


def ok(subject: str, what: str) -> Finding:
    return Finding(Level.OK, subject, what)


def note(subject: str, what: str, advice: str) -> Finding:
    return Finding(Level.NOTE, subject, what, advice)


def wrong(subject: str, what: str, advice: str) -> Finding:
    return Finding(Level.WRONG, subject, what, advice)
