"""Copy, cut and paste of marks through the real clipboard of Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from projects.domain.grid import Item
from tests.support.besshi10 import LAST
from tests.support.matrix_page import MATRIX, Open, Sheet, document, in_chromium, mark, marks, whole

pytestmark = in_chromium

ROLES = range(1, 17)


@pytest.fixture
def sheet(open_page: Open) -> Sheet:
    allowed = ["clipboard-read", "clipboard-write"]
    return Sheet(open_page(MATRIX, user="editor", permissions=allowed))


def clipboard(sheet: Sheet) -> str:
    return str(sheet.page.evaluate("navigator.clipboard.readText()"))


def paste(sheet: Sheet, text: str) -> None:
    sheet.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    sheet.press("Control+v")


def confirm(sheet: Sheet) -> None:
    sheet.dialog.get_by_role("button", name="貼り付ける").click()
    expect(sheet.dialog).to_have_count(0)


def test_a_range_is_copied_as_tab_separated_text(sheet: Sheet) -> None:
    sheet.go(7, 2)
    sheet.press("Shift+ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight", "Control+c")
    expect(sheet.said).to_have_text("2行×3列をコピーしました")
    assert clipboard(sheet) == "○\t\t◎\r\n○\t\t○"
    sheet.is_saved()
    assert marks(range(7, 9), range(2, 5)) == ["○.◎", "○.○"]


def test_names_and_descriptions_are_copied_too(sheet: Sheet) -> None:
    sheet.go(4, 0)
    sheet.press("Shift+End", "Control+c")
    item = document().items[3]
    fields = clipboard(sheet).split("\t")
    assert (fields[0], fields[2], len(fields)) == (item.name, "◎", 18)
    assert fields[17].strip('"') == item.description.replace('"', '""')


def test_a_cut_range_is_blank_and_pastes_elsewhere(sheet: Sheet) -> None:
    sheet.go(7, 2)
    sheet.press("Shift+ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight", "Control+x")
    sheet.is_saved()
    assert marks(range(7, 9), range(2, 5)) == ["...", "..."]
    sheet.go(17, 14)
    sheet.press("Control+v")
    expect(sheet.dialog).to_contain_text("4件のセルが変わります。")
    confirm(sheet)
    sheet.is_saved()
    assert marks(range(17, 19), range(14, 17)) == ["○.◎", "○.○"]
    sheet.press("Control+z")
    sheet.shows(17, 14, "")
    sheet.press("Control+z")
    sheet.shows(7, 4, "◎")


@pytest.mark.parametrize(
    ("text", "column", "symbol"),
    [("◯", 3, "○"), ("〇\r\n", 3, "○"), (" ◎ ", 2, "◎"), ("\r\n", 2, "")],
)
def test_one_value_is_pasted_without_a_question(
    text: str, column: int, symbol: str, sheet: Sheet
) -> None:
    sheet.go(19, column)
    paste(sheet, text)
    sheet.holds(19, column, symbol)
    expect(sheet.dialog).to_have_count(0)


def test_one_value_fills_the_range(sheet: Sheet) -> None:
    sheet.go(4, 8)
    sheet.press("Shift+ArrowDown", "Shift+ArrowRight")
    paste(sheet, "〇")
    confirm(sheet)
    sheet.is_saved()
    assert marks(range(4, 6), range(7, 11)) == [".○○.", ".○○."]


@whole
def test_a_hundred_rows_are_pasted_at_once_and_undone_by_one_undo(sheet: Sheet) -> None:
    """What Excel copies: a symbol per task, nothing in the rows of headings."""
    before = marks(range(37, 137), ROLES)
    items = document().items
    lines = ["" if is_heading(items, n) else "〇" for n in range(37, 137)]
    sheet.go(37, 1)
    sent = []
    sheet.page.on("request", lambda r: sent.append(r.url) if r.url.endswith("/cells/") else None)
    paste(sheet, "\r\n".join("\t".join([line] * 16) for line in lines) + "\r\n")
    expect(sheet.dialog.get_by_role("heading", level=2)).to_have_text("貼り付けの確認")
    expect(sheet.dialog.locator("tbody tr")).to_have_count(200)
    expect(sheet.dialog).not_to_contain_text("貼り付けられません")
    assert marks(range(37, 137), ROLES) == before
    confirm(sheet)
    sheet.is_saved()
    wanted = ["○" * 16 if line else "." * 16 for line in lines]
    assert sheet.marks(range(37, 40), ROLES) == wanted[:3]
    assert marks(range(37, 137), ROLES) == wanted
    assert len(sent) == 1
    sheet.press("Control+z")
    sheet.shows(37, 1, "")
    assert marks(range(37, 137), ROLES) == before
    assert sheet.marks(range(134, 137), ROLES) == before[-3:]


def is_heading(items: tuple[Item, ...], number: int) -> bool:
    return number < len(items) and items[number].level > items[number - 1].level


def test_what_cannot_be_placed_is_listed_and_the_rest_is_pasted(sheet: Sheet) -> None:
    sheet.go(14, 15)
    paste(sheet, "○\t×\t○\r\n○\t\t\r\n")
    expect(sheet.dialog).to_contain_text("1件のセルが変わります。3件は貼り付けられません。")
    listed = sheet.dialog.get_by_role("region", name="値、理由").locator("tbody tr")
    expect(listed).to_have_count(3)
    for row, words in enumerate(["×凡例にない記号です", "○最後の列", "15 プロジェクト管理"]):
        expect(listed.nth(row)).to_contain_text(words)
    expect(listed.nth(2)).to_contain_text("見出しには記号を付けられません")
    confirm(sheet)
    sheet.holds(14, 15, "○")
    assert mark(15, 15) == ""


def test_nothing_of_a_block_may_fit_and_esc_pastes_nothing(sheet: Sheet) -> None:
    sheet.go(LAST, 16)
    paste(sheet, "△\r\n○")
    expect(sheet.dialog).to_contain_text("表の最後の行を越えています")
    expect(sheet.dialog.get_by_role("button", name="貼り付ける")).to_have_count(0)
    sheet.press("Escape")
    sheet.go(4, 4)
    paste(sheet, "○\t○")
    expect(sheet.dialog).to_contain_text("2件のセルが変わります。")
    sheet.press("Escape")
    expect(sheet.dialog).to_have_count(0)
    expect(sheet.cell(4, 4)).to_be_focused()
    sheet.is_saved()
    assert (mark(LAST, 16), mark(4, 4), mark(4, 5)) == ("", "", "")


def test_text_is_pasted_into_a_text_that_is_edited(sheet: Sheet) -> None:
    sheet.go(4, 0)
    sheet.press("F2", "Control+a")
    paste(sheet, "貼った名前")
    expect(sheet.text).to_have_value("貼った名前")
    sheet.press("Enter")
    sheet.has_name(4, "貼った名前")
    assert document().items[3].name == "貼った名前"
