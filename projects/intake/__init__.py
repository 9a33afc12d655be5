"""A file as bytes → Reading: sheets of cells → tables → columns → outline → Grid and remarks.

Knows no Django and no database. Everything that is read ends in the grid, in a remark or in
`IntakeError`; nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from projects.domain.grid import Mark, Role
from projects.excel.hidden_sheet import HIDDEN_SHEET
from projects.intake.files import markdown, preflight
from projects.intake.files.book import Book
from projects.intake.files.delimited_text import decoded, read_csv
from projects.intake.readers.reading import Reading
from projects.intake.text.column_definitions import Columns
from projects.intake.text.corrections import NO_CHOICES, Choices
from projects.intake.text.remarks import IntakeError, Problem, Remark

__all__ = ["Choices", "IntakeError", "Problem", "Reading", "Remark", "read"]

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0"
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "リッチテキスト"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
    (b"\x89PNG", "画像"),
    (b"\xff\xd8\xff", "画像"),
)


def read(
    data: bytes,
    *,
    roles: Sequence[Role] = (),
    columns: Mapping[int, Columns] | None = None,
    fixed: bool | None = None,
    legend: Sequence[Mark] = (),
    choices: Choices = NO_CHOICES,
) -> Reading:
    """The reading of a workbook, a CSV or a Markdown file; the type is taken from the content.

    `roles` are known ones: all there are when `fixed` (the default where there are any).
    `columns` explain the tables of a Markdown file. `legend` says what marks mean where the
    file does not. IntakeError with every cause when it cannot be read.
    """
    _check_kind(data)
    only = bool(roles) if fixed is None else fixed
    if data.startswith(_ZIP):
        book = _workbook(data)
        returned = any(sheet.name == HIDDEN_SHEET for sheet in book.sheets)
        if returned and not choices.about_layout:
            from projects.intake.readers.own_export import read_returned

            return read_returned(book, choices)
    else:
        text = decoded(data)
        if not markdown.looks_like_markdown(text):
            book = read_csv(text)
        elif columns:
            from projects.intake.readers.besshi10_scan import read_scan

            return _sound(read_scan(markdown.parse(text), roles=roles, columns=columns))
        else:
            book = markdown.as_book(markdown.parse(text))
    from projects.intake.readers.any_workbook import interpret

    return _sound(interpret(book, roles=roles, fixed=only, legend=legend, choices=choices))


def _check_kind(data: bytes) -> None:
    if not data.strip():
        raise IntakeError(Problem("ファイルが空です。"))
    if data.startswith(_OLE):
        message = (
            "旧形式（.xls）または暗号化されたファイルは読めません。.xlsxで保存し直してください。"
        )
        raise IntakeError(Problem(message))
    start = data[:1000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for magic, kind in _OTHERS:
        if start.startswith(magic.lower()):
            message = f"{kind}のファイルは読めません。Excelで.xlsxとして保存し直してください。"
            raise IntakeError(Problem(message))


def _workbook(data: bytes) -> Book:
    if preflight.check(data).is_ods:
        from projects.intake.files.ods import read_ods

        return read_ods(data)
    from projects.intake.files.xlsx import read_xlsx

    return read_xlsx(data)


def _sound(reading: Reading) -> Reading:
    errors = reading.grid.errors()
    if errors:
        raise IntakeError(*(Problem(error) for error in errors))
    return reading
