"""The pages of the checks in a real Chromium."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from projects import store
from projects.domain.grid import Item, with_item
from projects.models import Membership, Project, Waiver
from projects.store import Kind
from tests.support.large_project import large_project
from tests.support.matrix_page import DESKTOP, MATRIX, PHONE, Open, axe_findings, in_chromium, mark

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


def row(page: Page, number: int) -> Locator:
    return page.locator(f"#mx tbody tr:has(> th > .n:text-is('{number}'))")


def test_cells_of_a_finding_stand_out_and_are_described(open_page: Open) -> None:
    page = open_page(MATRIX, user="viewer")
    cell = row(page, 14).locator("td").nth(0)
    expect(cell).to_have_class("fc")
    expect(cell).to_have_accessible_description("要確認 W4 承認が発注者の作業でない")
    sign = "cell => getComputedStyle(cell, '::before').content"
    assert '"!"' in cell.evaluate(sign)
    expect(row(page, 13).locator(".fc")).to_have_count(0)
    expect(row(page, 14).locator("td").nth(1)).to_have_text("◎")
    assert axe_findings(page) == []


def test_keys_lead_from_a_cell_to_the_findings_of_its_row_and_column(open_page: Open) -> None:
    page = open_page(MATRIX, user="editor")
    expect(row(page, 14).locator("a.fd")).to_be_attached()
    cell = row(page, 14).locator("td").nth(0)
    cell.click()
    page.keyboard.press("f")
    expect(page.locator(".said")).to_have_count(1)
    expect(page.locator(".said")).to_contain_text("項番14「")
    page.go_back()
    head = page.locator("#mx .pt:has(a.fd)").last
    name = head.get_attribute("aria-label") or "?"
    column = int(head.evaluate("head => head.cellIndex"))
    row(page, 14).locator(f"> :nth-child({column + 1})").click()
    page.keyboard.press("Shift+F")
    expect(page.locator(".said")).to_have_count(1)
    expect(page.locator(".said")).to_contain_text(name)


def test_a_row_without_a_finding_says_so(open_page: Open) -> None:
    page = open_page(MATRIX, user="viewer")
    expect(row(page, 14).locator("a.fd")).to_be_attached()
    row(page, 13).locator("td").nth(0).click()
    page.keyboard.press("f")
    expect(page.locator("#live")).to_have_text("この行に要確認はありません。")
    assert page.url.endswith(MATRIX)


def test_the_mark_of_a_column_leads_to_its_finding(open_page: Open) -> None:
    page = open_page(f"{MATRIX}?finding=W3", user="viewer")
    head = page.locator("#mx .pt.found").first
    name = head.get_attribute("aria-label") or "?"
    expect(head.locator("a.fd")).to_have_attribute("title", re.compile("W3 作業のない列"))
    assert (axe_findings(page), fits(page)) == ([], True)
    head.locator("a.fd").click()
    expect(page.locator(".said").first).to_contain_text(name)


def test_the_columns_of_a_finding_are_scrolled_into_view(open_page: Open) -> None:
    page = open_page(f"{MATRIX}?finding=W3", user="viewer", viewport=PHONE)
    expect(page.locator("#mx .pt.found").first).to_be_in_viewport(ratio=0.9)


def test_marks_follow_a_change_of_the_cell(open_page: Open) -> None:
    page = open_page(MATRIX, user="editor")
    cell = row(page, 14).locator("td").nth(0)
    expect(cell).to_have_class("fc")
    cell.click()
    page.keyboard.press("2")
    expect(row(page, 14).locator("a.fd[aria-label*='W4']")).to_have_count(0)
    expect(page.locator("#saved")).to_have_text("保存済み")
    assert mark(14, 1) == "◎"


def test_a_packed_row_is_marked_when_its_cells_are_made(open_page: Open) -> None:
    large = large_project(rows=1_100, width=50)
    viewer = User.objects.get(username="viewer")
    Membership.objects.create(project=large, user=viewer, kind="viewer")
    uid = large.items.get(number="1000").uid
    store.change(large, lambda grid: with_item(grid, uid, two_leads), by=None, kind=Kind.EDIT)
    page = open_page(f"/projects/large/#{uid}", user="viewer")
    expect(page.locator(f"tr[id='{uid}'] .fc")).to_have_count(2)
    expect(page.locator(f"tr[id='{uid}'] a.fd")).to_have_attribute("aria-label", "要確認 W1")


def two_leads(item: Item) -> Item:
    return replace(item, marks=("◎", *item.marks[1:]))


def test_the_filters_do_not_lie_over_the_rows_of_a_phone(open_page: Open) -> None:
    page = open_page(f"{MATRIX}?finding=W4", user="viewer", viewport=PHONE)
    expect(page.locator("#filters > form")).to_be_hidden()
    expect(row(page, 14).locator("th")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_the_way_from_the_walk_to_the_matrix_and_back(open_page: Open, viewport: Any) -> None:
    page = open_page(WALK, user="editor", viewport=viewport)
    page.keyboard.press("n")
    expect(page.get_by_text("2 / ")).to_be_visible()
    page.keyboard.press("c")
    back = page.get_by_role("link", name="一件ずつに戻る")
    expect(back).to_be_visible()
    expect(row(page, 29).locator("th")).to_be_focused()
    assert (axe_findings(page), fits(page)) == ([], True)
    back.click()
    expect(page.get_by_text("2 / ")).to_be_visible()


def test_the_page_of_a_row_is_accessible_with_its_findings(open_page: Open) -> None:
    uid = Project.objects.get(slug="besshi10").items.get(number="14").uid
    page = open_page(f"{MATRIX}items/{uid}/", user="viewer", java_script_enabled=False)
    page.get_by_role("link", name="確認する").click()
    expect(page.locator(".said")).to_contain_text("項番14「")
    page = open_page(f"{MATRIX}items/{uid}/", user="viewer")
    assert (axe_findings(page), fits(page)) == ([], True)


def test_the_walk_works_without_a_script(open_page: Open) -> None:
    page = open_page(WALK, user="editor", java_script_enabled=False)
    page.get_by_role("link", name="次へ").click()
    expect(page.get_by_text("項番29「")).to_be_visible()
    page.get_by_role("button", name="直す").click()
    expect(page.get_by_text("1件を直しました")).to_be_visible()
