"""What kind of document the parts make up, and which part is which sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from posixpath import dirname, join, normpath

from projects.intake.files import limits
from projects.intake.files.zip_directory import SAVE_AGAIN, Entry, as_utf8, chunks
from projects.intake.text.remarks import IntakeError, Problem

NOT_EXCEL = f"Excelファイルではありません。{SAVE_AGAIN}"
BINARY_BOOK = "Excelバイナリブック（.xlsb）は読めません。.xlsxで保存し直してください。"
OTHER_OFFICE = (
    "Excelファイルではありません（{}の文書です）。表をExcelに移し、.xlsxで保存してください。"
)

ODS_CONTENT = "content.xml"
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_WORKBOOK, _BINARY = "xl/workbook.xml", "xl/workbook.bin"
_OTHERS = {"word/": "Word", "ppt/": "PowerPoint", "visio/": "Visio"}
_SMALL_BYTES = 4 * limits.MEGABYTE

# The ampersand last, so that nothing is undone twice.
_RELATIONSHIP = re.compile(rb"<(?:[\w.-]+:)?Relationship\s([^<>]*)>")
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb"([\w.:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_WORKBOOK_ROOT = re.compile(rb"<(?:[\w.-]+:)?workbook[\s>]")


@dataclass(frozen=True, slots=True)
class Book:
    """{name of the part, lower case: name of the sheet}; empty for an .ods."""

    sheets: Mapping[str, str] = field(default_factory=dict)
    is_ods: bool = False


def book_of(data: bytes, parts: Sequence[Entry]) -> Book:
    """The book that the parts make up. IntakeError says what else it is."""
    files = {part.name.casefold(): part for part in parts}
    mimetype = files.get("mimetype")
    if mimetype and _content(data, mimetype).startswith(_ODS_TYPE) and ODS_CONTENT in files:
        return Book(is_ods=True)
    targets = _targets(data, files, "")
    book = next((t for kind, t in targets.values() if kind.endswith("/officeDocument")), _WORKBOOK)
    for name in (book, _WORKBOOK):
        part = files.get(name.casefold())
        if part and _WORKBOOK_ROOT.search(_content(data, part)):
            return Book(_sheets(data, files, part))
    raise IntakeError(Problem(_otherwise(files)))


def _otherwise(files: Mapping[str, Entry]) -> str:
    if _BINARY in files:
        return BINARY_BOOK
    for folder, program in _OTHERS.items():
        if any(name.startswith(folder) for name in files):
            return OTHER_OFFICE.format(program)
    return NOT_EXCEL


def _sheets(data: bytes, files: Mapping[str, Entry], book: Entry) -> dict[str, str]:
    targets = _targets(data, files, book.name)
    found = {}
    for tag in _SHEET.finditer(_content(data, book)):
        attributes = _attributes(tag[1])
        identity = next((v for k, v in attributes.items() if k.endswith(":id")), "")
        if identity in targets:
            found[targets[identity][1].casefold()] = attributes.get("name", "")
    return found


def _targets(data: bytes, files: Mapping[str, Entry], source: str) -> dict[str, tuple[str, str]]:
    """{identity: (kind, name of the part)} of the relationships of a part, "" for the file's."""
    folder, name = dirname(source), source.rpartition("/")[2]
    part = files.get(join(folder, f"_rels/{name}.rels").casefold())
    if part is None:
        return {}
    found = {}
    for tag in _RELATIONSHIP.finditer(_content(data, part)):
        attributes = _attributes(tag[1])
        target = normpath(join("/", folder, attributes.get("Target", ""))).lstrip("/")
        found[attributes.get("Id", "")] = (attributes.get("Type", ""), target)
    return found


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode(errors="replace"): unescape((double or single).decode(errors="replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def _content(data: bytes, part: Entry) -> bytes:
    """The whole part, as UTF-8, when it is small, as these are, else nothing."""
    return b"".join(as_utf8(chunks(data, part))) if part.size <= _SMALL_BYTES else b""
