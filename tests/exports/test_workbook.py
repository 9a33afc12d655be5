"""The Excel file of 別紙10, read with another library than the one that wrote it."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from projects import intake
from projects.domain.grid import DEFAULT_LEGEND, Grid
from projects.excel import row_heights, workbook
from projects.excel.hidden_sheet import HIDDEN_SHEET
from projects.excel.workbook import Origin
from projects.exports.matrix_file import part
from tests.support.grid_builders import (
    NASTY_TEXTS,
    RACI,
    exported,
    grid_of,
    item,
    names_of,
    roles_of,
    scanned,
)

FIVE_LEVELS = grid_of("一", "  二", "    三", "      四", "        五 ◎ ○")
RISKY = ("=1+1", "+1", "-1", "@SUM(A1)")


def opened(data: bytes) -> Worksheet:
    """The visible sheet."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


@cache
def scan_sheet() -> Worksheet:
    """The visible sheet of the real document."""
    return opened(exported())


def sheet_of(grid: Grid) -> Worksheet:
    return opened(workbook.matrix(grid))


def first_row(grid: Grid) -> int:
    """The row of the first item, from 1."""
    return workbook.header_row(grid) + 3


def row_of(sheet: Worksheet, grid: Grid, index: int) -> list[Cell]:
    row = first_row(grid) + index
    return [cell for cell in sheet[row] if isinstance(cell, Cell)]


def footer_of(sheet: Worksheet) -> tuple[str | None, str | None]:
    """The middle and the right of the footer."""
    footer = sheet.oddFooter
    assert footer is not None
    return footer.center.text, footer.right.text


