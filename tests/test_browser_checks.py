"""The pages of the checks in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from projects.models import Project, Waiver
from tests.browsing import DESKTOP, PHONE, Open, axe_findings, in_chromium, mark

pytestmark = in_chromium
CHECKS = "/projects/besshi10/checks/"
WALK = f"{CHECKS}walk/?code=W4"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_the_pages_are_accessible_and_fit(open_page: Open, viewport: Any) -> None:
    page = open_page(CHECKS, user="manager", viewport=viewport)
    assert (axe_findings(page), fits(page)) == ([], True)
    page.locator("button[name='all_of'][value='W4']").click()
    assert (axe_findings(page), fits(page)) == ([], True)
    page.goto(page.url.split("/projects/")[0] + WALK)
    assert (axe_findings(page), fits(page)) == ([], True)


def test_the_walk_goes_by_single_keys(open_page: Open) -> None:
    page = open_page(WALK, user="editor")
    page.keyboard.press("n")
    expect(page.get_by_text("項番29「")).to_be_visible()
    page.keyboard.press("w")
    reason = page.get_by_label("見送る理由")
    expect(reason).to_be_focused()
    page.keyboard.type("na")
    expect(reason).to_have_value("na")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1件を見送りました")).to_be_visible()
    assert Waiver.objects.get().reason == "na"


def test_a_key_puts_the_finding_right(open_page: Open) -> None:
    page = open_page(WALK, user="editor")
    expect(page.get_by_text("項番14「")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("1件を直しました")).to_be_visible()
    assert mark(14, 1) == "◎"


def test_the_keys_can_be_switched_off_and_stay_so(open_page: Open) -> None:
    page = open_page(WALK, user="editor")
    page.get_by_label("キーで操作する").uncheck()
    page.keyboard.press("a")
    page.reload()
    expect(page.get_by_label("キーで操作する")).not_to_be_checked()
    page.keyboard.press("a")
    expect(page.get_by_text("項番14「")).to_be_visible()
    assert mark(14, 1) == ""


def test_rows_of_the_matrix_carry_a_mark_that_leads_to_their_findings(open_page: Open) -> None:
    page = open_page("/projects/besshi10/", user="viewer")
    uid = Project.objects.get(slug="besshi10").items.get(number="14").uid
    found = page.locator(f"tr[id='{uid}'] a.fd")
    expect(found).to_have_attribute("aria-label", "要確認 W4")
    assert axe_findings(page) == []
    found.click()
    expect(page.locator(".said")).to_have_count(1)
    expect(page.locator(".said")).to_contain_text("項番14「")


def test_the_walk_works_without_a_script(open_page: Open) -> None:
    page = open_page(WALK, user="editor", java_script_enabled=False)
    page.get_by_role("link", name="次へ").click()
    expect(page.get_by_text("項番29「")).to_be_visible()
    page.get_by_role("button", name="直す").click()
    expect(page.get_by_text("1件を直しました")).to_be_visible()
