"""The PMO's pages about companies in a real Chromium: accessible, and fitting a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from projects.models import Project
from tests.support.matrix_page import DESKTOP, PHONE, Open, axe_findings, in_chromium
from vendors.models import Member, Message, Question, Vendor

pytestmark = in_chromium
BASE = "/projects/besshi10/"


@pytest.fixture
def company(scene: Any) -> Vendor:
    """保守業者 with a question about the first of its tasks."""
    project = Project.objects.get(slug="besshi10")
    vendor = Vendor.objects.get(name="保守業者")
    uid = project.items.get(number="7").uid
    question = Question.objects.create(project=project, vendor=vendor, uid=uid)
    Message.objects.create(
        project=project, vendor=vendor, uid=uid, question=question, edition_number=1,
        person_name="保守 五郎", side="company", text="計画書の様式は決まっていますか。",
    )  # fmt: skip
    return vendor


def pages(vendor: Vendor) -> list[str]:
    own = f"companies/{vendor.uid}/"
    member = Member.objects.get(vendor=vendor)
    role = vendor.contracts.get().role_id
    question = vendor.questions.get()
    return [
        "editions/",
        "editions/1/",
        "editions/new/",
        "companies/",
        "companies/remind/",
        f"companies/remind/?sure=1&company={vendor.uid}",
        "companies/new/",
        own,
        f"{own}roles/{role}/",
        f"{own}invite/",
        f"{own}people/{member.pk}/deactivate/",
        "questions/",
        f"{own}questions/{question.uid}/",
    ]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_every_page_is_accessible_and_fits(open_page: Open, company: Vendor, viewport: Any) -> None:
    page = open_page(BASE + "companies/", user="manager", viewport=viewport)
    site = page.url.split("/projects/")[0]
    found = {}
    for place in pages(company):
        page.goto(f"{site}{BASE}{place}")
        page.evaluate(
            "document.querySelectorAll('main details').forEach((e) => { e.open = true; })"
        )
        keep(page, f"{place}-{viewport['width']}")
        found[place] = (axe_findings(page), fits(page))
    assert {place: what for place, what in found.items() if what != ([], True)} == {}


def test_a_manager_changes_a_mark_publishes_and_sees_what_changes(
    open_page: Open, company: Vendor
) -> None:
    project = Project.objects.get(slug="besshi10")
    item = project.items.get(number="7")
    item.name = "実施計画書の改訂"
    item.save(update_fields=["name"])
    page = open_page(BASE + "editions/", user="manager")
    page.get_by_role("link", name="新しい版を公開する").click()
    party = page.locator("details", has_text="関連業者の列: 保守業者")
    expect(party.locator("summary")).to_contain_text("新規0件・変更1件・外れる0件")
    party.locator("summary").click()
    expect(party.locator("ins")).to_have_text("実施計画書の改訂")
    page.get_by_role("button", name="公開する").click()
    expect(page.get_by_text("第2版を公開しました")).to_be_visible()
    expect(page.get_by_role("link", name="第2版", exact=True)).to_be_visible()


def test_an_edition_folds_by_keyboard(open_page: Open, company: Vendor) -> None:
    page = open_page(BASE + "editions/1/", user="viewer")
    first = page.locator("#mx tbody th").first
    first.focus()
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("aria-expanded", "false")


def keep(page: Page, name: str) -> None:
    """A picture for people, where PMO_SHOTS names a folder."""
    folder = os.environ.get("PMO_SHOTS")
    if folder:
        file = name.replace("/", "_").replace("?", "_")
        page.screenshot(path=Path(folder) / f"{file}.png", full_page=True)