def parts(data: bytes, folder: str) -> dict[str, str]:
    """The XML parts of the file below a folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {n: package.read(n).decode() for n in package.namelist() if n.startswith(folder)}


# ---- what stands in the cells


def test_every_cell_of_the_scan_is_in_the_workbook() -> None:
    sheet, grid = scan_sheet(), scanned().grid
    rows = sheet.iter_rows(min_row=first_row(grid), values_only=True)
    found = [tuple(text or "" for text in row) for row in rows]
    assert found == [(row.number, row.name, *row.marks, row.description) for row in grid.items]


def test_header_cells_have_the_full_names_of_the_roles() -> None:
    grid = scanned().grid
    header = next(scan_sheet().iter_rows(min_row=first_row(grid) - 1, values_only=True))
    assert header == ("項番", "作業項目", *(role.name for role in grid.roles), "作業内容")


def test_role_columns_stand_below_one_group_header() -> None:
    sheet, top = scan_sheet(), first_row(scanned().grid) - 2
    assert sheet.cell(top, 3).value == "関連業者との役割分担"
    assert [str(area) for area in sheet.merged_cells.ranges] == [f"C{top}:R{top}"]


def test_single_role_needs_no_merged_cell() -> None:
    sheet = sheet_of(grid_of("一 ◎", roles=["A社"]))
    assert sheet.cell(4, 3).value == "関連業者との役割分担"
    assert not sheet.merged_cells.ranges


def test_title_block_stands_above_the_table() -> None:
    sheet = scan_sheet()
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == [
        "関連業者との役割分担表",
        "◎…主たる作業者",
        "○…当該業務に関して作業担当と密に連携し、作業協力",
    ]
    assert [sheet.cell(row, 19).value for row in (1, 2, 3)] == [
        "別紙10",
        "平成26年5月（2014年5月）",
        "厚生労働省年金局事業管理課システム室",
    ]


def test_longer_legend_moves_the_table_down() -> None:
    assert [
        first_row(replace(FIVE_LEVELS, legend=legend)) for legend in (DEFAULT_LEGEND, RACI)
    ] == [
        6,
        8,
    ]


def test_no_cell_is_a_formula_or_a_number() -> None:
    grid = grid_of(
        items=tuple(item(i, name=t, description=t) for i, t in enumerate(NASTY_TEXTS) if t)
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook.matrix(replace(grid, roles=()))))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_file_has_no_formula_link_or_macro() -> None:
    grid = grid_of("一", items=tuple(item(i, name=t) for i, t in enumerate(RISKY)), roles=[])
    data = workbook.matrix(grid)
    assert not [name for name, xml in parts(data, "xl/worksheets/").items() if "<f>" in xml]
    assert not [name for name in parts(data, "") if "link" in name.lower() or "vba" in name.lower()]


@pytest.mark.parametrize("text", RISKY)
def test_text_like_a_formula_is_marked_as_text(text: str) -> None:
    grid = grid_of(items=(item(1, name=text, number=text, description=text, marks=("", "")),))
    number, name, *_, description = row_of(sheet_of(grid), grid, 0)
    assert [cell.value for cell in (number, name, description)] == [text] * 3
    assert [bool(cell.quotePrefix) for cell in (number, name, description)] == [True] * 3


def test_plain_text_is_not_marked() -> None:
    cells = row_of(sheet_of(FIVE_LEVELS), FIVE_LEVELS, 4)
    assert not any(cell.quotePrefix for cell in cells)


# ---- how it looks


def test_names_are_indented_by_level() -> None:
    sheet = sheet_of(FIVE_LEVELS)
    indents = [row_of(sheet, FIVE_LEVELS, index)[1].alignment.indent for index in range(5)]
    assert indents == [0, 1, 2, 3, 4]


def test_upper_levels_have_a_fill_of_their_own() -> None:
    sheet = sheet_of(FIVE_LEVELS)
    fills = [row_of(sheet, FIVE_LEVELS, index)[0].fill for index in range(5)]
    colours = [fill.fgColor.rgb for fill in fills[:3]]
    assert colours == ["FFC5D7FB", "FFE8F1FE", "FFF2F2F2"]
    assert [fill.patternType for fill in fills] == ["solid"] * 3 + [None] * 2


def test_fill_goes_through_the_whole_row() -> None:
    cells = row_of(sheet_of(FIVE_LEVELS), FIVE_LEVELS, 0)
    assert {cell.fill.fgColor.rgb for cell in cells} == {"FFC5D7FB"}


def test_every_cell_of_the_table_has_a_border() -> None:
    sheet = sheet_of(FIVE_LEVELS)
    rows = sheet.iter_rows(min_row=first_row(FIVE_LEVELS) - 1)
    sides = {
        getattr(cell.border, side).style
        for row in rows
        for cell in row
        for side in ("left", "right", "top", "bottom")
    }
    assert sides == {"thin"}


def test_leading_mark_has_a_colour_of_its_own() -> None:
    _, _, lead, support, _ = row_of(sheet_of(FIVE_LEVELS), FIVE_LEVELS, 4)
    assert [_colour(cell) for cell in (lead, support)] == ["FF0017C1", None]


def _colour(cell: Cell) -> str | None:
    colour = cell.font.color
    return colour.rgb if colour is not None and colour.type == "rgb" else None


def test_title_is_set_larger_than_the_rest() -> None:
    sheet = sheet_of(FIVE_LEVELS)
    assert [sheet.cell(row, 1).font.size for row in (1, 2, 3)] == [16, 10, 10]


def test_role_names_are_set_vertically() -> None:
    sheet = scan_sheet()
    header = first_row(scanned().grid) - 1
    assert {sheet.cell(header, column).alignment.textRotation for column in range(3, 19)} == {255}


def test_longest_role_name_fits_its_header() -> None:
    names = [role.name for role in scanned().grid.roles]
    height = row_heights.header_height(names)
    sizes = [row_heights.vertical_size(name, height) for name in names]
    assert all(len(n) * size * 1.42 <= height for n, size in zip(names, sizes, strict=True))
    assert min(sizes) >= 5


def test_very_long_role_name_keeps_a_font_size() -> None:
    assert row_heights.vertical_size("名" * 1_000, row_heights.header_height(["名" * 1_000])) == 1


def test_row_grows_with_its_text() -> None:
    short, long = item(1), item(2, description="長い説明" * 60)
    assert row_heights.row_height(long) > row_heights.row_height(short) * 2


def test_row_grows_with_its_line_breaks() -> None:
    assert row_heights.row_height(item(1, description="行\n" * 10 + "行")) > 11 * 11


def test_row_is_never_higher_than_excel_allows() -> None:
    assert row_heights.row_height(item(1, description="行\n" * 500)) == 409


# ---- how it prints


def test_page_is_a3_landscape_one_page_wide() -> None:
    sheet = scan_sheet()
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    # The width of one page is the format's default and not written.
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    fit = sheet.sheet_properties.pageSetUpPr
    assert fit is not None
    assert fit.fitToPage


def test_header_is_repeated_on_every_page() -> None:
    assert scan_sheet().print_title_rows == "$4:$5"


def test_header_and_names_stay_in_view() -> None:
    assert scan_sheet().freeze_panes == "C6"


def test_footer_says_which_page_of_how_many() -> None:
    assert footer_of(scan_sheet()) == ("&P / &N", "別紙10")


def test_ampersand_in_the_footer_is_text() -> None:
    data = workbook.matrix(replace(FIVE_LEVELS, document_number="A&P"))
    assert "&amp;RA&amp;&amp;P<" in parts(data, "xl/worksheets/")["xl/worksheets/sheet1.xml"]


def test_long_document_number_keeps_the_footer() -> None:
    sheet = sheet_of(replace(FIVE_LEVELS, document_number="長" * 1_000))
    assert footer_of(sheet) == ("&P / &N", "長" * 100)


def test_print_area_ends_with_the_last_row() -> None:
    assert scan_sheet().print_area == "'別紙10'!$A$1:$S$653"


def test_properties_name_the_document() -> None:
    properties = openpyxl.load_workbook(io.BytesIO(exported())).properties
    assert (properties.title, properties.creator, properties.subject) == (
        "関連業者との役割分担表",
        "厚生労働省年金局事業管理課システム室",
        "関連業者との役割分担",
    )


def test_numbers_as_text_raise_no_warning() -> None:
    xml = parts(exported(), "xl/worksheets/")["xl/worksheets/sheet1.xml"]
    assert '<ignoredError sqref="A6:A653" numberStoredAsText="1"/>' in xml


# ---- the sheets


def test_sheet_of_identities_is_hidden() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported()))
    assert book.sheetnames == ["別紙10", HIDDEN_SHEET]
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "hidden"]


def test_hidden_sheet_says_what_was_exported() -> None:
    data = workbook.matrix(FIVE_LEVELS, Origin("besshi10", 7, FIVE_LEVELS.items[1].uid))
    hidden = openpyxl.load_workbook(io.BytesIO(data))[HIDDEN_SHEET]
    rows = [row[:2] for row in hidden.iter_rows(max_row=4, values_only=True)]
    assert rows == [
        ("format", "1"),
        ("project", "besshi10"),
        ("revision", "7"),
        ("part", "000000000002"),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("別紙10", "別紙10"),
        ("[a]:*?/\\b", "a      b"),
        ("'引用'", "引用"),
        ("'''", "Sheet1"),
        ("", "Sheet1"),
        ("長" * 40, "長" * 31),
        ("😀" * 40, "😀" * 15),
        ("_RACI", "Sheet1"),
        ("History", "Sheet1"),
    ],
)
def test_sheet_name_is_one_that_excel_takes(text: str, name: str) -> None:
    assert workbook.sheet_name(text) == name


@pytest.mark.parametrize("text", ["[a]:*?/\\b", "'引用'", "😀" * 40, "_raci", ""])
def test_any_document_number_makes_a_workbook(text: str) -> None:
    grid = replace(FIVE_LEVELS, document_number=text)
    assert intake.read(workbook.matrix(grid)).grid == grid


def test_sheet_without_number_is_named_after_the_title() -> None:
    assert sheet_of(replace(FIVE_LEVELS, document_number="")).title == "役割分担表"


@pytest.mark.parametrize(
    "grid",
    [grid_of(), grid_of("一", roles=[]), Grid(roles=roles_of("A社"))],
    ids=["no rows", "no roles", "no texts"],
)
def test_grid_with_little_in_it_comes_back(grid: Grid) -> None:
    assert intake.read(workbook.matrix(grid)).grid == grid


def test_part_keeps_the_headings_above() -> None:
    grid = grid_of("一", "  二", "    三 ◎", "  四", "    五 ◎", "六")
    kept = part(grid, grid.items[3].uid)
    assert names_of(kept) == ["一", "四", "五"]
    assert intake.read(workbook.matrix(kept)).grid == kept


# ---- plain lists


def test_list_has_its_title_headers_and_cells() -> None:
    sheet = opened(workbook.table("一覧", [("項番", 7), ("作業", 40)], [("1", "=A1"), ("2", "")]))
    rows = [tuple(text or "" for text in row) for row in sheet.iter_rows(values_only=True)]
    assert rows == [("一覧", ""), ("項番", "作業"), ("1", "=A1"), ("2", "")]


def test_text_like_a_formula_is_marked_in_a_list_too() -> None:
    sheet = opened(workbook.table("一覧", [("作業", 40)], [("=A1",)]))
    assert (sheet["A3"].data_type, bool(sheet["A3"].quotePrefix)) == ("s", True)


def test_list_prints_on_a4_with_its_headers_on_every_page() -> None:
    sheet = opened(workbook.table("一覧", [("作業", 40)], []))
    assert (sheet.page_setup.paperSize, sheet.print_title_rows) == (9, "$1:$2")
    assert sheet.freeze_panes == "A3"


def test_list_columns_have_the_wanted_width() -> None:
    sheet = opened(workbook.table("一覧", [("作業", 40)], []))
    assert sheet.column_dimensions["A"].width == pytest.approx(40, abs=1)


# ---- another program in between

# LibreOffice 7.4 itself loses an escape before another escape, and openpyxl every "x005F_" in
# shared strings.
UNKEPT = ("_x005F_x000D_", "x005F_")
KEPT = [text for text in NASTY_TEXTS if text not in UNKEPT]
NASTY = grid_of(
    items=tuple(
        item(i, name=t.replace("\n", " ") or "無題", description=t, marks=("◎", ""))
        for i, t in enumerate(KEPT)
    ),
    title="=題&名",
    issuer="_x000D_",
)


@pytest.fixture(scope="module")
def resaved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """The workbooks as LibreOffice saves them: "nasty" and "scan"."""
    program = shutil.which("soffice")
    if not program:
        pytest.skip("needs LibreOffice: apt-get install libreoffice-calc")
    folder = tmp_path_factory.mktemp("office")
    (folder / "nasty.xlsx").write_bytes(workbook.matrix(NASTY))
    (folder / "scan.xlsx").write_bytes(exported())
    _save_again(program, folder)
    return lambda name: (folder / "out" / f"{name}.xlsx").read_bytes()


def _save_again(program: str, folder: Path) -> None:
    options: list[Any] = [
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        folder / "out",
    ]
    files = sorted(folder.glob("*.xlsx"))
    subprocess.run([program, *options, *files], check=True, capture_output=True, timeout=120)


def test_scan_survives_libreoffice(resaved: Callable[[str], bytes]) -> None:
    assert intake.read(resaved("scan")).grid == scanned().grid


def test_nasty_texts_survive_libreoffice(resaved: Callable[[str], bytes]) -> None:
    assert intake.read(resaved("nasty")).grid == NASTY
