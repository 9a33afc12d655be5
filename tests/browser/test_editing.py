"""The editable matrix in a real Chromium: keys, ranges, pointer, IME, undo."""

from __future__ import annotations

from itertools import product
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.besshi10 import LAST
from tests.support.matrix_page import MATRIX, Open, Sheet, in_chromium, mark, marks, whole

pytestmark = in_chromium


def type_sign(page: Page, sign: str) -> None:
    """A key that gives a sign which no key of the test's keyboard has."""
    key = {"type": "keyDown", "key": sign, "text": sign}
    page.context.new_cdp_session(page).send("Input.dispatchKeyEvent", key)


# ---- one cell


def test_a_key_sets_the_mark_at_once_and_saves_it(sheet: Sheet) -> None:
    sheet.go(4, 1)
    for keys, symbol in (
        ("1", "○"),
        ("2", "◎"),
        ("2 Delete", ""),
        ("2 Backspace", ""),
        ("Space", "○"),
        ("Space Space", "◎"),
        ("Space Space Space", ""),
        ("3", ""),
        ("x", ""),
    ):
        sheet.press(*keys.split())
        assert (keys, sheet.cell(4, 1).text_content()) == (keys, symbol)
        sheet.holds(4, 1, symbol)
        expect(sheet.cell(4, 1)).to_be_focused()
        sheet.press("Delete")


def test_a_typed_sign_is_understood(sheet: Sheet) -> None:
    sheet.go(4, 1)
    for sign, symbol in zip("○〇◯◎２×", ("○", "○", "○", "◎", "", ""), strict=True):
        type_sign(sheet.page, sign)
        sheet.holds(4, 1, symbol)
        sheet.press("Delete")


def test_the_state_says_saving_then_saved_and_the_counts_follow(sheet: Sheet) -> None:
    held = []
    sheet.page.route("**/cells/", lambda route: held.append(route))
    total = sheet.page.locator("#mx tfoot td").first
    before = (total.text_content() or "").splitlines()
    sheet.go(4, 1)
    sheet.press("2")
    expect(sheet.state).to_have_text("保存中 1件")
    expect(sheet.cell(4, 1)).to_have_class("p w")
    assert before[0].startswith("◎")
    expect(total).to_have_text(f"◎{int(before[0][1:]) + 1}\n{before[1]}")
    expect(sheet.said).to_have_text("項番4、厚生労働省・日本年金機構、主たる作業者")
    held[0].continue_()
    sheet.is_saved()
    expect(sheet.cell(4, 1)).to_have_class("p")


def test_a_heading_takes_no_mark(sheet: Sheet) -> None:
    sheet.go(3, 1)
    sheet.press("1")
    expect(sheet.said).to_have_text("見出しには記号を付けられません。")
    sheet.holds(3, 1, "")


def test_fifty_cells_are_set_without_the_mouse(sheet: Sheet) -> None:
    sheet.page.locator("#mx [tabindex='0']").focus()
    sheet.press("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown")
    for _ in range(5):
        sheet.press(*["1", "ArrowRight"] * 10, *["ArrowLeft"] * 10, "ArrowDown")
    assert sheet.marks(range(4, 9), range(1, 11)) == ["○" * 10] * 5
    sheet.is_saved()
    assert marks(range(4, 9), range(1, 11)) == ["○" * 10] * 5


def test_keys_move_over_the_cells_with_one_tab_stop(sheet: Sheet) -> None:
    for keys, place in (
        ("ArrowDown", (6, 5)),
        ("ArrowUp", (4, 5)),
        ("ArrowLeft", (5, 4)),
        ("ArrowRight", (5, 6)),
        ("Home", (5, 0)),
        ("End", (5, 17)),
        ("Control+Home", (1, 0)),
        ("Control+End", (LAST, 17)),
        ("PageDown", (17, 5)),
        ("PageDown PageUp", (5, 5)),
        ("1 ArrowDown", (6, 5)),
    ):
        sheet.go(5, 5)
        sheet.press(*keys.split())
        expect(sheet.cell(*place)).to_be_focused()
        assert sheet.page.locator("#mx tbody [tabindex='0']").count() == 1
        expect(sheet.page.locator("#where")).to_contain_text(f"項番{place[0]}、")
    sheet.is_saved()


def test_tab_leaves_the_table_and_shift_tab_comes_back_to_the_cell(sheet: Sheet) -> None:
    sheet.go(5, 5)
    sheet.press("Tab")
    expect(sheet.page.locator("#mx :focus")).to_have_count(0)
    sheet.press("Shift+Tab")
    expect(sheet.cell(5, 5)).to_be_focused()


