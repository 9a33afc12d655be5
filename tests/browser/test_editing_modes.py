"""Who may edit, a required reason, and accessibility in every mode of editing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from projects.models import ChangeSet, Project
from tests.support.matrix_page import (
    DESKTOP,
    MATRIX,
    PHONE,
    Open,
    Sheet,
    axe_findings,
    document,
    in_chromium,
    mark,
)

pytestmark = in_chromium


# ---- who may edit


@pytest.mark.parametrize("user", ["manager", "editor", "admin"])
def test_managers_and_editors_edit(user: str, open_page: Open) -> None:
    sheet = Sheet(open_page(MATRIX, user=user))
    sheet.go(4, 1)
    sheet.press("1")
    sheet.holds(4, 1, "○")


def test_a_viewer_gets_no_editing(open_page: Open) -> None:
    sheet = Sheet(open_page(MATRIX))
    expect(sheet.page.locator("#mx")).to_have_attribute("aria-readonly", "true")
    expect(sheet.page.locator("#editing")).to_have_count(0)
    sent = []
    sheet.page.on("request", lambda request: sent.append(request.method))
    sheet.go(4, 2)
    sheet.cell(4, 2).click()
    sheet.press("1", "Delete", "Space", "Enter", "F2", "Control+d", "Control+z", "Alt+ArrowDown")
    expect(sheet.page.locator(".choice, dialog, #mx textarea")).to_have_count(0)
    sheet.shows(4, 2, "◎")
    assert "POST" not in sent
    assert mark(4, 2) == "◎"


def test_whoever_lost_the_right_is_told_and_sees_what_is_there(
    open_page: Open, allowed_errors: list[str]
) -> None:
    allowed_errors.append("403")
    sheet = Sheet(open_page(MATRIX, user="editor"))
    Project.objects.get(slug="besshi10").memberships.filter(user__username="editor").update(
        kind="viewer"
    )
    sheet.go(4, 1)
    sheet.press("1")
    expect(sheet.dialog).to_contain_text("編集する権限がありません。")
    expect(sheet.dialog.locator("tbody tr")).to_contain_text("○")
    sheet.press("Escape")
    sheet.shows(4, 1, "")
    sheet.is_saved()


# ---- a required reason


@pytest.fixture
def strict(open_page: Open) -> Sheet:
    """The document, whose project requires a reason."""
    Project.objects.filter(slug="besshi10").update(requires_reason=True)
    allowed = ["clipboard-read", "clipboard-write"]
    return Sheet(open_page(MATRIX, user="editor", permissions=allowed))


def test_nothing_changes_without_a_required_reason(strict: Sheet) -> None:
    before = document()
    strict.page.evaluate("navigator.clipboard.writeText('○')")
    marks = ((2, key) for key in ("1", "Delete", "Space", "Enter", "Control+x"))
    rows = ((0, "F2"), (0, "Delete"), (2, "Control+Enter"), (2, "Alt+ArrowDown"))
    for column, key in (*marks, (1, "Control+v"), *rows):
        strict.go(4, column)
        strict.press(key)
        expect(strict.page.get_by_label("変更理由"), key).to_be_focused()
        expect(strict.said).to_have_text("この案件では変更理由の入力が必要です。")
        expect(strict.page.locator("dialog, #mx textarea")).to_have_count(0)
        expect(strict.choice).to_be_hidden()
        strict.is_saved()
        assert document() == before


def test_a_dragged_row_needs_the_reason_too(strict: Sheet) -> None:
    before = document()
    strict.drag(4, 7, 0.1)
    expect(strict.page.get_by_label("変更理由")).to_be_focused()
    assert document() == before


def test_the_reason_is_kept_with_each_change(strict: Sheet) -> None:
    strict.page.get_by_label("変更理由").fill("協議の結果")
    strict.go(4, 1)
    strict.press("1")
    strict.holds(4, 1, "○")
    strict.press("Alt+ArrowDown")
    expect(strict.cell(5, 1)).to_be_focused()
    acts = ChangeSet.objects.filter(project__slug="besshi10").order_by("-number")
    known = acts.values_list("context__metadata", flat=True)[:2]
    assert [metadata["reason"] for metadata in known] == ["協議の結果"] * 2


# ---- accessibility in every mode


def at_rest(sheet: Sheet) -> None:
    """The page as it comes."""


def in_choice(sheet: Sheet) -> None:
    sheet.go(4, 2)
    sheet.press("Enter")
    expect(sheet.choice).to_be_visible()


def in_range(sheet: Sheet) -> None:
    sheet.go(4, 2)
    sheet.press("Shift+ArrowDown", "Shift+ArrowRight")


def in_dialog(sheet: Sheet) -> None:
    sheet.go(3, 0)
    sheet.press("Delete")
    expect(sheet.dialog).to_be_visible()


def in_insertion(sheet: Sheet) -> None:
    sheet.go(4, 2)
    sheet.press("Control+Enter")
    expect(sheet.dialog).to_be_visible()


def in_paste(sheet: Sheet) -> None:
    sheet.go(14, 15)
    sheet.page.evaluate("navigator.clipboard.writeText('○\t×\t○\\n○')")
    sheet.press("Control+v")
    expect(sheet.dialog).to_be_visible()


def in_name(sheet: Sheet) -> None:
    sheet.go(4, 0)
    sheet.press("F2")
    expect(sheet.text).to_be_focused()


def in_description(sheet: Sheet) -> None:
    sheet.go(4, 17)
    sheet.press("F2")
    expect(sheet.text).to_be_focused()


def in_error(sheet: Sheet) -> None:
    sheet.page.route("**/cells/", lambda route: route.fulfill(status=503))
    sheet.go(4, 1)
    sheet.press("1")
    expect(sheet.state).to_contain_text("未保存")


def in_conflict(sheet: Sheet) -> None:
    answer = {"outcome": "conflict", "now": "◎", "by": "管理 花子", "at": "2026-01-05T09:00:00Z"}
    body = {"revision": 1, "changed": False, "results": [answer]}
    sheet.page.route("**/cells/", lambda route: route.fulfill(status=409, json=body))
    sheet.go(4, 1)
    sheet.press("1")
    expect(sheet.dialog).to_be_visible()


def in_menu(sheet: Sheet) -> None:
    sheet.page.get_by_text("行の操作").click()


def with_anothers_change(sheet: Sheet) -> None:
    uid, role = document().items[3].uid, document().roles[0].name
    act = {
        "number": 10**6,
        "user": 0,
        "name": "管理 花子",
        "at": "",
        "structure": False,
        "texts": [],
        "rows": [],
    }
    body = {"revision": 10**6, "changes": [{**act, "cells": [[uid, role, "◎"]]}]}
    sheet.page.route("**/changes/**", lambda route: route.fulfill(json=body))
    expect(sheet.cell(4, 1)).to_have_attribute("data-by", "管理 花子")


MODES = [
    at_rest,
    in_choice,
    in_range,
    in_dialog,
    in_insertion,
    in_paste,
    in_name,
    in_description,
    in_error,
    in_conflict,
    in_menu,
    with_anothers_change,
]


# What stands over the table is as wide as the window; the others are there in both widths alike.
WIDE = (at_rest, in_choice, in_dialog, in_conflict)
PLACES = [(mode, PHONE) for mode in MODES] + [(mode, DESKTOP) for mode in WIDE]


@pytest.mark.parametrize(
    ("mode", "viewport"), PLACES, ids=lambda value: getattr(value, "__name__", None)
)
def test_axe_finds_nothing_while_editing(
    mode: Any, viewport: Any, open_page: Open, allowed_errors: list[str]
) -> None:
    allowed_errors += ["503", "409"]
    allowed = ["clipboard-read", "clipboard-write"]
    phase = f"{MATRIX}phases/1/"  # the same page with fewer rows; axe looks at every cell
    sheet = Sheet(open_page(phase, user="editor", viewport=viewport, permissions=allowed))
    mode(sheet)
    assert axe_findings(sheet.page) == []


def test_the_editing_page_fits_a_phone(open_page: Open) -> None:
    sheet = Sheet(open_page(MATRIX, user="editor", viewport=PHONE, has_touch=True))
    assert sheet.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    sheet.cell(4, 2).tap()
    box = sheet.choice.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    sheet.choice.get_by_role("option", name="○").tap()
    sheet.holds(4, 2, "○")
