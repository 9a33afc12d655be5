"""A file as bytes → Reading: sheets of cells → columns → outline → Grid and remarks.

Knows no Django and no database. Everything that is read ends in the grid, in a remark or in
`Refused`; nothing is dropped in silence. Importing this package is cheap: a reader is imported
when there is something to read, so that a child process starts quickly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from projects.intake.reading import Reading
from projects.intake.remarks import Problem, Refused, Remark

if TYPE_CHECKING:
    from projects.grid import Role
    from projects.intake.columns import Columns

__all__ = ["Problem", "Reading", "Refused", "Remark", "read"]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def read(
    data: bytes, *, roles: Sequence[Role] = (), columns: Mapping[int, Columns] | None = None
) -> Reading:
    """The reading of a Markdown document or of a workbook that this application exported.

    The type is taken from the content. `roles` and `columns` explain a Markdown document; a
    workbook explains itself. Refused with every cause when it cannot be read.
    """
    if not data.strip():
        raise Refused(Problem("ファイルが空です。"))
    if data.startswith(_OLE):
        message = (
            "旧形式（.xls）または暗号化されたファイルは読めません。.xlsxで保存し直してください。"
        )
        raise Refused(Problem(message))
    if data.startswith(_ZIP):
        from projects.intake.returned import read_workbook

        return read_workbook(data)
    return _read_document(data, roles, columns or {})


def _read_document(data: bytes, roles: Sequence[Role], columns: Mapping[int, Columns]) -> Reading:
    from projects.intake.markdown import parse
    from projects.intake.scan import read_scan

    reading = read_scan(parse(data), roles=roles, columns=columns)
    errors = reading.grid.errors()
    if errors:
        raise Refused(*(Problem(error) for error in errors))
    return reading
