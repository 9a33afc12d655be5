"""Excel files written by hand, as no common library would write them."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO

import pytest

from projects.domain.grid import Role
from projects.intake import IntakeError
from tests.support.sheet_writers import (
    HEADER,
    Page,
    by_openpyxl,
    by_xlsxwriter,
    outline,
    read,
    remarked,
    roles,
    title,
)
from tests.support.xlsx_writer import Hand, inline, sheet_data

PLAIN = (HEADER, ("1", "設計", "◎", "○", "書く"))


PLAIN_LINES = ["1 設計 ◎○"]


def test_strict_ooxml() -> None:
    assert outline(Hand(inline(PLAIN), strict=True).bytes()) == PLAIN_LINES


def test_absolute_part_paths() -> None:
    assert outline(Hand(inline(PLAIN), absolute=True).bytes()) == PLAIN_LINES


def test_prefixed_elements() -> None:
    data = inline(PLAIN)
    for name in ("sheetData", "row", "is", "c", "t"):
        data = data.replace(f"<{name}>", f"<x:{name}>").replace(f"<{name} ", f"<x:{name} ")
        data = data.replace(f"</{name}>", f"</x:{name}>")
    assert outline(Hand(data, prefix="x").bytes()) == PLAIN_LINES


def test_attributes_in_single_quotes() -> None:
    assert outline(Hand(inline(PLAIN).replace('"', "'")).bytes()) == PLAIN_LINES


def test_cells_and_rows_without_addresses() -> None:
    data = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in row) + "</row>"
        for row in PLAIN
    )
    assert outline(Hand(f"<sheetData>{data}</sheetData>").bytes()) == PLAIN_LINES


def test_attributes_in_another_order() -> None:
    data = inline(PLAIN).replace(' t="inlineStr"', "").replace("<c ", '<c t="inlineStr" ')
    assert outline(Hand(data).bytes()) == PLAIN_LINES


def test_rows_that_descend() -> None:
    data = inline([*PLAIN, ("2", "製造", "○", "◎")])
    head, *rows = data.removesuffix("</sheetData>").split("<row ")
    data = head + "".join(f"<row {row}" for row in reversed(rows)) + "</sheetData>"
    assert outline(Hand(data).bytes()) == ["1 設計 ◎○", "2 製造 ○◎"]


def test_dimension_that_lies() -> None:
    assert outline(Hand('<dimension ref="A1"/>' + inline(PLAIN)).bytes()) == PLAIN_LINES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_parts_in_utf_16(encoding: str) -> None:
    bom = b"\xff\xfe" if encoding == "utf-16-le" else b""
    data = Hand(inline(PLAIN), encoding="utf-16").bytes()
    assert outline(data) == PLAIN_LINES
    assert bom in (b"", b"\xff\xfe")


def _shared_book(*entries: str, **more: str) -> bytes:
    """The plain table with 設計 as the n-th shared string each, one row per entry."""
    rows = [
        [
            (f"{c}1", f"<is><t>{t}</t></is>", 't="inlineStr"')
            for c, t in zip("ABC", HEADER, strict=False)
        ]
    ]
    for at in range(len(entries)):
        n = at + 2
        rows.append(
            [
                (f"A{n}", f"<v>{at + 1}</v>", ""),
                (f"B{n}", f"<v>{at}</v>", 't="s"'),
                (f"C{n}", "<is><t>◎</t></is>", 't="inlineStr"'),
            ]
        )
    shared = "".join(f"<si>{entry}</si>" for entry in entries)
    return Hand(sheet_data(rows), shared=shared, **more).bytes()  # type: ignore[arg-type]


def test_furigana_is_no_text() -> None:
    data = _shared_book(
        '<t>設計</t><rPh sb="0" eb="2"><t>セッケイ</t></rPh><phoneticPr fontId="1"/>',
        "<r><t>基本</t></r><r><rPr><b/></rPr><t>設計</t></r>"
        '<rPh sb="0" eb="2"><t>キホン</t></rPh><phoneticPr fontId="1"/>',
    )
    assert outline(data) == ["1 設計 ◎", "2 基本設計 ◎"]


def test_escapes_of_excel() -> None:
    data = _shared_book("<t>一_x000D_\n二</t>", "<t>_x005F_x0041_</t>", "<t>_x0041_</t>")
    assert outline(data) == ["1 一 二 ◎", "2 _x0041_ ◎", "3 A ◎"]


def test_entities_and_character_references() -> None:
    data = _shared_book("<t>A&amp;B &#x8A2D;&#35336;</t>", "<t><![CDATA[a<b]]></t>")
    assert outline(data) == ["1 A&B 設計 ◎", "2 a<b ◎"]


def test_struck_run_of_a_mark() -> None:
    rows = inline(PLAIN)
    run = "<is><r><rPr><strike/></rPr><t>○</t></r><r><t>◎</t></r></is>"
    reading = read(Hand(rows.replace("<is><t>○</t></is>", run)).bytes())
    assert outline(reading) == ["1 設計 ◎◎"]
    assert remarked(reading) == [("D2", "mark_struck", "○◎")]


def _cells(*cells: tuple[str, str]) -> str:
    """A table whose second row has these (attributes, content) from column C on."""
    rows = [
        [
            (f"{c}1", f"<is><t>{t}</t></is>", 't="inlineStr"')
            for c, t in zip("ABCD", HEADER, strict=False)
        ]
    ]
    rows.append(
        [
            ("A2", "<v>1</v>", ""),
            ("B2", "<is><t>設計</t></is>", 't="inlineStr"'),
            *((f"{c}2", content, kind) for c, (kind, content) in zip("CD", cells, strict=True)),
        ]
    )
    return sheet_data(rows)


def test_formula_counts_by_its_cached_value() -> None:
    data = _cells(('t="str"', '<f>IF(1,"◎","")</f><v>◎</v>'), ('t="str"', '<f>""</f><v></v>'))
    reading = read(Hand(data).bytes())
    assert outline(reading) == ["1 設計 ◎."]
    assert reading.remarks == ()


def test_formula_without_a_value_is_remarked_and_left_alone() -> None:
    data = _cells(("", '<f>IF(1,"◎","")</f>'), ('t="inlineStr"', "<is><t>○</t></is>"))
    reading = read(Hand(data).bytes())
    assert outline(reading) == ["1 設計 .○"]
    assert remarked(reading) == [("C2", "formula_uncached", "")]
    assert {role for _, role in reading.kept} == {0}


def test_formula_of_openpyxl_is_without_a_value() -> None:
    reading = read([HEADER, (1, "設計", '=IF(1,"◎","")', "○")])
    assert remarked(reading) == [("C2", "formula_uncached", "")]
    assert len(reading.kept) == 1


def test_shared_formulas() -> None:
    data = _cells(
        ('t="str"', '<f t="shared" ref="C2:D2" si="0">"◎"</f><v>◎</v>'),
        ('t="str"', '<f t="shared" si="0"/><v>○</v>'),
    )
    assert outline(Hand(data).bytes()) == ["1 設計 ◎○"]


def test_error_in_a_mark_is_refused_with_its_cell() -> None:
    data = _cells(('t="e"', "<f>NA()</f><v>#N/A</v>"), ('t="inlineStr"', "<is><t>○</t></is>"))
    with pytest.raises(IntakeError, match=r"表 C2.*エラー.*#N/A"):
        read(Hand(data).bytes())


def test_truth_in_a_mark_is_asked() -> None:
    data = _cells(('t="b"', "<v>1</v>"), ('t="inlineStr"', "<is><t>○</t></is>"))
    reading = read(Hand(data).bytes())
    assert list(reading.asked) == ["TRUE"]


STYLES = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="0.00"/></numFmts>'
    '<fonts count="1"><font/></fonts><cellXfs count="3"><xf/><xf numFmtId="14"/>'
    '<xf numFmtId="164"/></cellXfs>'
)


@pytest.mark.parametrize(
    ("properties", "cell", "wanted"),
    [
        ("", '<c r="A1" s="1"><v>41760</v></c>', "2014-05-01"),
        ('<workbookPr date1904="1"/>', '<c r="A1" s="1"><v>40298</v></c>', "2014-05-01"),
        ('<workbookPr date1904="true"/>', '<c r="A1" s="1"><v>40298</v></c>', "2014-05-01"),
        ("", '<c r="A1" t="d"><v>2014-05-01</v></c>', "2014-05-01"),
        ("", '<c r="A1" s="1" t="d"><v>2014-05-01T00:00:00</v></c>', "2014-05-01"),
    ],
)
def test_date_cells(properties: str, cell: str, wanted: str) -> None:
    data = inline(((), *PLAIN)).replace('<row r="1"></row>', f'<row r="1">{cell}</row>')
    reading = read(Hand(data, styles=STYLES, properties=properties).bytes())
    assert title(reading)[2] == wanted
    assert outline(reading) == PLAIN_LINES


def test_real_dates_of_every_writer() -> None:
    page = Page([("役割分担表",), (date(2014, 5, 1),), *PLAIN], formats={"A2": "yyyy/m/d"})
    for data in (by_openpyxl(page), by_xlsxwriter(page)):
        assert title(read(data))[:3] == ("役割分担表", "", "2014-05-01")


def test_known_roles_are_taken_by_name_or_alias() -> None:
    known = (Role("甲株式会社", aliases=("甲社",)), Role("乙社"))
    reading = read(list(PLAIN), roles=known)
    assert roles(reading) == ["甲株式会社", "乙社"]
    assert outline(reading) == PLAIN_LINES


def test_upper_case_part_names() -> None:
    source = zipfile.ZipFile(BytesIO(Hand(inline(PLAIN)).bytes()))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in source.namelist():
            other = name.replace("sheet1.xml", "Sheet1.XML") if "worksheets" in name else name
            package.writestr(other, source.read(name))
    assert outline(out.getvalue()) == PLAIN_LINES


def test_blanks_that_the_readers_keep_or_drop_are_no_disagreement() -> None:
    reading = read([HEADER, (1, "設計", "◎", " ", "　"), (2, "製造", "○", "", "")])
    assert outline(reading) == ["1 設計 ◎.", "2 製造 ○."]
    assert reading.remarks == ()
