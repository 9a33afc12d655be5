"""What the intake noticed and did not hide, and what makes it refuse a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Code(StrEnum):
    """Why a remark was made."""

    TWO_MARKS = "two_marks"
    SYMBOL_VARIANT = "symbol_variant"
    HEADING_DESCRIPTION = "heading_description"
    HEADER_WORDING = "header_wording"
    HEADER_DISAGREES = "header_disagrees"
    HEADER_BLANK = "header_blank"
    HEADER_REPEATED = "header_repeated"
    COLUMN_DOUBLED = "column_doubled"
    COLUMN_MISSING = "column_missing"
    CELL_SKIPPED = "cell_skipped"
    LEGEND_WORDING = "legend_wording"
    LINE_SKIPPED = "line_skipped"
    NUMBER_ORDER = "number_order"
    DATE_UNREAD = "date_unread"
    LEVEL_TAKEN = "level_taken"
    OTHER_PROJECT = "other_project"
    MACROS_IGNORED = "macros_ignored"
    READERS_DISAGREE = "readers_disagree"
    SHEET_SKIPPED = "sheet_skipped"
    HEADER_MATCHED = "header_matched"
    MARK_ASKED = "mark_asked"
    MARK_UNKNOWN = "mark_unknown"
    MARK_NOTED = "mark_noted"
    MARK_CHANGING = "mark_changing"
    MARK_STRUCK = "mark_struck"
    MARK_MERGED = "mark_merged"
    FORMULA_UNCACHED = "formula_uncached"
    TEXT_STRUCK = "text_struck"
    TEXT_CLEANED = "text_cleaned"
    ROW_HIDDEN = "row_hidden"
    ROW_JOINED = "row_joined"
    ROW_SKIPPED = "row_skipped"
    HEADING_MADE = "heading_made"
    NUMBER_IS_DATE = "number_is_date"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: the n-th table of a text or a sheet's name, and an A1 cell or a line.

    In a text table A1 is its header row; the delimiter line is not counted.
    """

    cell: str
    table: int | None = None
    sheet: str | None = None

    def __str__(self) -> str:
        where = f"表{self.table}" if self.table else self.sheet or "本文"
        return f"{where} {self.cell}"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd that was read all the same; `raw` keeps the text as found."""

    place: Place
    code: Code
    raw: str
    message: str

    def as_json(self) -> dict[str, object]:
        """{"table" or "sheet", "cell", "code", "raw", "message"}."""
        place = {key: value for key, value in asdict(self.place).items() if value is not None}
        return {**place, "code": self.code.value, "raw": self.raw, "message": self.message}

    def __str__(self) -> str:
        return f"{self.place}: {self.message}（{self.raw}）"


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason to refuse the file, with its place and what to do."""

    message: str
    place: Place | None = None
    raw: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        raw = f"（{self.raw}）" if self.raw else ""
        return f"{where}{self.message}{raw}"


class IntakeError(Exception):
    """The file is not taken. `problems` says why, every one with its place."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
