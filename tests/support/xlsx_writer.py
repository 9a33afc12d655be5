"""Excel files written by hand, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from projects.intake.text.cell_address import a1
from tests.support.sheet_writers import Rows, zipped

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"


_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@dataclass(frozen=True)
class Hand:
    """A workbook written by hand: the XML inside <worksheet> (or a whole part), and around it."""

    data: str = ""
    shared: str = ""
    styles: str = ""
    properties: str = ""
    strict: bool = False
    absolute: bool = False
    prefix: str = ""
    encoding: str = "utf-8"
    sheet_part: str = ""
    more: Mapping[str, bytes | str] = field(default_factory=dict)
    kind: str = f"{_SHEET}.sheet.main+xml"

    def bytes(self) -> bytes:
        main, office = (_STRICT_MAIN, _STRICT_OFFICE) if self.strict else (_MAIN, _OFFICE)
        p = f"{self.prefix}:" if self.prefix else ""
        space = f'xmlns{":" + self.prefix if self.prefix else ""}="{main}"'
        start = "/xl/" if self.absolute else ""
        sheet = self.sheet_part or f"<{p}worksheet {space}>{self.data}</{p}worksheet>"
        names = {"worksheet": "worksheets/sheet1.xml"}
        names |= {"sharedStrings": "sharedStrings.xml"} if self.shared else {}
        names |= {"styles": "styles.xml"} if self.styles else {}
        parts = {
            "[Content_Types].xml": self._types(),
            "_rels/.rels": _relations(
                office, {"officeDocument": ("/" if self.absolute else "") + "xl/workbook.xml"}
            ),
            "xl/workbook.xml": f'<{p}workbook {space} xmlns:r="{office}">{self.properties}'
            f'<{p}sheets><{p}sheet name="表" sheetId="1" r:id="rId1"/></{p}sheets></{p}workbook>',
            "xl/_rels/workbook.xml.rels": _relations(
                office, {kind: start + path for kind, path in names.items()}
            ),
            "xl/worksheets/sheet1.xml": sheet,
        }
        if self.shared:
            parts["xl/sharedStrings.xml"] = f"<{p}sst {space}>{self.shared}</{p}sst>"
        if self.styles:
            parts["xl/styles.xml"] = f"<{p}styleSheet {space}>{self.styles}</{p}styleSheet>"
        coded: dict[str, bytes | str] = {
            name: _encoded(text, self.encoding if name.startswith("xl/") else "utf-8")
            for name, text in parts.items()
        }
        return zipped(coded | dict(self.more))

    def _types(self) -> str:
        kinds = {
            "xl/workbook.xml": self.kind,
            "xl/worksheets/sheet1.xml": f"{_SHEET}.worksheet+xml",
            "xl/sharedStrings.xml": f"{_SHEET}.sharedStrings+xml",
            "xl/styles.xml": f"{_SHEET}.styles+xml",
        }
        told = "".join(
            f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
        )
        rels = "application/vnd.openxmlformats-package.relationships+xml"
        return (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="{rels}"/><Default Extension="xml" ContentType="application/xml"/>'
            f"{told}</Types>"
        )


def _encoded(text: str, encoding: str) -> bytes:
    name = encoding.upper()
    return f'<?xml version="1.0" encoding="{name}"?>{text}'.encode(encoding)


def _relations(office: str, targets: Mapping[str, str]) -> str:
    told = "".join(
        f'<Relationship Id="rId{at}" Type="{office}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def inline(rows: Rows) -> str:
    """<sheetData> with inline strings and addresses."""
    return sheet_data(
        [
            [
                (a1(row, column), f"<is><t>{escape(str(value))}</t></is>", 't="inlineStr"')
                for column, value in enumerate(cells, 1)
                if value not in (None, "")
            ]
            for row, cells in enumerate(rows, 1)
        ]
    )


def sheet_data(rows: Sequence[Sequence[tuple[str, str, str]]]) -> str:
    """<sheetData> from (address, content, attributes) per cell."""
    told = "".join(
        f'<row r="{number}">'
        + "".join(f'<c r="{at}" {attributes}>{content}</c>' for at, content, attributes in cells)
        + "</row>"
        for number, cells in enumerate(rows, 1)
    )
    return f"<sheetData>{told}</sheetData>"