# ---- the choice of marks


def test_enter_opens_the_choice_and_arrows_choose(sheet: Sheet) -> None:
    sheet.go(4, 2)
    sheet.press("Enter")
    expect(sheet.choice.locator("[role=option]:focus")).to_contain_text("◎")
    sheet.press("ArrowUp", "Enter")
    expect(sheet.choice).to_be_hidden()
    sheet.holds(4, 2, "○")
    expect(sheet.cell(4, 2)).to_be_focused()


def test_a_key_chooses_in_the_choice(sheet: Sheet) -> None:
    sheet.go(7, 2)
    for key, symbol in (("2", "◎"), ("0", ""), ("1", "○"), ("Delete", "")):
        sheet.press("Enter", key)
        expect(sheet.choice).to_be_hidden()
        sheet.holds(7, 2, symbol)


def test_esc_leaves_the_choice_without_a_change(sheet: Sheet) -> None:
    sheet.go(4, 2)
    sheet.press("Enter", "ArrowUp", "Escape")
    expect(sheet.choice).to_be_hidden()
    expect(sheet.cell(4, 2)).to_be_focused()
    sheet.holds(4, 2, "◎")


def test_tab_in_the_choice_reaches_the_histories(sheet: Sheet) -> None:
    sheet.go(4, 2)
    sheet.press("Enter", "Tab")
    expect(sheet.choice.get_by_role("link", name="セルの履歴")).to_be_focused()
    sheet.press("Tab", "Tab")
    expect(sheet.choice.get_by_role("link", name="列の履歴")).to_be_focused()
    sheet.press("Escape")
    expect(sheet.cell(4, 2)).to_be_focused()


def test_the_first_click_selects_and_the_second_opens_the_choice(sheet: Sheet) -> None:
    cell = sheet.cell(6, 2)
    cell.click()
    expect(cell).to_be_focused()
    expect(sheet.choice).to_be_hidden()
    cell.click()
    sheet.choice.get_by_role("option", name="○").click()
    sheet.holds(6, 2, "○")


def test_a_click_elsewhere_closes_the_choice(sheet: Sheet) -> None:
    sheet.go(6, 2)
    sheet.press("Enter")
    expect(sheet.choice).to_be_visible()
    sheet.cell(4, 16).click()
    expect(sheet.choice).to_be_hidden()
    expect(sheet.cell(4, 16)).to_be_focused()


def test_a_tap_opens_the_choice(open_page: Open) -> None:
    sheet = Sheet(open_page(MATRIX, user="editor", has_touch=True))
    sheet.cell(6, 2).tap()
    sheet.choice.get_by_role("option", name="○").tap()
    sheet.holds(6, 2, "○")


# ---- ranges


def test_shift_extends_the_range(sheet: Sheet) -> None:
    for keys, cells in (
        ("Shift+ArrowDown Shift+ArrowRight", 4),
        ("Shift+ArrowUp Shift+ArrowLeft Shift+ArrowLeft", 6),
        ("Shift+PageDown", 13),
        ("Shift+Home", 6),
        ("Shift+ArrowDown ArrowDown", 0),
    ):
        sheet.go(6, 5)
        sheet.press(*keys.split())
        expect(sheet.selected()).to_have_count(cells)


def test_shift_click_extends_the_range_and_a_click_ends_it(sheet: Sheet) -> None:
    sheet.go(4, 3)
    sheet.cell(6, 5).click(modifiers=["Shift"])
    expect(sheet.selected()).to_have_count(9)
    sheet.press("1")
    sheet.is_saved()
    assert marks(range(4, 8), range(3, 7)) == ["○○○.", "○○○.", "○○○.", ".◎.."]
    sheet.cell(7, 3).click()
    expect(sheet.selected()).to_have_count(0)


@whole
def test_control_a_selects_all_marks_and_delete_clears_them(sheet: Sheet) -> None:
    sheet.go(4, 2)
    sheet.press("Control+a")
    expect(sheet.selected()).to_have_count(648 * 16)
    sheet.press("Delete")
    expect(sheet.page.locator("#mx tbody td:is(.p, .s)")).to_have_count(0)
    sheet.is_saved()
    assert set(marks(range(1, 649), range(1, 17))) == {"." * 16}
    sheet.press("Control+z")
    sheet.shows(4, 2, "◎")
    assert mark(648, 6) == "◎"


def test_delete_blanks_the_range_only(sheet: Sheet) -> None:
    before = marks_on(sheet)
    for key in ("Delete", "Backspace"):
        sheet.go(7, 2)
        sheet.press("Shift+ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight", key)
        sheet.is_saved()
        assert marks(range(7, 9), range(2, 6)) == marks_on(sheet) == ["....", "...◎"]
        sheet.press("Control+z")
        sheet.shows(7, 2, before[0][0])
        assert marks_on(sheet) == before


