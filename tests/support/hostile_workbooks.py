"""Workbooks as an attacker, or an accident, would make them; each function returns its bytes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from xml.sax.saxutils import quoteattr

from projects.intake.text.cell_address import a1
from tests.support.zip_writer import Part, packed_bytes, patched, replaced, zipped

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"


# ---- sound frames


def frame(name: str = "分担表") -> dict[str, Part]:
    """The parts of a workbook with one sheet, but for the sheet."""
    kinds = {BOOK: "sheet.main", SHEET: "worksheet", STRINGS: "sharedStrings"}
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument'
        f'.spreadsheetml.{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    return {
        "[Content_Types].xml": f'{DECLARATION}<Types xmlns="{TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        f'.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": _relations(("rId1", "officeDocument", BOOK)),
        BOOK: f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name={quoteattr(name)} sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
        ),
        STRINGS: f'{DECLARATION}<sst xmlns="{MAIN}"><si><t>作業</t></si></sst>',
    }


def _relations(*relations: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for identity, kind, target in relations
    )
    return f'{DECLARATION}<Relationships xmlns="{RELATIONS}">{inner}</Relationships>'


def sheet(data: str, after: str = "") -> str:
    return (
        f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData>{after}</worksheet>'
    )


def cell(reference: str, value: str = "1", kind: str = "n") -> str:
    return f'<c r="{reference}" t="{kind}"><v>{value}</v></c>'


def book(data: str = "", *, after: str = "") -> bytes:
    """A workbook whose sheet has these rows."""
    return with_part(SHEET, sheet(data or f'<row r="1">{cell("A1")}</row>', after))


def with_part(name: str, content: Part, level: int = 1) -> bytes:
    """A sound workbook but for one part."""
    parts = {**frame(), SHEET: sheet(f'<row r="1">{cell("A1")}</row>'), name: content}
    return zipped(parts, level=level)


def streamed_sheet(rows: Iterator[str], after: str = "") -> bytes:
    """A workbook whose rows are written as they come."""
    head, tail = sheet("\0", after).split("\0")
    return with_part(SHEET, _joined(head, rows, tail))


def _joined(head: str, rows: Iterator[str], tail: str) -> Iterator[bytes]:
    yield head.encode()
    buffer: list[str] = []
    for row in rows:
        buffer.append(row)
        if len(buffer) == 5_000:
            yield "".join(buffer).encode()
            buffer.clear()
    yield ("".join(buffer) + tail).encode()


# ---- bombs


def _same(head: str, filler: bytes, size: int, tail: str) -> Iterator[bytes]:
    """`size` bytes of the filler between a head and a tail, never whole in memory."""
    yield head.encode()
    block = filler * (1_000_000 // len(filler))
    for _ in range(size // len(block)):
        yield block
    yield tail.encode()


def blank_bomb(size: int = 60_000_000) -> bytes:
    """A sheet of spaces: a thousand to one."""
    head, tail = sheet("\0").split("\0")
    return with_part(SHEET, _same(head, b" ", size, tail), level=6)


def shared_string_bomb(size: int = 1_000_000_000) -> bytes:
    """One shared string of a gigabyte. Its packed bytes are repeated, not made anew."""
    head, tail = f'<sst xmlns="{MAIN}"><si><t>', "</t></si></sst>"
    pack = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = pack.compress(head.encode()) + pack.flush(zlib.Z_FULL_FLUSH)
    block = b"\xe3\x81\x82" * 1_000_000
    middle = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    again = middle.compress(block) + middle.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = first + again * (size // len(block)) + last.compress(tail.encode()) + last.flush()
    whole = len(head) + len(tail) + size // len(block) * len(block)
    return replaced(book(), STRINGS, packed, size=whole, crc=0)


def many_bombs(count: int = 40) -> bytes:
    """42-like: many parts, each allowed alone, too much together."""
    parts = {**frame(), SHEET: sheet(f'<row r="1">{cell("A1")}</row>')}
    data = zipped({**parts, **{f"xl/media/{n}.bin": b"" for n in range(count)}})
    pack = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    content = bytes(range(256)) * 60 + bytes(14_000_000)
    packed = pack.compress(content) + pack.flush()
    packed += bytes(65_000)  # unused bytes that make the ratio look honest
    for n in range(count):
        data = replaced(
            data, f"xl/media/{n}.bin", packed, size=len(content), crc=zlib.crc32(content)
        )
    return data


def zip_in_zip() -> bytes:
    """42.zip: nothing but archives."""
    inner = zipped({"0.bin": bytes(1_000_000)})
    return zipped({f"lib{n}.zip": inner for n in range(16)})


def falsified_size() -> bytes:
    """A part that says 1,000 bytes and holds 60 million."""
    data = blank_bomb()
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        packed = packed_bytes(data, whole.getinfo(SHEET))
    return replaced(book(), SHEET, packed, size=1_000, crc=0)


def late_start(content: str) -> bytes:
    """A shared string part whose packed bytes begin with very many blocks of nothing."""
    pack = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = b"\0\0\0\xff\xff" * 60_000 + pack.compress(content.encode()) + pack.flush()
    raw = content.encode()
    return replaced(book(), STRINGS, packed, size=len(raw), crc=zlib.crc32(raw))


# ---- containers


def overlapping() -> bytes:
    """Two names in the directory for the packed bytes of one part."""
    data = zipped({**frame(), SHEET: sheet(""), "xl/worksheets/sheet2.xml": sheet("")})
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        offset = whole.getinfo(SHEET).header_offset
    return patched(data, "xl/worksheets/sheet2.xml", "offset", offset)


def quoted() -> bytes:
    """Two parts of the same name and bytes that overlap by one byte: the first is longer."""
    data = zipped({**frame(), SHEET: sheet(""), "xl/x.bin": b"x" * 9}, zipfile.ZIP_STORED)
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        size = whole.getinfo(SHEET).file_size + 60
    for field in ("packed", "size"):
        for local in (False, True):
            data = patched(data, SHEET, field, size, local=local)
    return data


def renamed(name: str) -> bytes:
    """A sound workbook with one more part of this name."""
    return with_part(name, b"x")


def doubled() -> bytes:
    """Two parts whose names differ only by case."""
    return with_part(SHEET.upper(), sheet(""))


def many_parts(count: int = 2_100) -> bytes:
    return zipped({**frame(), SHEET: sheet(""), **{f"xl/{n}.bin": b"" for n in range(count)}})


# ---- XML


BILLION_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "笑">'
    + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)


def entity_bomb(encoding: str = "utf-8") -> bytes:
    """Billion laughs in the shared strings."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>{BILLION_LAUGHS}'
    text += f'<sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'
    return with_part(STRINGS, text.encode(encoding))


