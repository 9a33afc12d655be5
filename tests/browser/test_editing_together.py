"""Two browsers on one matrix, and a browser that loses the network."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Route, expect

from tests.support.besshi10 import LAST
from tests.support.matrix_page import (
    MATRIX,
    Open,
    Sheet,
    document,
    in_chromium,
    mark,
    marks,
    names,
    session_of,
)

pytestmark = in_chromium

OFFLINE = ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "503"]


@pytest.fixture
def other(open_page: Open) -> Sheet:
    """The same document in another browser, opened by 管理 花子."""
    return Sheet(open_page(MATRIX, user="manager"))


def no_news(sheet: Sheet) -> None:
    """From now on the page does not hear of others' changes."""
    sheet.page.route("**/changes/**", lambda route: route.fulfill(status=204))


def set_mark(sheet: Sheet, number: int, column: int, key: str) -> None:
    sheet.go(number, column)
    sheet.press(key)
    sheet.is_saved()


# ---- the same cell


def in_conflict(sheet: Sheet, other: Sheet) -> None:
    """The other has set ◎ where this one, who saw a blank, sets ○."""
    no_news(sheet)
    set_mark(other, 4, 1, "2")
    sheet.go(4, 1)
    sheet.press("1")
    expect(sheet.dialog.get_by_role("heading")).to_have_text("変更が重なりました")