def marks_on(sheet: Sheet) -> list[str]:
    return sheet.marks(range(7, 9), range(2, 6))


def test_control_d_fills_down_and_control_r_right(sheet: Sheet) -> None:
    sheet.go(7, 4)
    sheet.press("Shift+ArrowDown", "Shift+ArrowDown", "Control+d")
    sheet.is_saved()
    assert [mark(number, 4) for number in (7, 8, 9, 10)] == ["◎", "◎", "◎", ""]
    sheet.go(14, 2)
    sheet.press("Shift+ArrowRight", "Shift+ArrowRight", "Control+r")
    sheet.is_saved()
    assert sheet.marks(range(14, 15), range(2, 6)) == ["◎◎◎."]
    assert marks(range(14, 15), range(2, 6)) == ["◎◎◎."]


# ---- undo


def test_undo_and_redo_walk_the_own_changes_also_after_a_reload(sheet: Sheet) -> None:
    sheet.go(4, 1)
    sheet.press("1", "ArrowDown", "1", "ArrowDown", "2")
    sheet.is_saved()
    sheet.press("Control+z")
    sheet.shows(6, 1, "")
    sheet.page.reload()
    sheet.shows(5, 1, "○")
    sheet.go(4, 1)
    sheet.press("Control+z")
    sheet.shows(5, 1, "")
    assert marks(range(4, 7), range(1, 2)) == ["○", ".", "."]
    sheet.press("Control+y")
    sheet.shows(5, 1, "○")
    sheet.page.reload()
    sheet.go(4, 1)
    sheet.press("Control+Shift+z")
    sheet.shows(6, 1, "◎")
    assert marks(range(4, 7), range(1, 2)) == ["○", "○", "◎"]


def test_undo_waits_for_what_was_just_typed(sheet: Sheet) -> None:
    sheet.go(4, 1)
    sheet.press("1", "Control+z")
    expect(sheet.said).to_have_text("元に戻しました")
    sheet.holds(4, 1, "")


def test_the_buttons_undo_and_redo(sheet: Sheet) -> None:
    sheet.go(4, 1)
    sheet.press("2")
    sheet.is_saved()
    sheet.page.get_by_role("button", name="元に戻す").click()
    sheet.shows(4, 1, "")
    sheet.page.get_by_role("button", name="やり直す").click()
    sheet.holds(4, 1, "◎")


def test_nothing_to_undo_is_said(sheet: Sheet, allowed_errors: list[str]) -> None:
    allowed_errors.append("400")
    sheet.go(4, 1)
    sheet.press("Control+z")
    expect(sheet.said).to_have_text("元に戻せる操作はありません。")


# ---- IME


COMPOSING: list[dict[str, Any]] = [{"isComposing": True}, {"keyCode": 229}]


def test_no_key_acts_while_an_ime_composes(sheet: Sheet) -> None:
    keys = ["1", "2", " ", "Enter", "Delete", "Backspace", "F2", "ArrowDown", "ArrowLeft", "End"]
    for column, how in product((0, 2, 17), COMPOSING):
        sheet.go(4, column)
        for key in keys:
            sheet.cell(4, column).evaluate(
                "(cell, more) => cell.dispatchEvent(new KeyboardEvent('keydown', more))",
                {"key": key, "bubbles": True, "cancelable": True, **how},
            )
        expect(sheet.cell(4, column)).to_be_focused()
        expect(sheet.choice).to_be_hidden()
        expect(sheet.text).to_have_count(0)
        expect(sheet.dialog).to_have_count(0)
        sheet.holds(4, 2, "◎")
        assert sheet.page.url.endswith(MATRIX)


def test_enter_that_ends_a_composition_does_not_save_the_name(sheet: Sheet) -> None:
    sheet.go(4, 0)
    sheet.press("F2", "Control+a")
    ime = sheet.page.context.new_cdp_session(sheet.page)
    for reading in ("け", "けい", "けいかく", "計画"):
        composed = {"text": reading, "selectionStart": len(reading), "selectionEnd": len(reading)}
        ime.send("Input.imeSetComposition", composed)
    enter = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    ime.send("Input.dispatchKeyEvent", enter)
    ime.send("Input.insertText", {"text": "計画"})
    expect(sheet.text).to_be_focused()
    expect(sheet.text).to_have_value("計画")
    sheet.press("Enter")
    sheet.has_name(4, "計画")
    expect(sheet.text).to_have_count(0)
