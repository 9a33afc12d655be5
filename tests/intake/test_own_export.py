"""Exported workbooks that come back, edited the way people edit them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from projects import intake
from projects.domain.grid import Grid, Mark, Role
from projects.domain.plan import Act, Plan, diff, matched
from projects.excel import workbook
from projects.excel.hidden_sheet import HIDDEN_SHEET
from projects.excel.workbook import Origin
from projects.intake import IntakeError, Reading
from projects.intake.text.remarks import Code
from tests.support.grid_builders import exported, grid_of, names_of, roles_of, scanned

BASE = grid_of(
    "設計",
    "  要件定義 ◎ ○",
    "  基本設計 ◎ .",
    "  詳細設計 ◎ .",
    "製造",
    "  実装 . ◎",
    "  単体試験 ○ ◎",
    issuer="年金局",
    date="2014-05",
)
# Where things stand in its sheet: the columns are 項番, 作業項目, A社, B社, 作業内容.
HEADER, FIRST = 5, 6
Change = Callable[[Worksheet], None]


def edited(change: Change, grid: Grid = BASE) -> bytes:
    """The exported grid after someone changed its visible sheet."""
    return _changed(workbook.matrix(grid), change)


def _changed(data: bytes, change: Change, sheet: int = 0) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    visible = book.worksheets[sheet]
    assert isinstance(visible, Worksheet)
    change(visible)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def untouched(_: Worksheet) -> None:
    """The change of someone who only saves again."""


def putting(cell: str, value: str | float | None) -> Change:
    """The change that writes one cell."""

    def change(sheet: Worksheet) -> None:
        sheet[cell] = value

    return change


def read(change: Change, grid: Grid = BASE) -> Reading:
    return intake.read(edited(change, grid))


def plan_of(change: Change, grid: Grid = BASE) -> Plan:
    return diff(grid, matched(grid, read(change, grid).grid))


def acts(plan: Plan) -> dict[str, int]:
    """How many rows meet which fate, without the unchanged."""
    counts = plan.totals()["items"]
    return {act: n for act, n in counts.items() if n and act != Act.UNCHANGED}


def names(plan: Plan, act: Act) -> list[str]:
    return [line.shown.name for line in plan.items if line.act is act]


def refused(change: Change) -> list[str]:
    with pytest.raises(IntakeError) as caught:
        read(change)
    return [str(problem) for problem in caught.value.problems]


# ---- cells


def test_saving_again_changes_nothing() -> None:
    assert read(untouched).grid == BASE


def test_changed_mark_is_one_line_of_the_plan() -> None:
    plan = plan_of(putting("D8", "○"))
    (cell,) = plan.cells
    assert (cell.role, cell.before, cell.after) == ("B社", "", "○")
    assert acts(plan) == {"changed": 1}


def test_blank_cell_removes_the_mark() -> None:
    (cell,) = plan_of(putting("C7", None)).cells
    assert (cell.role, cell.before, cell.after) == ("A社", "◎", "")


def test_changed_name_keeps_the_identity() -> None:
    plan = plan_of(putting("B8", "基本設計(改)"))
    (line,) = [line for line in plan.items if line.act is not Act.UNCHANGED]
    assert (line.act, line.fields) == (Act.CHANGED, ("name",))


def test_changed_name_is_put_on_one_line() -> None:
    assert read(putting("B8", " 基本\n設計 ")).grid.items[2].name == "基本 設計"


def test_changed_description_keeps_its_line_breaks() -> None:
    grid = read(putting("E8", " 一行目\r\n二行目 ")).grid
    assert grid.items[2].description == "一行目\n二行目"


@pytest.mark.parametrize("value", [2, 2.0, "2", " 2 "])
def test_number_typed_as_a_number_is_the_same(value: str | float) -> None:
    assert read(putting("A7", value)).grid == BASE


def test_variant_of_a_mark_is_read_with_a_remark() -> None:
    reading = read(putting("D7", "〇"))
    assert reading.grid == BASE
    assert [(remark.code, remark.place.cell) for remark in reading.remarks] == [
        (Code.SYMBOL_VARIANT, "D7")
    ]


def test_every_unknown_symbol_is_refused_with_its_cell() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["C7"], sheet["D8"] = "★", "主"

    message = "記号を読み取れません。凡例の ◎・○ のいずれかにしてください。"
    assert refused(change) == [f"別紙1 C7: {message}（★）", f"別紙1 D8: {message}（主）"]


@pytest.mark.parametrize("cell", ["A1", "A7", "C7", "E7"])
def test_formula_without_a_stored_value_is_remarked(cell: str) -> None:
    reading = read(putting(cell, "=1+1"))
    assert (Code.FORMULA_UNCACHED, cell) in [(r.code, r.place.cell) for r in reading.remarks]


def test_mark_that_nobody_computed_stays_as_the_project_has_it() -> None:
    reading = read(putting("C7", '=IF(TRUE,"○","")'))
    assert [(uid, role) for uid, role in reading.kept] == [(reading.grid.items[1].uid, 0)]


def test_text_that_only_a_person_can_read_is_asked() -> None:
    reading = read(putting("C7", "×"))
    assert {raw: [p.cell for p in places] for raw, places in reading.asked.items()} == {"×": ["C7"]}


def test_error_value_is_refused_with_its_cell() -> None:
    told = refused(putting("C7", "#REF!"))
    assert told == ["別紙1 C7: エラー値は読み取れません。値に置き換えてください。（#REF!）"]


def test_row_without_name_is_refused_with_its_cell() -> None:
    told = refused(putting("A14", "※注記"))
    assert told == ["別紙1 B14: 作業項目が空の行です。書き足すか、行を空にしてください。"]


def test_cell_below_no_header_is_skipped_with_a_remark() -> None:
    reading = read(putting("G8", "メモ"))
    (remark,) = reading.remarks
    assert (remark.code, remark.place.cell, remark.raw) == (Code.CELL_SKIPPED, "G8", "メモ")
    assert (reading.grid, reading.cells.skipped) == (BASE, 1)


def test_formatted_cell_at_the_end_of_the_sheet_is_no_row() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["XFD1048576"].alignment = Alignment(indent=1)

    assert read(change).grid == BASE


def test_blank_row_is_left_out() -> None:
    assert read(lambda sheet: sheet.insert_rows(9)).grid == BASE


# ---- rows


def _insert(sheet: Worksheet, row: int, name: str, indent: int) -> None:
    """A row before another, and all numbers from there on one higher."""
    sheet.insert_rows(row)
    sheet.cell(row, 2, name).alignment = Alignment(indent=indent)
    for place in range(row, sheet.max_row + 1):
        sheet.cell(place, 1, str(place - FIRST + 1))


def test_inserted_row_is_the_only_one_created() -> None:
    plan = plan_of(lambda sheet: _insert(sheet, 8, "方式設計", 1))
    assert names(plan, Act.CREATED) == ["方式設計"]
    assert acts(plan) == {"created": 1, "changed": 5}
    assert {line.fields for line in plan.items if line.act is Act.CHANGED} == {("number",)}


def test_row_inserted_into_the_scan_is_the_only_one_created() -> None:
    before = scanned().grid
    data = _changed(exported(), lambda sheet: _insert(sheet, FIRST + 299, "追加作業", 3))
    plan = diff(before, matched(before, intake.read(data).grid))
    assert names(plan, Act.CREATED) == ["追加作業"]
    assert acts(plan) == {"created": 1, "changed": 648 - 299}


def test_inserted_row_stands_where_its_indent_says() -> None:
    grid = read(lambda sheet: _insert(sheet, 8, "方式設計", 2)).grid
    assert [row.level for row in grid.items[:4]] == [1, 2, 3, 2]


def test_inserted_row_without_indent_stands_beside_the_row_above() -> None:
    reading = read(lambda sheet: _insert(sheet, 8, "方式設計", 0))
    assert [row.level for row in reading.grid.items[:4]] == [1, 2, 2, 2]
    assert [(r.code, r.place.cell) for r in reading.remarks] == [(Code.LEVEL_TAKEN, "B8")]


def test_inserted_row_has_no_known_identity() -> None:
    reading = read(lambda sheet: _insert(sheet, 8, "方式設計", 1))
    assert reading.known_uids == {row.uid for row in BASE.items}


def _swap(sheet: Worksheet, one: int, other: int) -> None:
    for column in range(1, sheet.max_column + 1):
        first, second = sheet.cell(one, column), sheet.cell(other, column)
        first.value, second.value = second.value, first.value


def test_swapped_rows_are_one_move() -> None:
    plan = plan_of(lambda sheet: _swap(sheet, 8, 9))
    assert acts(plan) == {"moved": 1}


def test_swapped_and_renumbered_rows_are_changed_and_one_is_moved() -> None:
    def change(sheet: Worksheet) -> None:
        _swap(sheet, 8, 9)
        sheet["A8"], sheet["A9"] = "3", "4"

    plan = plan_of(change)
    assert acts(plan) == {"changed": 2}
    assert sum(line.moved for line in plan.items) == 1


def test_deleted_row_is_removed() -> None:
    plan = plan_of(lambda sheet: sheet.delete_rows(8))
    assert names(plan, Act.REMOVED) == ["基本設計"]
    assert acts(plan) == {"removed": 1}


def test_rows_below_a_deleted_heading_go_to_the_heading_before() -> None:
    plan = plan_of(lambda sheet: sheet.delete_rows(10))
    assert names(plan, Act.REMOVED) == ["製造"]
    assert names(plan, Act.MOVED) == ["実装", "単体試験"]


def test_row_dragged_below_another_heading_is_moved() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.move_range("A8:E8", rows=6)

    plan = plan_of(change)
    assert (names(plan, Act.MOVED), acts(plan)) == (["基本設計"], {"moved": 1})


def test_repeated_names_are_told_apart_by_their_place() -> None:
    grid = grid_of("一", "  確認 ◎ .", "  準備 ◎ .", "二", "  確認 . ◎", "  準備 . ◎")
    plan = plan_of(lambda sheet: sheet.delete_rows(FIRST + 1), grid)
    (line,) = [line for line in plan.items if line.act is Act.REMOVED]
    assert line.shown.uid == grid.items[1].uid


# ---- columns


def test_renamed_header_is_another_role() -> None:
    plan = plan_of(putting(f"D{HEADER}", "C社"))
    assert [(line.act, (line.after or line.before or Role("")).name) for line in plan.roles] == [
        (Act.UNCHANGED, "A社"),
        (Act.CREATED, "C社"),
        (Act.REMOVED, "B社"),
    ]


def test_marks_of_a_renamed_column_go_with_it() -> None:
    plan = plan_of(putting(f"D{HEADER}", "C社"))
    assert plan.totals()["cells"] == {"added": 3, "changed": 0, "removed": 3}


def test_header_renamed_to_an_alias_is_the_same_role() -> None:
    grid = replace(BASE, roles=(Role("A社"), Role("B社", "B", aliases=("乙社",))))
    assert plan_of(putting(f"D{HEADER}", "乙社"), grid).is_empty


@pytest.mark.parametrize("text", ["Ｂ社", " B社 ", "B\n社"])
def test_header_that_reads_the_same_is_the_same_role(text: str) -> None:
    assert read(putting(f"D{HEADER}", text)).grid == BASE


def test_roles_that_only_spaces_tell_apart_stay_two() -> None:
    grid = replace(BASE, roles=roles_of("保守業者", "保守 業者"))
    assert read(untouched, grid).grid == grid


def test_doubled_header_is_refused_with_its_cell() -> None:
    told = refused(putting(f"D{HEADER}", "A社"))
    assert told == ["別紙1 D5: 同じ見出しの列が2つあります。1つにしてください。（A社）"]


def test_deleted_column_removes_the_role_and_its_marks() -> None:
    plan = plan_of(lambda sheet: sheet.delete_cols(4))
    assert plan.totals()["roles"]["removed"] == 1
    assert plan.totals()["cells"] == {"added": 0, "changed": 0, "removed": 3}


def test_deleted_column_leaves_the_title_block_alone() -> None:
    assert plan_of(lambda sheet: sheet.delete_cols(4)).titles == ()


def test_inserted_column_is_a_new_role_with_its_marks() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_cols(4)
        sheet[f"D{HEADER}"], sheet["D7"] = "新社", "○"

    grid = read(change).grid
    assert (grid.roles, grid.items[1].marks) == (roles_of("A社", "新社", "B社"), ("◎", "○", "○"))


def test_exchanged_columns_move_the_roles_and_no_mark() -> None:
    def change(sheet: Worksheet) -> None:
        for row in range(HEADER, sheet.max_row + 1):
            one, other = sheet.cell(row, 3), sheet.cell(row, 4)
            one.value, other.value = other.value, one.value

    plan = plan_of(change)
    assert plan.totals()["roles"]["moved"] == 1
    assert (acts(plan), plan.cells) == ({}, ())


def test_role_details_come_back_from_the_hidden_sheet() -> None:
    grid = replace(BASE, roles=(Role("A社", "A", aliases=("甲", "乙")), Role("B社")))
    assert read(untouched, grid).grid.roles == grid.roles


# ---- title block and legend


@pytest.mark.parametrize(
    ("cell", "text", "field", "value"),
    [
        ("A1", "新しい表題", "title", "新しい表題"),
        ("E1", "別紙2", "document_number", "別紙2"),
        ("E2", "平成27年6月", "date", "2015-06"),
        ("E2", "令和元年5月1日", "date", "2019-05-01"),
        ("E2", None, "date", ""),
        ("E3", "社会保険庁", "issuer", "社会保険庁"),
    ],
)
def test_edited_title_block_is_taken(cell: str, text: str, field: str, value: str) -> None:
    assert read(putting(cell, text)).grid == replace(BASE, **{field: value})  # type: ignore[arg-type]


def test_date_that_says_nothing_is_kept_with_a_remark() -> None:
    reading = read(putting("E2", "追って通知"))
    assert reading.grid == BASE
    assert [(r.code, r.raw) for r in reading.remarks] == [(Code.DATE_UNREAD, "追って通知")]


def test_edited_legend_wording_is_taken() -> None:
    legend = read(putting("A3", "○…協力する者")).grid.legend
    assert legend == (BASE.legend[0], Mark("○", "協力する者"))


@pytest.mark.parametrize("text", ["協力する者", "△…協力する者"])
def test_legend_line_that_says_nothing_is_kept_with_a_remark(text: str) -> None:
    reading = read(putting("A3", text))
    assert reading.grid == BASE
    assert [(r.code, r.raw) for r in reading.remarks] == [(Code.LEGEND_WORDING, text)]


def test_rows_inserted_above_the_table_move_the_title_block() -> None:
    assert read(lambda sheet: sheet.insert_rows(1, amount=3)).grid == BASE


# ---- what the file carries


def test_origin_comes_back() -> None:
    reading = intake.read(workbook.matrix(BASE, Origin("besshi10", 7, BASE.items[0].uid)))
    assert (reading.project, reading.revision, reading.part) == (
        "besshi10",
        7,
        BASE.items[0].uid,
    )


def test_blank_text_is_no_nonblank_cell() -> None:
    cells = intake.read(workbook.matrix(grid_of("一 ◎ .", title=""))).cells
    assert (cells.imported, cells.header, cells.skipped, cells.nonblank) == (3, 5, 0, 8)


# ---- files that are refused


def refusal(data: bytes) -> str:
    with pytest.raises(IntakeError) as caught:
        intake.read(data)
    return str(caught.value)


def test_workbook_from_elsewhere_is_refused() -> None:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    assert "見出し行が見つかりません" in refusal(stream.getvalue())


def test_old_excel_file_is_refused() -> None:
    assert ".xlsxで保存し直してください" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def test_zip_of_something_else_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("a.txt", "a")
    assert "Excelファイルではありません" in refusal(stream.getvalue())


def test_file_cut_short_is_refused() -> None:
    data = workbook.matrix(BASE)
    assert "ファイルが壊れています" in refusal(data[: len(data) // 2])


def test_file_with_broken_compression_is_refused() -> None:
    data = bytearray(workbook.matrix(BASE))
    start = data.index(b"xl/worksheets/sheet1.xml") + 24
    data[start : start + 200] = b"\xff" * 200
    assert "ファイルが壊れています" in refusal(bytes(data))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_file_with_a_part_of_other_content_is_refused(part: str) -> None:
    assert ".xlsxで保存し直してください" in refusal(_with_part(part, b"<a>"))


def _with_part(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook.matrix(BASE))) as source,
        zipfile.ZipFile(stream, "w") as target,
    ):
        for part in source.namelist():
            target.writestr(part, content if part == name else source.read(part))
    return stream.getvalue()


def test_workbook_without_the_visible_sheet_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.matrix(BASE)))
    book[HIDDEN_SHEET].sheet_state = "visible"
    del book["別紙1"]
    stream = io.BytesIO()
    book.save(stream)
    assert refusal(stream.getvalue()) == "役割分担表のシートがありません。"


def test_sheet_without_its_header_is_refused() -> None:
    told = refused(lambda sheet: sheet.delete_rows(HEADER))
    assert told == ["別紙1 A1: 「項番」「作業項目」の見出し行が見つかりません。"]


def test_a_sheet_put_before_the_matrix_is_passed_over() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.matrix(BASE)))
    book.create_sheet("メモ", 0)["A1"] = "覚え書き"
    stream = io.BytesIO()
    book.save(stream)
    assert names_of(intake.read(stream.getvalue()).grid) == names_of(BASE)


def test_a_stray_cell_at_the_end_of_the_sheet_is_refused_with_its_place() -> None:
    told = refused(putting("XFD1048576", "x"))
    assert told[0].startswith("別紙1 XFD1048576: 値のあるセルが離れすぎています")


# The rows of the hidden sheet: format, project, revision, part, four texts, two marks, two roles.
@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("B1", "99", "識別情報の版が異なる"),
        ("B3", "seven", "識別情報のシートが壊れています"),
        ("A5", "heading", "識別情報のシートが壊れています"),
        ("D11", "boss", "識別情報のシートが壊れています"),
        ("B13", '"><script>', "識別情報のシートが壊れています"),
        ("C13", "deep", "識別情報のシートが壊れています"),
    ],
)
def test_damaged_hidden_sheet_is_refused(cell: str, value: str, told: str) -> None:
    data = _changed(workbook.matrix(BASE), putting(cell, value), sheet=1)
    assert told in refusal(data)


def test_rows_that_the_hidden_sheet_lost_are_new() -> None:
    data = _changed(workbook.matrix(BASE), lambda sheet: sheet.delete_rows(13, 99), sheet=1)
    reading = intake.read(data)
    assert names_of(reading.grid) == names_of(BASE)
    assert reading.known_uids == frozenset()
