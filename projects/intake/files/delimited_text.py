"""Bytes of a text file → text, and text with separators → Book."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from projects.intake.files.book import Book, Sheet
from projects.intake.text.remarks import IntakeError, Problem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",\t;"
# UTF-16 without a mark: every separator and line end has a zero byte.
_LOOKED_AT, _NUL_SHARE = 2_000, 30
_LONGEST_CELL = 1_000_000


def decoded(data: bytes) -> str:
    """The text in UTF-8, CP932 or UTF-16, with or without a byte order mark.

    IntakeError with the byte when it is none of them. A strict decoding decides, no guess does.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    start = data[:_LOOKED_AT]
    if start.count(0) * _NUL_SHARE > len(start):
        high = start[::2].count(0) > start[1::2].count(0)
        return _strict(data, "utf-16-be" if high else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    try:
        return data.decode("cp932")
    except UnicodeDecodeError as error:
        message = f"文字コードがUTF-8でもシフトJISでもありません（{at + 1}バイト目）。"
        raise IntakeError(Problem(message)) from error


def read_csv(text: str) -> Book:
    """The one sheet of a CSV or TSV. IntakeError when it has no table."""
    separator = _separator(text)
    rows: list[list[str]] = []
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    try:
        rows += ([_unified(cell) for cell in row] for row in reader)
    except csv.Error as error:
        message = f"CSVの{reader.line_num}行目を読み取れません。"
        raise IntakeError(Problem(message)) from error
    if max(map(len, rows), default=0) < 2:
        raise IntakeError(Problem("表が見つかりません。見出しの行がある表が必要です。"))
    return Book([Sheet("CSV", rows)])


def _unified(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"文字コードがUTF-16・UTF-8として壊れています（{error.start + 1}バイト目）。"
        raise IntakeError(Problem(message)) from error


def _separator(text: str) -> str:
    """The separator that stands most often outside quotes in the first lines."""
    counts = dict.fromkeys(_SEPARATORS, 0)
    for char in _outside_quotes(text[:20_000]):
        if char in counts:
            counts[char] += 1
    return max(counts, key=counts.__getitem__)


def _outside_quotes(text: str) -> Iterator[str]:
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif not quoted:
            yield char