def test_a_conflict_shows_both_values_who_and_when(
    sheet: Sheet, other: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors.append("409")
    in_conflict(sheet, other)
    row = sheet.dialog.locator("tbody tr")
    expect(row).to_have_count(1)
    for words in (
        "4 全体実施計画書作成",
        "厚生労働省・日本年金機構",
        "○ 当該業務",
        "◎ 主たる作業者",
    ):
        expect(row).to_contain_text(words)
    expect(row.locator("td").last).to_have_text(
        re.compile(r"管理 花子（\d{4}/\d\d/\d\d \d+:\d\d）")
    )
    assert mark(4, 1) == "◎"


def test_a_conflict_is_settled_with_the_others_value(
    sheet: Sheet, other: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors.append("409")
    in_conflict(sheet, other)
    sheet.dialog.get_by_role("button", name="相手の値のままにする").click()
    expect(sheet.dialog).to_have_count(0)
    expect(sheet.cell(4, 1)).to_be_focused()
    sheet.holds(4, 1, "◎")


def test_a_conflict_is_settled_with_the_own_value(
    sheet: Sheet, other: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors.append("409")
    in_conflict(sheet, other)
    sheet.dialog.get_by_role("button", name="自分の値にする").click()
    expect(sheet.dialog).to_have_count(0)
    sheet.holds(4, 1, "○")
    other.shows(4, 1, "○")


def test_a_conflict_stops_only_its_own_cells_of_a_range(
    sheet: Sheet, other: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors.append("409")
    no_news(sheet)
    set_mark(other, 5, 8, "2")
    sheet.go(4, 8)
    sheet.press("Shift+ArrowDown", "Shift+ArrowDown", "1")
    expect(sheet.dialog.locator("tbody tr")).to_have_count(1)
    sheet.press("Escape")
    sheet.is_saved()
    assert marks(range(4, 7), range(8, 9)) == sheet.marks(range(4, 7), range(8, 9))
    assert marks(range(4, 7), range(8, 9)) == ["○", "◎", "○"]


def test_two_names_for_one_row_conflict_and_the_typed_one_is_kept(
    sheet: Sheet, other: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors.append("409")
    sheet.go(4, 0)
    sheet.press("F2")
    sheet.text.fill("わたしの名前")
    other.go(4, 0)
    other.press("F2")
    other.text.fill("相手の名前")
    other.press("Enter")
    other.has_name(4, "相手の名前")
    sheet.press("Enter")
    expect(sheet.dialog).to_contain_text("現在の値：相手の名前")
    sheet.press("Escape")
    expect(sheet.text).to_have_value("わたしの名前")
    sheet.press("Enter")
    sheet.has_name(4, "わたしの名前")
    assert names(range(4, 5)) == ["わたしの名前"]


# ---- the same row, other cells


def test_different_cells_of_a_row_never_conflict(sheet: Sheet, other: Sheet) -> None:
    no_news(sheet)
    set_mark(other, 4, 1, "2")
    set_mark(sheet, 4, 3, "1")
    expect(sheet.dialog).to_have_count(0)
    assert marks(range(4, 5), range(1, 5)) == ["◎◎○."]
    other.shows(4, 3, "○")


# ---- others' changes


def test_anothers_change_appears_with_the_name_and_moves_nothing(
    sheet: Sheet, other: Sheet
) -> None:
    sheet.go(60, 5)
    sheet.press("Shift+ArrowDown", "Shift+ArrowRight")
    top = sheet.page.locator("#scroll").evaluate("box => box.scrollTop")
    assert top > 0
    set_mark(other, 4, 1, "2")
    sheet.shows(4, 1, "◎")
    expect(sheet.cell(4, 1)).to_have_attribute("data-by", "管理 花子")
    expect(sheet.said).to_contain_text("管理 花子さんが変更：項番4、")
    expect(sheet.selected()).to_have_count(4)
    expect(sheet.cell(61, 6)).to_be_focused()
    assert sheet.page.locator("#scroll").evaluate("box => box.scrollTop") == top


def test_a_viewer_sees_changes_without_a_reload(open_page: Open, other: Sheet) -> None:
    viewer = Sheet(open_page(MATRIX, user="viewer"))
    set_mark(other, 4, 1, "2")
    viewer.shows(4, 1, "◎")
    expect(viewer.cell(4, 1)).to_have_attribute("data-by", "管理 花子")


def insert(sheet: Sheet, above: int, name: str) -> None:
    sheet.go(above, 1)
    sheet.press("Control+Enter")
    sheet.dialog.get_by_label("作業項目の名称").fill(name)
    sheet.press("Enter")
    sheet.has_name(above + 1, name)


def rename(sheet: Sheet, number: int, name: str) -> None:
    sheet.go(number, 0)
    sheet.press("F2")
    sheet.text.fill(name)
    sheet.press("Enter")
    sheet.has_name(number, name)


def test_anothers_row_appears_and_cursor_and_range_stay_on_their_rows(
    sheet: Sheet, other: Sheet
) -> None:
    sheet.go(60, 5)
    sheet.press("Shift+ArrowDown", "Shift+ArrowRight")
    name = sheet.name(61)
    insert(other, 5, "割り込み")
    sheet.has_name(6, "割り込み")
    sheet.has_name(62, name)
    expect(sheet.said).to_have_text("管理 花子さんが行または列を変更しました")
    expect(sheet.page.locator("[data-by='管理 花子']")).to_contain_text("割り込み")
    expect(sheet.cell(62, 6)).to_be_focused()
    expect(sheet.selected()).to_have_count(4)


def test_anothers_text_appears_and_a_text_being_edited_stays(sheet: Sheet, other: Sheet) -> None:
    rename(other, 4, "甲")
    sheet.has_name(4, "甲")
    expect(sheet.page.locator("[data-by='管理 花子']")).to_contain_text("甲")
    sheet.go(4, 17)
    sheet.press("F2")
    sheet.text.fill("打ちかけ")
    rename(other, 4, "乙")
    rename(other, 5, "丙")
    sheet.has_name(5, "丙")
    expect(sheet.text).to_have_value("打ちかけ")
    sheet.press("Enter")
    sheet.shows(4, 17, "打ちかけ")
    sheet.has_name(4, "乙")
    assert document().items[3].description == "打ちかけ"


def test_anothers_row_waits_for_an_open_choice_and_an_edited_text(
    sheet: Sheet, other: Sheet
) -> None:
    sheet.go(8, 1)
    sheet.press("Enter")
    insert(other, 20, "甲")
    expect(sheet.said).to_contain_text("管理 花子さんが")
    sheet.press("1")
    sheet.holds(8, 1, "○")
    sheet.has_name(21, "甲")
    sheet.go(8, 0)
    sheet.press("F2")
    sheet.text.fill("打ちかけ")
    insert(other, 20, "乙")
    expect(sheet.said).to_contain_text("管理 花子さんが")
    expect(sheet.text).to_have_value("打ちかけ")
    sheet.press("Enter")
    sheet.has_name(8, "打ちかけ")
    sheet.has_name(21, "乙")


def test_a_mark_set_while_the_table_is_read_anew_stays(sheet: Sheet, other: Sheet) -> None:
    """The table that arrives is older than the mark, which is saved already."""
    held: list[Route] = []
    no_news(sheet)
    sheet.go(8, 1)
    insert(other, 20, "甲")
    older = sheet.page.request.get(sheet.page.url)
    sheet.page.route("**/besshi10/", lambda route: held.append(route))
    with sheet.page.expect_request("**/besshi10/"):
        sheet.page.unroute("**/changes/**")
    sheet.press("1")
    sheet.is_saved()
    expect(sheet.cell(8, 1)).to_have_text("○")
    held[0].fulfill(response=older)
    sheet.has_name(21, "甲")
    sheet.holds(8, 1, "○")


def test_a_text_begun_while_the_table_is_read_anew_stays(sheet: Sheet, other: Sheet) -> None:
    held: list[Route] = []
    sheet.go(8, 0)
    sheet.page.route("**/besshi10/", lambda route: held.append(route), times=1)
    with sheet.page.expect_request("**/besshi10/"):
        insert(other, 20, "甲")
    sheet.press("F2")
    sheet.text.fill("打ちかけ")
    with sheet.page.expect_response("**/besshi10/"):
        held[0].continue_()
    expect(sheet.text).to_have_value("打ちかけ")
    sheet.press("Enter")
    sheet.has_name(8, "打ちかけ")
    sheet.has_name(21, "甲")
    assert names(range(8, 9)) == ["打ちかけ"]


def test_a_cell_with_an_own_pending_change_is_not_overwritten(
    sheet: Sheet, other: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors += ["409", "503"]
    sheet.page.route("**/cells/", lambda route: route.fulfill(status=503))
    sheet.go(4, 1)
    sheet.press("1")
    expect(sheet.state).to_contain_text("未保存 1件")
    set_mark(other, 4, 1, "2")
    set_mark(other, 4, 3, "1")
    sheet.shows(4, 3, "○")
    sheet.shows(4, 1, "○")
    sheet.page.unroute("**/cells/")
    expect(sheet.dialog.get_by_role("heading")).to_have_text("変更が重なりました", timeout=20_000)
    sheet.dialog.get_by_role("button", name="自分の値にする").click()
    sheet.holds(4, 1, "○")


def test_several_offline_marks_of_a_conflicted_cell_ask_once(
    sheet: Sheet, other: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors += ["409", "503"]
    sheet.page.route("**/cells/", lambda route: route.fulfill(status=503))
    sheet.go(4, 1)
    sheet.press("1", "2", "1")
    expect(sheet.state).to_contain_text("未保存 3件")
    set_mark(other, 4, 1, "2")
    sheet.page.unroute("**/cells/")
    expect(sheet.dialog.locator("tbody tr")).to_have_count(1, timeout=20_000)
    sheet.dialog.get_by_role("button", name="自分の値にする").click()
    sheet.holds(4, 1, "○")
    expect(sheet.dialog).to_have_count(0)
    sheet.is_saved()


# ---- the network


def test_marks_set_offline_are_kept_and_sent_when_the_network_is_back(
    sheet: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors += OFFLINE
    sheet.page.context.set_offline(True)
    sheet.go(4, 3)
    sheet.press("1", "ArrowRight", "2")
    expect(sheet.state).to_have_text("未保存 2件：サーバーに接続できません。")
    expect(sheet.state).to_have_attribute("data-kind", "bad")
    assert marks(range(4, 5), range(3, 5)) == [".."]
    sheet.page.context.set_offline(False)
    sheet.is_saved()
    assert sheet.marks(range(4, 5), range(3, 5)) == ["○◎"]
    assert marks(range(4, 5), range(3, 5)) == ["○◎"]


def failing(sheet: Sheet) -> None:
    sheet.page.route("**/cells/", lambda route: route.fulfill(status=503))


def test_a_failing_server_is_tried_again(sheet: Sheet, allowed_errors: list[str]) -> None:
    allowed_errors += OFFLINE
    failing(sheet)
    sheet.go(4, 3)
    sheet.press("1")
    expect(sheet.state).to_have_text("未保存 1件：サーバーが一時的に応答できません。")
    told = {"error": "データベースの空き容量が足りません。"}
    sheet.page.route("**/cells/", lambda route: route.fulfill(status=503, json=told))
    expect(sheet.state).to_have_text(f"未保存 1件：{told['error']}")
    sheet.page.unroute("**/cells/")
    expect(sheet.state).to_have_text("保存済み", timeout=20_000)
    assert mark(4, 3) == "○"


def test_leaving_with_unsaved_marks_warns(sheet: Sheet, allowed_errors: list[str]) -> None:
    allowed_errors += OFFLINE
    failing(sheet)
    sheet.go(4, 3)
    sheet.press("1")
    expect(sheet.state).to_contain_text("未保存")
    assert sheet.leave() == ["beforeunload"]
    sheet.shows(4, 3, "○")


def test_unsaved_marks_survive_a_reload(sheet: Sheet, allowed_errors: list[str]) -> None:
    allowed_errors += OFFLINE
    failing(sheet)
    sheet.go(4, 3)
    sheet.press("1", "ArrowRight", "2")
    expect(sheet.state).to_contain_text("未保存 2件")
    sheet.page.once("dialog", lambda dialog: dialog.accept())
    sheet.page.reload()
    assert marks(range(4, 5), range(3, 5)) == [".."]
    sheet.shows(4, 3, "○")
    sheet.shows(4, 4, "◎")
    expect(sheet.state).to_contain_text("未保存 2件")
    sheet.page.unroute("**/cells/")
    expect(sheet.state).to_have_text("保存済み", timeout=20_000)
    assert marks(range(4, 5), range(3, 5)) == ["○◎"]


def test_rows_and_texts_wait_for_the_network_and_keep_what_was_typed(
    sheet: Sheet, allowed_errors: list[str]
) -> None:
    allowed_errors += OFFLINE
    sheet.page.context.set_offline(True)
    sheet.go(4, 0)
    sheet.press("F2")
    sheet.text.fill("新しい名前")
    sheet.press("Enter")
    expect(sheet.dialog).to_contain_text("サーバーに接続できません。")
    sheet.press("Escape")
    expect(sheet.text).to_have_value("新しい名前")
    sheet.page.context.set_offline(False)
    sheet.press("Enter")
    sheet.has_name(4, "新しい名前")
    assert len(document().items) == LAST


def test_marks_are_sent_although_the_browser_cannot_keep_them(sheet: Sheet) -> None:
    full = "throw new DOMException('', 'QuotaExceededError')"
    sheet.page.evaluate(f"() => {{ Storage.prototype.setItem = () => {{ {full}; }}; }}")
    sheet.go(4, 3)
    sheet.press("1")
    sheet.holds(4, 3, "○")


def test_undo_waits_for_the_network(sheet: Sheet, allowed_errors: list[str]) -> None:
    allowed_errors += OFFLINE
    failing(sheet)
    sheet.go(4, 3)
    sheet.press("1")
    expect(sheet.state).to_contain_text("未保存")
    sheet.press("Control+z")
    expect(sheet.said).to_have_text("接続が戻るまで、元に戻せません。")
    sheet.shows(4, 3, "○")


def test_a_mark_set_after_the_session_ended_is_saved_when_its_person_has_signed_in_again(
    open_page: Open, scene: dict[str, User], allowed_errors: list[str]
) -> None:
    allowed_errors += ["403", "EventSource"]
    sheet = Sheet(open_page(MATRIX, user="editor"))
    Session.objects.all().delete()
    sheet.go(4, 1)
    sheet.press("1")
    expect(sheet.state).to_contain_text("ログインの有効期限が切れました")
    for name, said in (("manager", "別の利用者でログインしています"), ("editor", "")):
        sheet.page.context.add_cookies([session_of(scene[name], urljoin(sheet.page.url, "/"))])
        sheet.page.evaluate("dispatchEvent(new Event('online'))")
        expect(sheet.state).to_contain_text(said)
    sheet.holds(4, 1, "○")
