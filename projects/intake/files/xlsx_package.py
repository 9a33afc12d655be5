"""The parts of an Excel file: its sheets in order, what its styles mean, its shared strings."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from projects.intake.text.cell_values import format_of
from projects.intake.text.remarks import IntakeError, Problem

_ESCAPED = re.compile("_x005F(_x[0-9A-Fa-f]{4}_)|_x([0-9A-Fa-f]{4})_")
_DIGITS = 10
_TRUE = ("1", "true", "on")


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet: its name, where its XML is, and whether people see its tab."""

    name: str
    path: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """A shared string: its text, and what of it is not struck through."""

    text: str
    kept: str


@dataclass(slots=True)
class Styles:
    """Cell style → indent, struck, number pattern; only those that have any."""

    indents: dict[int, int] = field(default_factory=dict)
    struck: set[int] = field(default_factory=set)
    patterns: dict[int, str] = field(default_factory=dict)


class Parts:
    """Reads the parts of an opened zip. IntakeError where the package makes no sense."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._names = {name.lower(): name for name in package.namelist()}
        self.workbook = self._main()
        self._relations = dict(self._related(self.workbook))
        book = self._tree(self.workbook)
        properties = next(_children(book, "workbookPr"), None)
        self.from_1904 = properties is not None and properties.get("date1904") in _TRUE
        self.sheets = list(self._sheets(book))
        if not self.sheets:
            raise IntakeError(Problem("表のシートがありません（グラフシートだけのブックです）。"))

    @property
    def has_macros(self) -> bool:
        return any(name.endswith("vbaproject.bin") for name in self._names)

    def read(self, path: str) -> bytes:
        """The bytes of a part; "" when it is missing."""
        name = self._names.get(path.lower())
        try:
            return self._package.read(name) if name else b""
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
            message = (
                f"ファイルが壊れています（{path}）。Excelで開き、.xlsxで保存し直してください。"
            )
            raise IntakeError(Problem(message)) from error

    @cached_property
    def styles(self) -> Styles:
        path = self._of_type("styles")
        return _styles(self._tree(path)) if path else Styles()

    @cached_property
    def shared_xml(self) -> bytes:
        path = self._of_type("sharedStrings")
        return self.read(path) if path else b""

    @cached_property
    def shared(self) -> list[Shared]:
        """The shared strings in order, parsed only where someone asks."""
        if not self.shared_xml:
            return []
        return [rich_text(entry) for entry in _children(_parsed(self.shared_xml), "si")]

    def _of_type(self, kind: str) -> str:
        return next((p for t, p in self._relations.values() if t.endswith(f"/{kind}")), "")

    def _main(self) -> str:
        for kind, path in dict(self._related("")).values():
            if kind.endswith("/officeDocument"):
                return path
        if "xl/workbook.xml" in self._names:
            return "xl/workbook.xml"
        raise IntakeError(Problem("Excelのファイルではありません。.xlsxで保存し直してください。"))

    def _related(self, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """(id, (type, path)) of what a part refers to inside the file."""
        folder, name = posixpath.split(path)
        data = self.read(posixpath.join(folder, "_rels", f"{name}.rels"))
        if not data:
            return
        for relation in _children(_parsed(data), "Relationship"):
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External":
                joined = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                yield relation.get("Id", ""), (relation.get("Type", ""), joined)

    def _sheets(self, book: Element) -> Iterator[Part]:
        for holder in _children(book, "sheets"):
            for sheet in _children(holder, "sheet"):
                ident = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
                kind, path = self._relations.get(ident, ("", ""))
                if kind.endswith("/worksheet"):
                    visible = sheet.get("state", "visible") == "visible"
                    yield Part(sheet.get("name", ""), path, visible)

    def _tree(self, path: str) -> Element:
        return _parsed(self.read(path))


def unescaped(text: str) -> str:
    """Excel writes a control character as _x000D_, and a literal "_x000D_" as _x005F_x000D_."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: found[1] or chr(int(found[2], 16)), text)


def rich_text(entry: Element) -> Shared:
    """The text of an <si> or <is> without its furigana, and what of it is not struck."""
    texts, kept = [], []
    for child in entry:
        name = _local(child)
        if name == "t":
            run, struck = child.text or "", False
        elif name == "r":
            run = "".join(t.text or "" for t in _children(child, "t"))
            struck = any(_is_on(s) for p in _children(child, "rPr") for s in _children(p, "strike"))
        else:
            continue
        texts.append(run)
        kept += [] if struck else [run]
    return Shared(unescaped("".join(texts)), unescaped("".join(kept)))


def _styles(tree: Element) -> Styles:
    custom = {
        _whole(entry, "numFmtId"): entry.get("formatCode", "")
        for holder in _children(tree, "numFmts")
        for entry in _children(holder, "numFmt")
    }
    fonts = [font for holder in _children(tree, "fonts") for font in _children(holder, "font")]
    struck = {i for i, f in enumerate(fonts) if any(map(_is_on, _children(f, "strike")))}
    found = Styles()
    formats = [xf for holder in _children(tree, "cellXfs") for xf in _children(holder, "xf")]
    for index, xf in enumerate(formats):
        for alignment in _children(xf, "alignment"):
            if indent := _whole(alignment, "indent"):
                found.indents[index] = indent
        if _whole(xf, "fontId") in struck:
            found.struck.add(index)
        pattern = format_of(_whole(xf, "numFmtId"), custom)
        if pattern:
            found.patterns[index] = pattern
    return found


def _whole(element: Element, name: str) -> int:
    """A count or an index; 0 where it is missing or nonsense."""
    text = element.get(name, "")
    return int(text) if text.isdecimal() and len(text) < _DIGITS else 0


def _is_on(element: Element) -> bool:
    return element.get("val", "1") in _TRUE


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child) == name)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _parsed(data: bytes) -> Element:
    try:
        return fromstring(data)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        message = "ファイルの中身が壊れています。Excelで開き、.xlsxで保存し直してください。"
        raise IntakeError(Problem(message)) from error
