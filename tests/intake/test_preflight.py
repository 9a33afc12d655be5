"""The preflight refuses what could hurt, in words and with the place, and passes the rest."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter

from projects.intake.files import limits, preflight, sheet_names, xlsx_extent, zip_directory
from projects.intake.text.remarks import IntakeError
from tests.support import hostile_workbooks as hostile
from tests.support import zip_writer as zips
from tests.support.grid_builders import exported
from tests.support.hostile_workbooks import BOOK, SHEET, STRINGS, book, cell


def refusal(data: bytes) -> IntakeError:
    with pytest.raises(IntakeError) as raised:
        preflight.check(data)
    return raised.value


def refused_places(data: bytes) -> list[str]:
    return [str(problem.place) for problem in refusal(data).problems]


def truncated(share: float) -> bytes:
    data = book()
    return data[: int(len(data) * share)]


def docx() -> bytes:
    return zips.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})


def picture_as_sheet() -> bytes:
    parts = hostile.frame()
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = str(parts[name]).replace("worksheets/sheet1.xml", "/xl/media/a.svg")
    return zips.zipped({**parts, "xl/media/a.svg": hostile.BILLION_LAUGHS + "<worksheet/>"})


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    # What is not a workbook at all.
    "pdf": (lambda: b"%PDF-1.7 ...", sheet_names.NOT_EXCEL),
    "html": (lambda: b"<html><table></table></html>", sheet_names.NOT_EXCEL),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), sheet_names.NOT_EXCEL),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), preflight.OLD_FORMAT),
    "docx": (docx, sheet_names.OTHER_OFFICE.format("Word")),
    "plain zip": (lambda: zips.zipped({"読んで.txt": "x"}), sheet_names.NOT_EXCEL),
    "zip in zip": (hostile.zip_in_zip, sheet_names.NOT_EXCEL),
    "xlsb": (lambda: zips.zipped({"xl/workbook.bin": b"x"}), sheet_names.BINARY_BOOK),
    # Broken or two-faced containers.
    "half a file": (lambda: truncated(0.5), zip_directory.DAMAGED),
    "last byte lost": (lambda: book()[:-1], zip_directory.DAMAGED),
    "first kilobyte lost": (lambda: b"PK\x03\x04" + book()[1000:], zip_directory.DAMAGED),
    "something behind it": (lambda: book() + b"PK\x05\x06", zip_directory.DAMAGED),
    "two files in one": (lambda: book() + book(), zip_directory.DAMAGED),
    "another checksum in the directory": (
        lambda: zips.patched(book(), SHEET, "crc", 1), zip_directory.UNUSUAL),
    "wrong checksum": (
        lambda: zips.patched(zips.patched(book(), SHEET, "crc", 1), SHEET, "crc", 1,
                                local=True), zip_directory.DAMAGED),
    "encrypted": (lambda: zips.patched(book(), SHEET, "flags", 1), zip_directory.ENCRYPTED),
    "bzip2": (
        lambda: zips.zipped({**hostile.frame(), SHEET: "<x/>"}, zipfile.ZIP_BZIP2, 9),
        zip_directory.UNUSUAL),
    "sizes differ": (lambda: zips.patched(book(), SHEET, "size", 9), zip_directory.UNUSUAL),
    "offset outside": (
        lambda: zips.patched(book(), SHEET, "offset", 1 << 30), zip_directory.DAMAGED),
    "zip64 without its field": (
        lambda: zips.patched(book(), SHEET, "size", 0xFFFFFFFF), zip_directory.DAMAGED),
    "overlapping": (hostile.overlapping, zip_directory.UNUSUAL),
    "quoted": (hostile.quoted, zip_directory.UNUSUAL),
    "same name twice": (hostile.doubled, zip_directory.UNUSUAL),
    "name goes up": (lambda: hostile.renamed("xl/../../etc/passwd"), zip_directory.UNUSUAL),
    "name goes up in Windows": (lambda: hostile.renamed("xl\\..\\..\\x"), zip_directory.UNUSUAL),
    "absolute name": (lambda: hostile.renamed("/etc/passwd"), zip_directory.UNUSUAL),
    "name with a drive": (lambda: hostile.renamed("C:/x"), zip_directory.UNUSUAL),
    "too many parts": (hostile.many_parts, zip_directory.TOO_MANY_PARTS),
    # Bombs.
    "a sheet of spaces": (hostile.blank_bomb, zip_directory.TOO_LARGE),
    "a string of a gigabyte": (hostile.shared_string_bomb, zip_directory.TOO_LARGE),
    "a string of two megabytes": (
        lambda: hostile.shared_string_bomb(3_000_000), xlsx_extent.LONG_STRING),
    "many bombs": (hostile.many_bombs, zip_directory.TOO_LARGE),
    "a falsified size": (hostile.falsified_size, zip_directory.UNUSUAL),
    # XML.
    "billion laughs": (hostile.entity_bomb, preflight.DTD),
    "billion laughs in UTF-16": (lambda: hostile.entity_bomb("utf-16"), preflight.DTD),
    "billion laughs in UTF-7": (
        lambda: hostile.with_part(STRINGS, '<?xml version="1.0" encoding="utf-7"?>+ADw-!DOCTYPE'),
        zip_directory.DAMAGED),
    "another encoding": (
        lambda: hostile.with_part(STRINGS, '<?xml version="1.0" encoding="cp037"?><sst/>'),
        zip_directory.UNUSUAL),
    "a file from outside": (
        lambda: hostile.external_entity("file:///etc/passwd"), preflight.DTD),
    "an address from outside": (
        lambda: hostile.external_entity("http://example.invalid/x.dtd", SHEET), preflight.DTD),
    "a DTD behind blocks of nothing": (
        lambda: hostile.late_start(hostile.BILLION_LAUGHS + "<sst/>"), preflight.DTD),
    "a sheet that calls itself a picture": (picture_as_sheet, preflight.DTD),
    "a DTD in the relationships": (
        lambda: hostile.with_part("xl/worksheets/_rels/sheet1.xml.rels", "<!DOCTYPE x><x/>"),
        preflight.DTD),
    "no XML": (lambda: hostile.with_part(SHEET, "項番,作業項目\n"), zip_directory.DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_words(name: str) -> None:
    build, message = REFUSED[name]
    (problem,) = refusal(build()).problems
    assert problem.message == message
    assert problem.message.endswith("ください。")


FAR: dict[str, tuple[Callable[[], bytes], str, list[str]]] = {
    "the last cell": (
        lambda: hostile.value_at("XFD1048576"), xlsx_extent.SPREAD, ["分担表 XFD1048576"]),
    "one to the right and one below": (
        lambda: book(f'<row r="1">{cell("XFD1")}</row><row r="9999">{cell("A9999")}</row>'),
        xlsx_extent.SPREAD, ["分担表 XFD1", "分担表 A9999"]),
    "against the order": (
        lambda: book(f'<row r="9999">{cell("A9999")}</row><row r="1">{cell("XFD1")}</row>'),
        xlsx_extent.SPREAD, ["分担表 XFD1", "分担表 A9999"]),
    "a cell in another row than its own": (
        lambda: hostile.value_at("ZZ1048576", row=2), xlsx_extent.SPREAD, ["分担表 ZZ1048576"]),
    "small letters": (
        lambda: hostile.value_at("xfd1048576"), xlsx_extent.SPREAD, ["分担表 XFD1048576"]),
    "other quotes": (
        lambda: book("<row><c t='>' r = 'XFD9999'><v>1</v></c></row>"),
        xlsx_extent.SPREAD, ["分担表 XFD9999"]),
    "a prefix": (
        lambda: book('<x:row><x:c r="XFD9999"><x:v>1</x:v></x:c></x:row>'),
        xlsx_extent.SPREAD, ["分担表 XFD9999"]),
    "a column to the right of all": (
        lambda: hostile.value_at("XFE1"), xlsx_extent.OUTSIDE, ["分担表 XFE1"]),
    "a row below all": (
        lambda: hostile.value_at("A1048577"), xlsx_extent.OUTSIDE, ["分担表 A1048577"]),
    "a row of twenty digits": (
        lambda: book(f'<row r="{10**20}"/>'), xlsx_extent.OUTSIDE, ["分担表 A100000000000"]),
    "too many columns without places": (
        lambda: book(f"<row>{'<c><v>1</v></c>' * 16_385}</row>"),
        xlsx_extent.OUTSIDE, ["分担表 XFE1"]),
    "too many rows without places": (
        lambda: hostile.book("<row/>" * 1_048_577), xlsx_extent.OUTSIDE, ["分担表 A1048577"]),
    "too many merges": (
        lambda: hostile.merges(limits.MERGES + 1), xlsx_extent.MANY_MERGES, ["分担表 A1"]),
    "an ods with a far cell": (
        lambda: hostile.ods(
            '<table:table-row table:number-rows-repeated="1048575"/><table:table-row>'
            '<table:table-cell table:number-columns-repeated="16383"/>'
            '<table:table-cell office:value-type="float" office:value="1"/></table:table-row>'),
        xlsx_extent.SPREAD, ["content.xml XFD1048576"]),
    "an ods that repeats a value": (
        lambda: hostile.ods(
            '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
            'table:number-columns-repeated="16384"><text:p>1</text:p></table:table-cell>'
            "</table:table-row>"),
        xlsx_extent.SPREAD, ["content.xml XFD1048576"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAR)
def test_refused_at_a_place(name: str) -> None:
    build, message, places = FAR[name]
    problems = refusal(build()).problems
    assert {problem.message for problem in problems} == {message}
    assert [str(problem.place) for problem in problems] == places


def test_the_name_of_the_sheet_is_unescaped() -> None:
    parts = {**hostile.frame('A&B "表"'), SHEET: hostile.sheet(cell("XFD1048576"))}
    assert refused_places(zips.zipped(parts)) == ['A&B "表" XFD1048576']


def test_the_part_of_a_refused_file_is_named() -> None:
    (problem,) = refusal(hostile.entity_bomb()).problems
    assert problem.raw == STRINGS


# ---- what passes


def from_xlsxwriter(rows: int, columns: int, **options: object) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as written:
        page = written.add_worksheet()
        for row in range(rows):
            page.write_row(row, 0, [row, *["○"] * (columns - 1)])
    return file.getvalue()


def from_openpyxl(rows: int, columns: int) -> bytes:
    written = openpyxl.Workbook(write_only=True)
    page = written.create_sheet()
    for row in range(rows):
        page.append([row, *["○"] * (columns - 1)])
    file = io.BytesIO()
    written.save(file)
    return file.getvalue()


def in_utf16() -> bytes:
    text = hostile.frame()[STRINGS]
    assert isinstance(text, str)
    return hostile.with_part(STRINGS, text.replace("UTF-8", "UTF-16").encode("utf-16"))


HARMLESS: dict[str, Callable[[], bytes]] = {
    "exported by this application": exported,
    "from openpyxl": lambda: from_openpyxl(2_000, 60),
    "from XlsxWriter": lambda: from_xlsxwriter(2_000, 60),
    "from XlsxWriter in zip64": lambda: from_xlsxwriter(9, 9, use_zip64=True),
    "20,000 rows beyond the quick search": lambda: from_xlsxwriter(20_000, 5),
    "stored": lambda: zips.zipped({**hostile.frame(), SHEET: hostile.sheet("")}, 0),
    "100,000 merges": lambda: hostile.merges(100_000),
    "one huge merge": hostile.huge_merge,
    "styled empty rows": lambda: hostile.styled_empty_rows(100_000),
    "styled empty cells far away": lambda: book(
        f'<row r="1">{cell("A1")}</row><row r="1048576"><c r="XFD1048576" s="1"></c></row>'),
    "16,384 columns": hostile.wide,
    "a huge string index": lambda: book(f'<row r="1">{cell("A1", "4000000000", "s")}</row>'),
    "cells without places": lambda: book("<row><c><v>1</v></c><c/></row>" * 100),
    "an empty sheet": lambda: hostile.with_part(SHEET, "<worksheet/>"),
    "an empty part": lambda: hostile.with_part("customXml/item1.xml", ""),
    "UTF-16": in_utf16,
    "blocks of nothing": lambda: hostile.late_start("<sst/>"),
    "a picture with a DTD": lambda: hostile.with_part(
        "xl/media/image1.svg", '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" ""><svg/>'),
    "anchors of a drawing": lambda: hostile.with_part(
        "xl/drawings/drawing1.xml", "<xdr:wsDr><xdr:row>5</xdr:row></xdr:wsDr>"),
    "a chain of calculation": lambda: hostile.with_part(
        "xl/calcChain.xml", '<calcChain><c r="XFD1048576" i="1"/></calcChain>'),
    "a long text of Power Query": lambda: hostile.with_part(
        "customXml/item1.xml", f"<DataMashup>{'QUJD' * 500_000}</DataMashup>".encode("utf-16")),
    "an ods that ends with empty rows": lambda: hostile.ods(
        '<table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048575">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_passes(name: str) -> None:
    preflight.check(HARMLESS[name]())


def test_a_workbook_elsewhere_than_usual_passes() -> None:
    parts = hostile.frame()
    root = str(parts["_rels/.rels"]).replace(BOOK, "/excel/book.xml")
    parts |= {"_rels/.rels": root, "excel/book.xml": parts.pop(BOOK)}
    preflight.check(zips.zipped(parts))


def test_no_part_is_ever_whole_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = 0
    original = preflight._scan

    def watched(part: zip_directory.Entry, pieces: object, scanners: object) -> None:
        def measured() -> object:
            nonlocal longest
            for piece in pieces:  # type: ignore[attr-defined]
                longest = max(longest, len(piece))
                yield piece

        original(part, measured(), scanners)  # type: ignore[arg-type]

    monkeypatch.setattr(preflight, "_scan", watched)
    preflight.check(hostile.styled_empty_rows(100_000))
    assert 0 < longest <= limits.CHUNK_BYTES


def test_a_far_cell_is_found_wherever_the_chunks_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f'<row r="{n}">{cell(f"A{n}")}<c r="B{n}" s="1"/></row>' for n in range(1, 20))
    data = book(f'{rows}<row r="9999">{cell("XFD9999")}</row>')
    for size in (1, 2, 3, 7, 16, 61, 200):
        monkeypatch.setattr(limits, "CHUNK_BYTES", size)
        monkeypatch.setattr(preflight, "_root", lambda *_: "worksheet")
        assert refused_places(data) == ["分担表 XFD9999"]
