"""Is it safe and sensible to read this file? Looked at as bytes, before anything parses it.

Every part is inflated once, a little at a time, under the limits of `caps`. What passes may
still be nonsense; it cannot expand beyond the limits, name things outside of itself, or make a
reader hold more cells than there is room for.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain

from projects.intake.files import limits
from projects.intake.files.ods_extent import OdsCells
from projects.intake.files.sheet_names import NOT_EXCEL, ODS_CONTENT, Book, book_of
from projects.intake.files.xlsx_extent import (
    LONG_STRING,
    FarCells,
    InconclusiveSearchError,
    Merges,
    NearCells,
    Scanner,
    Strings,
)
from projects.intake.files.zip_directory import (
    SAVE_AGAIN,
    UNUSUAL,
    Entry,
    as_utf8,
    chunks,
    damaged,
    entries,
)
from projects.intake.text.remarks import IntakeError, Place, Problem

OLE_MAGIC = b"\xd0\xcf\x11\xe0"
ZIP_MAGIC = b"PK\x03\x04"

OLD_FORMAT = "旧形式（.xls）または暗号化されたファイルは読めません。.xlsxで保存し直してください。"
DTD = f"文書型宣言（DTD）を含むため読めません。{SAVE_AGAIN}"

_XML_NAMES = (".xml", ".rels", ".vml")
_PROLOG = re.compile(
    rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*+(?:<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)|(<!))", re.DOTALL
)
_ENCODING = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)")
_ENCODINGS = frozenset((b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1"))
_FREE_TEXT, _PICTURES = "customxml/", (".svg",)


def check(data: bytes) -> Book:
    """The book, refused in words unless the file is a sound .xlsx, .xlsm or .ods."""
    if data.startswith(OLE_MAGIC):
        raise IntakeError(Problem(OLD_FORMAT))
    if not data.startswith(ZIP_MAGIC):
        raise IntakeError(Problem(NOT_EXCEL))
    parts = entries(data)
    book = book_of(data, parts)
    for part in parts:
        try:
            _look_at(data, part, book, thorough=False)
        except InconclusiveSearchError:
            _look_at(data, part, book, thorough=True)
    return book


def _look_at(data: bytes, part: Entry, book: Book, *, thorough: bool) -> None:
    pieces = chunks(data, part)
    head = _head(pieces)
    root = _root(part, head, book)
    everything = chain((head,), pieces)
    if root:
        _scan(part, as_utf8(everything), _scanners(part, root, book, thorough=thorough))
    else:
        deque(everything, maxlen=0)


def _head(pieces: Iterator[bytes]) -> bytes:
    """Enough of the part to see what it is; pieces may be empty."""
    head = b""
    while len(head) < limits.PROLOG_BYTES and (piece := next(pieces, None)) is not None:
        head += piece
    return head


def _root(part: Entry, head: bytes, book: Book) -> str:
    """The name of the root element, "" for what no reader parses. IntakeError with a DTD."""
    name = part.name.casefold()
    text = next(as_utf8(iter((head,))))
    xml = text.lstrip().startswith(b"<")
    if text.strip() and not xml and name.endswith(_XML_NAMES):
        raise damaged(part.name)
    read = name in book.sheets or not name.endswith(_PICTURES)
    if not xml or not read:
        return ""
    root = _root_element(part, text)
    return "" if name.startswith(_FREE_TEXT) and name not in book.sheets else root


def _root_element(part: Entry, text: bytes) -> str:
    found = _PROLOG.match(text)
    if found is None:
        raise damaged(part.name)
    encoding = _ENCODING.match(text)
    if found[2] or (encoding and encoding[1].lower() not in _ENCODINGS):
        raise IntakeError(Problem(DTD if found[2] else UNUSUAL, raw=part.name))
    return found[1].decode()


def _scanners(part: Entry, root: str, book: Book, *, thorough: bool) -> list[Scanner]:
    def place(cell: str) -> Place:
        return Place(cell, sheet=book.sheets.get(part.name.casefold(), part.name))

    scanners: list[Scanner] = [FarCells(place) if thorough else NearCells(), Merges(place)]
    if root == "sst":
        scanners.append(Strings())
    if part.name == ODS_CONTENT:
        scanners.append(OdsCells(place))
    return scanners


def _scan(part: Entry, pieces: Iterator[bytes], scanners: Sequence[Scanner]) -> None:
    """Feeds the scanners; each buffer begins where two tags before the end of the last one."""
    rest = b""
    for piece in pieces:
        buffer = rest + piece
        cut = buffer.rfind(b"<", 0, max(buffer.rfind(b"<"), 0))
        for scanner in scanners:
            scanner.feed(buffer, max(cut, 0))
        rest = buffer[max(cut, 0) :]
        if len(rest) > limits.TEXT_BYTES:
            raise IntakeError(Problem(LONG_STRING, raw=part.name))
    for scanner in scanners:
        scanner.feed(rest, len(rest))
