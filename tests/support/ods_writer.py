"""OpenDocument files written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import range_boundaries

from projects.intake.text.cell_address import a1
from tests.support.sheet_writers import Page, zipped

_ODS = "urn:oasis:names:tc:opendocument:xmlns:"


_ODS_NAMES = " ".join(
    f'xmlns:{short}="{_ODS}{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
    )
)


def as_ods(*pages: Page) -> bytes:
    styles = "".join(
        f'<style:style style:name="i{steps}" style:family="table-cell">'
        f'<style:paragraph-properties fo:margin-left="{steps * 0.353:.3f}cm"/></style:style>'
        for steps in range(1, 10)
    )
    styles += (
        '<style:style style:name="struck" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="off" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    tables = "".join(map(_ods_table, pages))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES} '
        f'office:version="1.3"><office:automatic-styles>{styles}</office:automatic-styles>'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_ODS}manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_table(page: Page) -> str:
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for merge in page.merges:
        left, top, right, bottom = (int(end or 0) for end in range_boundaries(merge))
        spans[top, left] = (right - left + 1, bottom - top + 1)
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    covered -= set(spans)
    width = max([len(row) for row in page.rows] + [c for _, c in covered])
    rows = "".join(
        _ods_row(page, row, width, spans, covered) for row in range(1, len(page.rows) + 1)
    )
    off = "" if page.state == "visible" else ' table:style-name="off"'
    return f"<table:table table:name={quoteattr(page.name)}{off}>{rows}</table:table>"


def _ods_row(
    page: Page,
    row: int,
    width: int,
    spans: Mapping[tuple[int, int], tuple[int, int]],
    covered: set[tuple[int, int]],
) -> str:
    cells = page.rows[row - 1]
    parts = []
    for column in range(1, width + 1):
        value = cells[column - 1] if column <= len(cells) else None
        name = "covered-table-cell" if (row, column) in covered else "table-cell"
        look = _ods_look(page, a1(row, column))
        if (row, column) in spans:
            right, down = spans[row, column]
            look += f' table:number-columns-spanned="{right}" table:number-rows-spanned="{down}"'
        parts.append(f"<table:{name}{look}{_ods_value(value)}</table:{name}>")
    hidden = ' table:visibility="collapse"' if row in page.hidden_rows else ""
    return f"<table:table-row{hidden}>{''.join(parts)}</table:table-row>"


def _ods_look(page: Page, at: str) -> str:
    indent, struck, _ = page.look(at)
    name = "struck" if struck else f"i{indent}" if indent else ""
    return f' table:style-name="{name}"' if name else ""


def _ods_value(value: Any) -> str:
    if value in (None, ""):
        return ">"
    if isinstance(value, int | float):
        return f' office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
    lines = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in str(value).split("\n"))
    return f' office:value-type="string">{lines}'


def _ods_text(line: str) -> str:
    return escape(line).replace("  ", '<text:s text:c="2"/>')
