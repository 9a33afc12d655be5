"""Rows of the matrix in a real Chromium: insert, rename, describe, delete, move, drag."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.besshi10 import LAST
from tests.support.matrix_page import Sheet, document, in_chromium, mark, names

pytestmark = in_chromium


def asked_name(sheet: Sheet, name: str) -> None:
    """Answers the question for the name of a new row."""
    field = sheet.dialog.get_by_label("作業項目の名称")
    expect(field).to_be_focused()
    field.fill(name)
    sheet.press("Enter")
    expect(sheet.dialog).to_have_count(0)


# ---- insertion


@pytest.mark.parametrize(
    ("key", "number", "level"),
    [("Control+Enter", 6, 4), ("Control+Shift+Enter", 5, 4), ("Alt+Enter", 6, 5)],
)
def test_a_row_is_inserted_numbered_and_selected(
    key: str, number: int, level: int, sheet: Sheet
) -> None:
    sheet.go(5, 0)
    sheet.press(key)
    asked_name(sheet, "新しい作業")
    sheet.has_name(number, "新しい作業")
    expect(sheet.row(number)).to_have_attribute("aria-level", str(level))
    expect(sheet.cell(number, 0)).to_be_focused()
    item = document().items[number - 1]
    assert (item.name, item.number, item.level) == ("新しい作業", str(number), level)
    assert len(document().items) == LAST + 1
    sheet.press("Control+z")
    expect(sheet.row(LAST + 1)).to_have_count(0)
    assert len(document().items) == LAST


def test_an_insertion_is_left_without_a_name(sheet: Sheet) -> None:
    sheet.go(5, 1)
    sheet.press("Control+Enter")
    sheet.dialog.get_by_role("button", name="やめる").click()
    expect(sheet.dialog).to_have_count(0)
    sheet.press("Control+Enter", "Escape")
    expect(sheet.dialog).to_have_count(0)
    expect(sheet.cell(5, 1)).to_be_focused()
    assert len(document().items) == LAST


# ---- texts


def test_f2_renames_in_place_and_enter_saves(sheet: Sheet) -> None:
    sheet.go(4, 0)
    sheet.press("F2")
    expect(sheet.text).to_be_focused()
    expect(sheet.text).to_have_value("全体実施計画書作成")
    sheet.press("End", "Delete", " ", "1")
    expect(sheet.text).to_have_value("全体実施計画書作成 1")
    sheet.press("Enter")
    sheet.has_name(4, "全体実施計画書作成 1")
    expect(sheet.cell(4, 0)).to_be_focused()
    assert names(range(4, 5)) == ["全体実施計画書作成 1"]
    sheet.press("Control+z")
    sheet.has_name(4, "全体実施計画書作成")


def test_a_name_is_shown_as_the_server_cleaned_it_and_changes_again(sheet: Sheet) -> None:
    for name in ("一度目\nの名前", "二度目"):
        sheet.go(4, 0)
        sheet.press("F2")
        sheet.text.fill(name)
        sheet.press("Enter")
        sheet.has_name(4, name.replace("\n", " "))
        expect(sheet.text).to_have_count(0)
        shown = re.compile(re.escape(name.replace("\n", " ")) + "$")
        expect(sheet.cell(4, 0)).to_have_text(shown)
        expect(sheet.said).to_have_text("変更しました")
    assert names(range(4, 5)) == ["二度目"]


def test_esc_leaves_a_name_as_it_was(sheet: Sheet) -> None:
    sheet.go(4, 0)
    sheet.press("F2")
    sheet.text.fill("別の名前")
    sheet.press("Escape")
    expect(sheet.text).to_have_count(0)
    expect(sheet.cell(4, 0)).to_be_focused()
    sheet.has_name(4, "全体実施計画書作成")
    assert names(range(4, 5)) == ["全体実施計画書作成"]


def test_a_name_cannot_be_empty_and_what_was_typed_stays(
    sheet: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors.append("400")
    sheet.go(4, 0)
    sheet.press("F2")
    sheet.text.fill(" ")
    sheet.press("Enter")
    expect(sheet.dialog).to_contain_text("空")
    sheet.press("Escape")
    expect(sheet.text).to_be_focused()
    sheet.press("Escape")
    sheet.has_name(4, "全体実施計画書作成")


def test_the_description_is_edited_in_place_with_line_breaks(sheet: Sheet) -> None:
    sheet.go(6, 17)
    sheet.press("Enter")
    expect(sheet.text).to_have_value("")
    sheet.page.keyboard.type("一行目")
    sheet.press("Alt+Enter")
    sheet.page.keyboard.type("二行目")
    sheet.press("Enter")
    expect(sheet.text).to_have_count(0)
    sheet.shows(6, 17, "一行目\n二行目")
    assert document().items[5].description == "一行目\n二行目"
    expect(sheet.cell(6, 17)).to_be_focused()


def test_the_second_click_edits_the_description_and_leaving_it_saves(sheet: Sheet) -> None:
    cell = sheet.cell(6, 17)
    cell.click()
    cell.click()
    sheet.text.fill("説明")
    sheet.cell(4, 3).click()
    sheet.shows(6, 17, "説明")
    expect(sheet.cell(4, 3)).to_be_focused()
    assert document().items[5].description == "説明"


def test_the_menu_edits_the_texts_of_the_row(sheet: Sheet) -> None:
    sheet.go(6, 3)
    sheet.page.get_by_text("行の操作").click()
    sheet.page.get_by_role("button", name="作業内容を変更").click()
    expect(sheet.text).to_be_focused()
    sheet.press("Escape")
    expect(sheet.cell(6, 17)).to_be_focused()


def test_leaving_the_page_with_an_unsaved_text_warns(sheet: Sheet) -> None:
    sheet.go(4, 0)
    sheet.press("F2", "1")
    assert sheet.leave() == ["beforeunload"]
    expect(sheet.text).to_have_value("1")


# ---- deletion


def test_delete_on_the_name_says_what_goes_and_undo_brings_it_back(sheet: Sheet) -> None:
    before = document()
    sheet.go(3, 0)
    sheet.press("Delete")
    expect(sheet.dialog).to_contain_text("項番3「実施計画」から12行（下位の項目を含む）")
    below = before.items[2:14]
    count = sum(1 for item in below for symbol in item.marks if symbol)
    expect(sheet.dialog).to_contain_text(f"その記号{count}個")
    sheet.dialog.get_by_role("button", name="12行を削除する").click()
    expect(sheet.row(LAST - 11)).to_have_count(0)
    sheet.has_name(3, "プロジェクト管理")
    assert len(document().items) == LAST - 12
    sheet.press("Control+z")
    sheet.has_name(3, "実施計画")
    expect(sheet.row(LAST)).to_have_count(1)
    assert document() == before


def test_a_deletion_is_left_by_esc(sheet: Sheet) -> None:
    sheet.go(3, 0)
    sheet.press("Delete")
    expect(sheet.dialog).to_be_visible()
    sheet.press("Escape")
    expect(sheet.dialog).to_have_count(0)
    expect(sheet.cell(3, 0)).to_be_focused()
    assert len(document().items) == LAST


# ---- moves


def test_alt_arrows_move_a_row_up_and_down(sheet: Sheet) -> None:
    first, second = sheet.names(range(4, 6))
    sheet.go(5, 2)
    sheet.press("Alt+ArrowUp")
    sheet.has_name(4, second)
    expect(sheet.cell(4, 2)).to_be_focused()
    assert names(range(4, 6)) == [second, first]
    sheet.press("Alt+ArrowDown")
    sheet.has_name(4, first)
    expect(sheet.cell(5, 2)).to_be_focused()
    assert names(range(4, 6)) == [first, second]
    assert mark(5, 2) == "◎"


def test_alt_arrows_indent_and_outdent_a_row(sheet: Sheet) -> None:
    sheet.go(8, 4)
    sheet.press("Alt+ArrowRight")
    expect(sheet.row(8)).to_have_attribute("aria-level", "5")
    expect(sheet.cell(7, 0)).to_have_attribute("aria-expanded", "true")
    assert document().items[7].level == 5
    sheet.press("Alt+ArrowLeft")
    expect(sheet.row(8)).to_have_attribute("aria-level", "4")
    expect(sheet.cell(8, 4)).to_be_focused()
    assert document().items[7].level == 4
    assert sheet.page.url.endswith("/besshi10/")


def test_selected_rows_move_together_and_stay_selected(sheet: Sheet) -> None:
    four, five, six, seven = sheet.names(range(4, 8))
    sheet.go(4, 2)
    sheet.press("Shift+ArrowDown", "Alt+ArrowDown")
    sheet.has_name(4, six)
    expect(sheet.selected()).to_have_count(2)
    sheet.press("Alt+ArrowDown")
    sheet.has_name(5, seven)
    assert names(range(4, 8)) == [six, seven, four, five]
    expect(sheet.cell(7, 2)).to_be_focused()


def test_a_move_that_cannot_be_is_said_in_words(sheet: Sheet, allowed_errors: list[str]) -> None:
    allowed_errors.append("400")
    sheet.go(4, 2)
    sheet.press("Alt+ArrowUp")
    expect(sheet.dialog).to_contain_text("これより上には移動できません")
    sheet.dialog.get_by_role("button", name="閉じる").click()
    expect(sheet.cell(4, 2)).to_be_focused()


@pytest.mark.parametrize(
    ("part", "number", "level"),
    [(0.1, 6, 4), (0.9, 7, 4), (0.5, 7, 5)],
    ids=["above", "below", "child"],
)
def test_a_row_is_dragged_by_its_number(part: float, number: int, level: int, sheet: Sheet) -> None:
    name = sheet.name(4)
    sheet.drag(4, 7, part)
    sheet.has_name(number, name)
    item = document().items[number - 1]
    assert (item.name, item.level) == (name, level)
    expect(sheet.page.locator("[class*=drop-]")).to_have_count(0)
    assert sheet.page.url.endswith("/besshi10/")


def test_a_row_is_not_dropped_below_itself(sheet: Sheet, allowed_errors: list[str]) -> None:
    allowed_errors.append("400")
    before = document()
    sheet.drag(3, 5, 0.1)
    expect(sheet.dialog).to_contain_text("自分の下位の項目には移動できません")
    assert document() == before
