"""Reading Markdown: the scan of 別紙10 itself, and small documents with one oddity each."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from projects import intake
from projects.domain.grid import (
    DEFAULT_LEGEND,
    Grid,
    Mark,
    Role,
    RoleKind,
    ancestors,
    index_of,
    parents,
)
from projects.intake import IntakeError, Reading, Remark
from projects.intake.text.column_definitions import Party, parse_columns, parse_roles
from projects.intake.text.remarks import Code, Place
from projects.intake.text.vocabulary import Field
from tests.support.grid_builders import (
    FIXTURES,
    marks_by_role,
    names_of,
    roles_of,
    row_numbered,
    scanned,
)

# A word for each column, in the order of the document.
ROLES = {
    "発注者": "厚生労働省・日本年金機構",
    "本受託者": "本受託者",
    "1次HW": "個人番号管理サブシステム(1次)ハードウェア等納入保守業者",
    "保守": "保守業者",
    "運用": "共通運用管理業者",
    "2次開発": "個人番号管理サブシステム(2次)に係る設計・開発等業者",
    "2次HW": (
        "個人番号管理サブシステム(2次)及び経過管理・電子決裁サブシステムハードウェア等納入保守業者"
    ),
    "拠点": "経過管理・電子決裁(拠点設備)ハードウェア等納入保守業者",
    "統計": "統計・業務分析サブシステムに係る設計・開発等業者",
    "本稼働": "納入保守業者(本稼働)",
    "統計HW": "統計・業務分析サブシステムに係るハードウェア等",
    "LAN": "機構LAN保守業者",
    "NW": "統合ネットワーク保守業者",
    "端末": "端末運用管理業者",
    "外部": "外部データ連携先業者",
    "現行": "現行システム改修業者",
}
PRIME, HARDWARE_1, PRESENT = ROLES["本受託者"], ROLES["1次HW"], ROLES["現行"]

# ---- the real document


def test_roles_are_the_sixteen_columns_in_order() -> None:
    assert [role.name for role in scanned().grid.roles] == list(ROLES.values())


def test_levels_of_the_scan() -> None:
    levels = Counter(row.level for row in scanned().grid.items)
    assert levels == {1: 3, 2: 24, 3: 90, 4: 531}


def test_phases_and_stages_of_the_scan() -> None:
    phases, stages = (_numbers_at(level) for level in (1, 2))
    assert phases == "1 30 292"
    assert stages == (
        "2 15 31 68 123 129 136 141 163 202 234 262 293 330 365 426 451 457 464 471 501 542 584 615"
    )


def test_numbers_of_the_scan_run_from_1_to_648() -> None:
    assert [row.number for row in scanned().grid.items] == [str(n) for n in range(1, 649)]


def test_marks_of_the_scan() -> None:
    marks = Counter(mark for row in scanned().grid.items for mark in row.marks if mark)
    assert marks == {"◎": 530, "○": 1267}


def test_title_block_of_the_scan() -> None:
    grid = scanned().grid
    assert (grid.title, grid.document_number) == ("関連業者との役割分担表", "別紙10")
    assert (grid.issuer, grid.date) == ("厚生労働省年金局事業管理課システム室", "2014-05")


def test_legend_has_the_wording_of_most_pages() -> None:
    assert scanned().grid.legend == (
        Mark("◎", "主たる作業者", leads=True),
        Mark("○", "当該業務に関して作業担当と密に連携し、作業協力"),
    )


def test_other_wordings_of_the_legend_are_remarked() -> None:
    found = [(remark.place.cell, remark.raw) for remark in _remarks(Code.LEGEND_WORDING)]
    officer, service = (
        f"当該{who}に関して作業担当と密に連携し、作業協力" for who in ("役員", "役務")
    )
    assert found == [("12行目", officer)] + [(f"{n}行目", service) for n in (156, 304, 687)]


def test_page_headings_between_tables_are_remarked() -> None:
    places = [remark.place.cell for remark in _remarks(Code.LINE_SKIPPED)]
    assert places == ["241行目", "603行目", "683行目"]


# 項番 4, 6, 17, 18, 33, 34 and 61 have 「○ ◎」 for 本受託者. A1 is the header row, so 項番n of
# the first table stands in row n + 1.
TWO_MARKS = (4, 6, 17, 18, 33, 34, 61)


@pytest.mark.parametrize("number", TWO_MARKS)
def test_cell_with_two_marks_becomes_the_leading_one(number: int) -> None:
    grid = scanned().grid
    assert marks_by_role(grid, row_numbered(grid, str(number))) == {PRIME: "◎"}


def test_cells_with_two_marks_are_remarked_as_they_stand() -> None:
    found = [(remark.place, remark.raw) for remark in _remarks(Code.TWO_MARKS)]
    assert found == [(Place(f"D{number + 1}", 1), "○ ◎") for number in TWO_MARKS]


@pytest.mark.parametrize(
    ("number", "place", "raw", "tasks"),
    [
        ("512", Place("S50", 8), "CPU、ディスク等のリソース状況を月次報告", ["513", "514"]),
        ("539", Place("S2", 9), "運用作業実績及び翌月の作業予定などの運用報告", ["540", "541"]),
    ],
)
def test_heading_with_a_slid_description_stays_a_heading(
    number: str, place: Place, raw: str, tasks: list[str]
) -> None:
    assert _children(number) == tasks
    remark = next(r for r in _remarks(Code.HEADING_DESCRIPTION) if r.place == place)
    assert (remark.raw, row_numbered(scanned().grid, number).description) == (raw, raw)


def test_only_two_headings_have_descriptions() -> None:
    assert len(_remarks(Code.HEADING_DESCRIPTION)) == 2


# Read by eye from the Markdown text, its columns counted against columns.csv: 項番, heading
# above, who leads, who supports. At least one row of each of the ten tables.
SAMPLE = {
    "10": ("3", "2次HW", "本受託者 1次HW 運用 2次開発"),
    "46": ("45", "本受託者", "統計 本稼働 統計HW LAN NW"),
    "71": ("69", "本受託者", "発注者 統計HW LAN NW 端末"),
    "119": ("118", "本受託者", "1次HW 統計 統計HW LAN NW 端末"),
    "131": ("130", "本受託者", "発注者 1次HW 保守 統計 統計HW LAN NW 端末 外部 現行"),
    "162": ("158", "本受託者 統計", "発注者 保守 運用"),
    "169": ("168", "", ""),
    "204": ("203", "2次開発", "保守 運用 統計"),
    "211": ("210", "保守", "発注者"),
    "261": ("257", "保守", "運用 2次開発"),
    "273": ("263", "運用", "1次HW"),
    "332": ("331", "運用", "発注者 本受託者"),
    "345": ("344", "2次開発", "本受託者 1次HW 統計 統計HW LAN NW 端末"),
    "377": ("374", "発注者", "本受託者 2次開発 2次HW"),
    "411": ("400", "本受託者", "1次HW 保守 運用 2次開発 LAN NW 端末 外部 現行"),
    "453": (
        "452",
        "本受託者",
        "1次HW 保守 運用 2次開発 拠点 統計 本稼働 統計HW LAN NW 端末 外部 現行",
    ),
    "499": ("493", "統計", "発注者 本受託者 保守 本稼働"),
    "504": ("502", "運用", "発注者 保守 2次HW 拠点 統計 本稼働 統計HW LAN NW 端末 外部 現行"),
    "540": ("539", "", "発注者"),
    "588": ("585", "拠点", "2次HW"),
    "611": ("610", "", "発注者 1次HW 保守 2次HW"),
    "636": ("616", "2次開発", "運用 拠点"),
    "648": ("639", "2次開発", "発注者"),
}
DESCRIPTIONS = {
    "10": "",
    "14": "全体実施計画書、実施計画書のレビュー・承認",
    "71": "",
    "131": "受入テスト計画を取り纏めた受入テスト仕様書の作成、準備(データ、環境の準備等)の実施",
    "169": "システムの起動・停止確認",
    "204": "システム変更にあたり、システム停止の実施",
    "211": "マスターデータの変更",
    "261": "計画停止時のハードウェア定期点検(HW診断、部品交換等)",
    "332": "業務要件を分析し、要件定義書を更新、作成",
    "379": "詳細設計書(基盤)のレビュー・承認",
    "453": "総合テスト計画を取り纏めた総合テスト仕様書の作成",
    "499": "統計・業務分析サブシステムを保守業務をする際に必要となる手順等の引継",
    "509": "(バックアップ終了まで)",
    "540": "必要に応じて判断が必要な事案が発生した場合などの随時運用報告",
    "648": "障害発生時における問題管理",
}


@pytest.mark.parametrize("number", SAMPLE)
def test_row_of_the_scan_has_its_marks(number: str) -> None:
    _, leads, supports = SAMPLE[number]
    expected = dict.fromkeys(leads.split(), "◎") | dict.fromkeys(supports.split(), "○")
    found = marks_by_role(scanned().grid, row_numbered(scanned().grid, number))
    assert found == {ROLES[word]: mark for word, mark in expected.items()}


@pytest.mark.parametrize("number", SAMPLE)
def test_row_of_the_scan_stands_below_its_heading(number: str) -> None:
    assert _parent(number) == SAMPLE[number][0]


@pytest.mark.parametrize("number", DESCRIPTIONS)
def test_row_of_the_scan_has_its_description(number: str) -> None:
    assert row_numbered(scanned().grid, number).description == DESCRIPTIONS[number]


# In table 3 the column of HARDWARE_1 stands twice; 178, 197 and 198 have their mark in the second.
@pytest.mark.parametrize("number", ["178", "197", "198"])
def test_mark_in_the_doubled_column_counts(number: str) -> None:
    grid = scanned().grid
    assert marks_by_role(grid, row_numbered(grid, number))[HARDWARE_1] == "○"


def test_doubled_column_is_remarked() -> None:
    found = [(remark.place, remark.raw) for remark in _remarks(Code.COLUMN_DOUBLED)]
    assert found == [(Place("I1", 3), HARDWARE_1)]


def test_missing_columns_are_remarked() -> None:
    found = [(r.place.table, r.message.split("「")[1]) for r in _remarks(Code.COLUMN_MISSING)]
    names = [(table, text.split("」")[0]) for table, text in found]
    assert names == [(2, PRESENT), (2, "作業内容"), (6, PRESENT)]


@pytest.mark.parametrize(("first", "last"), [(69, 130), (333, 399)])
def test_tables_without_a_column_leave_it_blank(first: int, last: int) -> None:
    rows = scanned().grid.items[first - 1 : last]
    assert {row.marks[-1] for row in rows} == {""}


def test_table_without_descriptions_leaves_them_blank() -> None:
    assert {row.description for row in scanned().grid.items[69 - 1 : 130]} == {""}


def test_every_odd_header_cell_is_remarked() -> None:
    codes = (Code.HEADER_WORDING, Code.HEADER_DISAGREES)
    remarked = {(r.place.table, r.place.cell, r.raw) for code in codes for r in _remarks(code)}
    assert remarked == set(_odd_header_cells())


def test_column_without_a_header_is_remarked() -> None:
    assert [remark.place for remark in _remarks(Code.HEADER_BLANK)] == [Place("S1", 10)]


def test_nonblank_cells_of_the_scan_are_all_accounted_for() -> None:
    cells = scanned().cells
    rows = [row for table in _tables() for row in table]
    assert cells.nonblank == sum(bool(text) for row in rows for text in row)
    assert cells.nonblank == cells.imported + cells.header + cells.skipped


def test_nothing_of_the_scan_is_skipped() -> None:
    assert scanned().cells.skipped == 0


def test_scan_has_no_remark_of_another_kind() -> None:
    counts = Counter(remark.code for remark in scanned().remarks)
    assert counts == {
        Code.LEGEND_WORDING: 4,
        Code.LINE_SKIPPED: 3,
        Code.TWO_MARKS: 7,
        Code.HEADING_DESCRIPTION: 2,
        Code.COLUMN_DOUBLED: 1,
        Code.COLUMN_MISSING: 3,
        Code.HEADER_BLANK: 1,
        Code.HEADER_WORDING: 28,
        Code.HEADER_DISAGREES: 10,
    }


def _numbers_at(level: int) -> str:
    return " ".join(row.number for row in scanned().grid.items if row.level == level)


def _remarks(code: Code) -> list[Remark]:
    return [remark for remark in scanned().remarks if remark.code is code]


def _children(number: str) -> list[str]:
    grid = scanned().grid
    up, at = parents(grid.items), index_of(grid, row_numbered(grid, number).uid)
    return [row.number for row, parent in zip(grid.items, up, strict=True) if parent == at]


def _parent(number: str) -> str:
    grid = scanned().grid
    at = index_of(grid, row_numbered(grid, number).uid)
    return grid.items[ancestors(parents(grid.items), at)[-1]].number


def _tables() -> list[list[list[str]]]:
    """The cells of the ten tables, split here without the code under test."""
    text = (FIXTURES / "besshi10.md").read_text()
    blocks = re.findall(r"(?:^\|.*\n?)+", text, flags=re.MULTILINE)
    return [[_cells(line) for line in block.splitlines() if "---" not in line] for block in blocks]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _odd_header_cells() -> Iterator[tuple[int, str, str]]:
    """(table, cell, text) of the header texts that are not the plain name of their column."""
    names = {"number": "項番", "name": "作業項目", "description": "作業内容"}
    names |= {f"party:{place}": name for place, name in enumerate(ROLES.values(), 1)}
    with (FIXTURES / "columns.csv").open() as file:
        meanings = {(r["table"], r["column"]): names[r["meaning"]] for r in csv.DictReader(file)}
    for table, rows in enumerate(_tables(), 1):
        length = next(i for i, row in enumerate(rows) if row[0].isdigit())
        for line, row in enumerate(rows[:length], 1):
            for column, text in enumerate(row, 1):
                if text and text != meanings[str(table), str(column)]:
                    yield table, f"{chr(ord('A') + column - 1)}{line}", text


# ---- small documents

HEADER = "| 項番 | 作業項目 | A社 | B社 | 作業内容 |\n|---|---|---|---|---|\n"


def read(*rows: str, header: str = HEADER, preface: str = "", **given: object) -> Reading:
    """The reading of a document with one table."""
    data = f"{preface}\n\n{header}" + "".join(f"{row}\n" for row in rows)
    return intake.read(data.encode(), **given)  # type: ignore[arg-type]


def refused(*rows: str, **given: object) -> list[str]:
    """What a refused document is told."""
    with pytest.raises(IntakeError) as caught:
        read(*rows, **given)  # type: ignore[arg-type]
    return [str(problem) for problem in caught.value.problems]


def codes(reading: Reading) -> list[tuple[Code, str, str]]:
    return [(remark.code, remark.place.cell, remark.raw) for remark in reading.remarks]


def test_rows_become_items() -> None:
    grid = read("| 1 | 設計 | | | |", "| 2 | 設計書作成 | ◎ | ○ | 書く |").grid
    assert [(r.level, r.number, r.name, r.description, r.marks) for r in grid.items] == [
        (1, "1", "設計", "", ("", "")),
        (2, "2", "設計書作成", "書く", ("◎", "○")),
    ]


def test_plain_document_needs_no_remark() -> None:
    assert read("| 1 | 設計 | ◎ | ○ | 書く |").remarks == ()


def test_every_row_gets_an_identity_of_its_own() -> None:
    items = read("| 1 | 設計 | ◎ | | |", "| 2 | 設計 | ◎ | | |").grid.items
    assert items[0].uid != items[1].uid


def test_roles_are_taken_from_the_header_when_none_are_given() -> None:
    assert read("| 1 | 設計 | ◎ | | |").grid.roles == roles_of("A社", "B社")


def test_header_of_a_later_table_may_have_another_order() -> None:
    second = "\n| 項番 | B社 | A社 | 作業項目 |\n|--|--|--|--|\n| 2 | ○ | ◎ | 製造 |\n"
    grid = read("| 1 | 設計 | ◎ | | |", second).grid
    assert grid.items[1].marks == ("◎", "○")


def test_alias_of_a_role_is_known_and_remarked() -> None:
    roles = (Role("甲社", aliases=("A社",)), Role("B社"))
    reading = read("| 1 | 設計 | ◎ | | |", roles=roles)
    assert codes(reading) == [(Code.HEADER_WORDING, "C1", "A社")]


def test_unknown_column_with_content_is_refused_with_its_place() -> None:
    told = refused("| 1 | 設計 | ◎ | ○ | |", roles=roles_of("A社"))
    assert told == [
        "表1 D1: 列の見出しが何を指すか分かりません。--columns で指定してください。（B社）"
    ]


def test_unknown_column_without_content_is_no_obstacle() -> None:
    assert read("| 1 | 設計 | ◎ | | |", roles=roles_of("A社")).grid.items[0].marks == ("◎",)


def test_table_without_names_is_refused() -> None:
    told = refused("| 1 | ◎ |", header="| 項番 | A社 |\n|--|--|\n")
    assert told[0].startswith("表1 A1: 「項番」「作業項目」の見出し行が見つかりません。")


def test_every_unreadable_mark_is_named() -> None:
    told = refused("| 1 | 設計 | ★ | | |", "| 2 | 製造 | ◎ | 主 | |")
    assert [text.split(": ")[0] for text in told] == ["表1 C2", "表1 D3"]
    assert [text[-3:] for text in told] == ["（★）", "（主）"]


def test_repeated_page_header_is_no_row() -> None:
    header = "| 項番 | 作業項目 | A社 | B社 | 作業内容 |"
    reading = read("| 1 | 設計 | ◎ | | |", header, "| 2 | 製造 | ◎ | | |")
    assert names_of(reading.grid) == ["設計", "製造"]
    assert codes(reading) == [(Code.HEADER_REPEATED, "A3", "項番")]


@pytest.mark.parametrize("variant", ["〇", "◯", "⚪", "⚪\ufe0f", "⭕", "⭕\ufe0f"])
def test_variant_of_a_circle_is_read_with_a_remark(variant: str) -> None:
    reading = read(f"| 1 | 設計 | {variant} | | |")
    assert reading.grid.items[0].marks == ("○", "")
    assert codes(reading) == [(Code.SYMBOL_VARIANT, "C2", variant)]


@pytest.mark.parametrize("raw", ["○ ◎", "◎○", "○／◎", "○・◎", "〇、◎"])
def test_stronger_of_two_marks_counts(raw: str) -> None:
    reading = read(f"| 1 | 設計 | {raw} | | |")
    assert reading.grid.items[0].marks == ("◎", "")
    assert codes(reading) == [(Code.TWO_MARKS, "C2", raw)]


@pytest.mark.parametrize("raw", ["○ ○", "○〇"])
def test_same_mark_twice_is_asked(raw: str) -> None:
    reading = read(f"| 1 | 設計 | {raw} | | |")
    assert list(reading.asked) == [raw]
    assert codes(reading) == [(Code.MARK_ASKED, "C2", raw)]


def test_doubled_columns_are_put_together() -> None:
    header = HEADER.replace("B社", "A社")
    reading = read("| 1 | 設計 | | ○ | |", "| 2 | 製造 | ◎ | ○ | |", header=header)
    assert [row.marks for row in reading.grid.items] == [("○",), ("◎",)]
    assert codes(reading) == [
        (Code.COLUMN_DOUBLED, "D1", "A社"),
        (Code.TWO_MARKS, "D3", "◎ ○"),
    ]


def test_cell_beyond_the_header_is_skipped_with_a_remark() -> None:
    reading = read("| 1 | 設計 | ◎ | | 書く | はみ出し |")
    assert codes(reading) == [(Code.CELL_SKIPPED, "F2", "はみ出し")]


def test_marks_without_a_header_are_refused_with_their_column() -> None:
    (told,) = refused("| 1 | 設計 | ◎ | | 書く | ○ |")
    assert told.startswith("表1 F1: 記号のある列に見出しがありません。")


def test_cell_beyond_the_named_columns_is_skipped_with_a_remark() -> None:
    columns = {1: (Field.NUMBER, Field.NAME, Party(0), Party(1), Field.DESCRIPTION)}
    reading = read("| 1 | 設計 | ◎ | | 書く | はみ出し |", columns=columns)
    assert codes(reading) == [(Code.CELL_SKIPPED, "F2", "はみ出し")]
    assert reading.cells.skipped == 1


def test_ignored_column_is_accounted_for() -> None:
    columns = {1: (Field.NUMBER, Field.NAME, Party(0), Field.IGNORE, Field.DESCRIPTION)}
    reading = read("| 1 | 設計 | ◎ | 他 | |", columns=columns, roles=roles_of("A社"))
    assert (reading.cells.skipped, codes(reading)[-1][2]) == (1, "他")


def test_short_row_has_blank_cells() -> None:
    row = read("| 1 | 設計 | ◎ |").grid.items[0]
    assert (row.marks, row.description) == (("◎", ""), "")


def test_escaped_pipe_is_text() -> None:
    row = read(r"| 1 | 入力\|出力 | ◎ | | \| |").grid.items[0]
    assert (row.name, row.description) == ("入力|出力", "|")


def test_row_without_number_keeps_its_name() -> None:
    grid = read("| 1 | 設計 | ◎ | | |", "| | 製造 | ◎ | | |").grid
    assert [(row.number, row.name) for row in grid.items] == [("1", "設計"), ("", "製造")]


def test_row_with_neither_number_nor_name_is_refused_with_its_place() -> None:
    told = refused("| 1 | 設計 | ◎ | | |", "| | | ◎ | | |")
    assert told == ["表1 A3: 項番も作業項目もない行です。"]


def test_row_without_name_is_refused() -> None:
    (told,) = refused("| 1 | | ◎ | | |")
    assert "作業項目が空です" in told


def test_blank_row_is_left_out() -> None:
    grid = read("| 1 | 設計 | ◎ | | |", "| | | | | |", "| 2 | 製造 | ◎ | | |").grid
    assert names_of(grid) == ["設計", "製造"]


@pytest.mark.parametrize(
    ("numbers", "odd"),
    [("1 3", ["3"]), ("1 1", ["1"]), ("2 1 2", ["1"]), ("5 6 7", []), ("1 1-2 7", [])],
)
def test_number_out_of_order_is_remarked(numbers: str, odd: list[str]) -> None:
    reading = read(*(f"| {number} | 設計 | ◎ | | |" for number in numbers.split()))
    assert [raw for code, _, raw in codes(reading) if code is Code.NUMBER_ORDER] == odd


def test_run_of_headings_goes_one_level_down_each() -> None:
    rows = ["| 1 | 甲 | | | |", "| 2 | 乙 | | | |", "| 3 | 丙 | ◎ | | |", "| 4 | 丁 | | | |"]
    grid = read(*rows, "| 5 | 戊 | ◎ | | |").grid
    assert [row.level for row in grid.items] == [1, 2, 3, 2, 3]


def test_tasks_without_headings_stand_at_the_top() -> None:
    grid = read("| 1 | 設計 | ◎ | | |", "| 2 | 製造 | ◎ | | |").grid
    assert [row.level for row in grid.items] == [1, 1]


# ---- the lines around the tables


def test_title_and_number_may_share_a_line() -> None:
    grid = read("| 1 | 設計 | ◎ | | |", preface="別紙１０　役割分担表").grid
    assert (grid.document_number, grid.title) == ("別紙10", "役割分担表")


def test_legend_of_another_house_is_used() -> None:
    preface = "R：実行責任者\nA：説明責任者"
    grid = read("| 1 | 設計 | R | A | |", preface=preface).grid
    assert [mark.symbol for mark in grid.legend] == ["R", "A"]
    assert grid.items[0].marks == ("R", "A")


@pytest.mark.parametrize(
    "prose", ["注：本表は案である", "備考…別途協議", "例：設計", "※：見直し予定"]
)
def test_prose_with_a_colon_is_no_mark(prose: str) -> None:
    reading = read("| 1 | 設計 | ◎ | | |", preface=f"表題\n{prose}")
    assert reading.grid.legend == DEFAULT_LEGEND
    assert codes(reading) == [(Code.LINE_SKIPPED, "2行目", prose)]


def test_full_width_letter_is_a_variant_of_its_mark() -> None:
    reading = read("| 1 | 設計 | Ｒ | | |", preface="R：実行責任者\nA：説明責任者")
    assert reading.grid.items[0].marks == ("R", "")
    assert codes(reading) == [(Code.SYMBOL_VARIANT, "C2", "Ｒ")]


def test_mark_that_only_reads_like_one_is_unreadable() -> None:
    assert len(refused("| 1 | 設計 | ◎◎○× | | |")) == 1


def test_leading_mark_comes_first_in_the_legend() -> None:
    legend = read("| 1 | 設計 | ◎ | | |", preface="○…協力\n◎…主たる作業者").grid.legend
    assert legend == (Mark("◎", "主たる作業者", leads=True), Mark("○", "協力"))


def test_document_without_legend_has_the_usual_one() -> None:
    assert read("| 1 | 設計 | ◎ | | |").grid.legend == DEFAULT_LEGEND


def test_line_that_says_nothing_known_is_remarked() -> None:
    reading = read("| 1 | 設計 | ◎ | | |", preface="表題\n改訂履歴は別途")
    assert codes(reading) == [(Code.LINE_SKIPPED, "2行目", "改訂履歴は別途")]


def test_windows_line_ends_and_byte_order_mark_are_read() -> None:
    text = f"\ufeff別紙10\n\n{HEADER}| 1 | 設計 | ◎ | | |\n".replace("\n", "\r\n")
    grid = intake.read(text.encode()).grid
    assert (grid.document_number, names_of(grid)) == ("別紙10", ["設計"])


# ---- files that are none


def test_table_without_rows_is_an_empty_matrix() -> None:
    reading = read()
    assert (reading.grid.roles, reading.grid.items) == (roles_of("A社", "B社"), ())
    assert (reading.cells.nonblank, reading.cells.header) == (5, 5)


def test_control_characters_are_no_part_of_a_text() -> None:
    (row,) = read("| 1\x07 | 設\x00計 | ◎ | | 書\x1bく |").grid.items
    assert (row.number, row.name, row.description) == ("1", "設計", "書く")


def test_row_that_does_not_end_with_a_bar_is_read() -> None:
    assert read("| 1 | 設計 | ◎ | ○ | 書く").grid.items[0].description == "書く"


def test_remark_in_words_has_place_message_and_raw_text() -> None:
    (remark,) = read("| 1 | 設計 | 〇 | | |").remarks
    assert str(remark) == "表1 C2: 「〇」を「○」として読み取りました。（〇）"


@pytest.mark.parametrize("data", [b"", b" \r\n\t"])
def test_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(IntakeError, match="ファイルが空です"):
        intake.read(data)


@pytest.mark.parametrize("encoding", ["cp932", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = f"別紙10\n\n{HEADER}| 1 | 設計 | ◎ | | |\n"
    assert names_of(intake.read(text.encode(encoding)).grid) == ["設計"]


def test_bytes_of_no_encoding_are_refused_with_the_byte() -> None:
    with pytest.raises(IntakeError, match="シフトJISでもありません（3バイト目）"):
        intake.read(b"| \x81\x20 |")


def test_file_without_table_is_refused() -> None:
    with pytest.raises(IntakeError, match="表が見つかりません"):
        intake.read("別紙10\n役割分担表".encode())


# ---- the files that explain a document


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("table,column\n1,1", "1行目に列「meaning」がありません"),
        ("table,column,meaning\n1,1,number\n1,2,何か", "3行目: 列の意味「何か」"),
        ("table,column,meaning\n1,3,party:3", "2行目: 列の意味「party:3」"),
        ("table,column,meaning\n1,3,party:0", "2行目: 「0」は1〜99999の整数ではありません"),
        ("table,column,meaning\n1,x,number", "2行目: 「x」"),
        ("table,column,meaning\n1,-1,number", "2行目: 「-1」"),
        ("table,column,meaning\n1,９,number", "2行目: 「９」"),
        ("table,column,meaning\n1,999999999,number", "2行目: 「999999999」"),
        ("table,column,meaning\n1", "2行目: 列の意味「None」"),
        ("table,column,meaning\n1,1,a\rb", "2行目を読み取れません"),
    ],
)
def test_wrong_columns_file_is_refused_with_the_line(text: str, told: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(told)):
        parse_columns(text.encode(), role_count=2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("名称\nA社", "1行目に列「position、name」がありません"),
        ("position,name\nx,A社", "2行目: 「x」"),
        ("position,name\n1,A社\n2,", "3行目: 名称が空です"),
        ("position,name\n1", "2行目: 名称が空です"),
        ("position,name,kind\n1,A社,boss", "2行目: 種別「boss」"),
    ],
)
def test_wrong_roles_file_is_refused_with_the_line(text: str, told: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(told)):
        parse_roles(text.encode())


@pytest.mark.parametrize("parse", [parse_roles, lambda data: parse_columns(data, role_count=1)])
def test_explaining_file_in_another_encoding_is_refused(parse: object) -> None:
    with pytest.raises(IntakeError, match="UTF-8ではありません"):
        parse("項番".encode("cp932"))  # type: ignore[operator]


def test_roles_file_gives_the_roles_in_order() -> None:
    text = "position,name,short_name,kind,aliases\n2,B社,,,\n1,A社,A,orderer,甲|乙\n"
    assert parse_roles(text.encode()) == (
        Role("A社", "A", RoleKind.ORDERER, ("甲", "乙")),
        Role("B社"),
    )


def test_column_that_the_columns_file_leaves_out_means_nothing() -> None:
    columns = parse_columns(b"table,column,meaning\n1,2,name\n1,3,party:1\n", role_count=1)
    assert columns == {1: (None, Field.NAME, Party(0))}


def test_same_role_twice_is_refused() -> None:
    told = refused("| 1 | 設計 | ◎ | | |", roles=roles_of("A社", "B社", "A社"))
    assert told == ["関連業者の列「A社」が2回あります。"]


# ---- what is printed of a reading


def test_reading_as_json_names_marks_by_role() -> None:
    assert read("| 1 | 設計 | ◎ | | 書く |").as_json()["items"] == [
        {
            "number": "1",
            "level": 1,
            "name": "設計",
            "description": "書く",
            "marks": {"A社": "◎"},
        }
    ]


def test_remark_as_json_has_its_place_and_raw_text() -> None:
    (remark,) = read("| 1 | 設計 | 〇 | | |").remarks
    assert remark.as_json() == {
        "table": 1,
        "cell": "C2",
        "code": "symbol_variant",
        "raw": "〇",
        "message": "「〇」を「○」として読み取りました。",
    }


def test_empty_grid_has_empty_totals() -> None:
    totals = Reading(Grid()).totals()
    assert (totals["items"], totals["roles"], totals["marks"]) == (0, 0, {"◎": 0, "○": 0})