def external_entity(address: str, part: str = STRINGS) -> bytes:
    text = f'{DECLARATION}<!-- a --><!DOCTYPE sst [<!ENTITY x SYSTEM "{address}">]>'
    return with_part(part, f'{text}<sst xmlns="{MAIN}"><si><t>&x;</t></si></sst>')


# ---- sheets


def value_at(reference: str, *, row: int | None = None) -> bytes:
    """A1 and one more cell."""
    digits = row or int("".join(filter(str.isdigit, reference)) or 0)
    return book(f'<row r="1">{cell("A1")}</row><row r="{digits}">{cell(reference)}</row>')


def merges(count: int) -> bytes:
    ranges = (f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, count + 1))
    head, tail = sheet("", "<mergeCells>\0</mergeCells>").split("\0")
    return with_part(SHEET, _joined(head, ranges, tail))


def huge_merge() -> bytes:
    return book(after='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')


def styled_empty_rows(count: int = 1_000_000) -> bytes:
    """What Excel keeps of rows that were once formatted, after a row with a value."""
    first = f'<row r="1">{cell("A1")}</row>'
    rows = (f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(2, count + 1))
    return streamed_sheet(chain((first,), rows))


def wide(columns: int = 16_384) -> bytes:
    return book(f'<row r="1">{"".join(cell(a1(1, n)) for n in range(1, columns + 1))}</row>')


def ods(table: str) -> bytes:
    """An OpenDocument spreadsheet with these rows."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'{DECLARATION}<office:document-content{spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="表">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f"{DECLARATION}<manifest:manifest xmlns:manifest="
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": content,
        }
    )
