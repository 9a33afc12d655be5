"""The company's pages in real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from projects import store
from projects.models import Project
from tests.support.editions import published
from tests.support.matrix_page import PHONE, Open, axe_findings, in_chromium
from tests.support.small_project import marked

pytestmark = in_chromium
TASK = "実施計画書作成(保守業務)"


def test_all_tasks_of_the_page_are_confirmed_with_the_keyboard(open_page: Open) -> None:
    page = open_page("/tasks/", user="hoshu")
    total = page.locator("[name=task]").count()
    assert total > 1
    page.locator("#pick-all input").focus()
    page.keyboard.press("Space")
    expect(page.locator("#picked")).to_have_text(f"{total}件を選んでいます")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text(f"{total}件を「確認済」にしました")
    expect(page.locator("td b.state.confirmed")).to_have_count(total)


def test_a_question_is_asked_from_the_task(open_page: Open) -> None:
    page = open_page("/tasks/", user="hoshu")
    page.get_by_role("link", name=TASK).click()
    page.get_by_label("質問", exact=True).fill("提出の期限はいつですか。")
    page.get_by_role("button", name="送る").click()
    expect(page.locator(".thread")).to_contain_text("提出の期限はいつですか。")
    expect(page.locator("b.state")).to_have_text("質問あり")


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_axe_finds_nothing_on_the_list_and_a_task(open_page: Open, viewport: object) -> None:
    project = Project.objects.get(slug="besshi10")
    grid = marked(store.load(project), TASK, *["○"] * 16)
    store.change(project, lambda _: grid, by=None, kind=store.Kind.EDIT)
    published(project)
    page = open_page("/tasks/", user="hoshu", **({"viewport": viewport} if viewport else {}))
    page.locator(".ask summary").click()
    assert axe_findings(page) == []
    page.get_by_role("link", name=TASK).click()
    expect(page.locator(".changes")).to_be_visible()
    assert axe_findings(page) == []


def test_the_list_fits_a_phone(open_page: Open) -> None:
    page = open_page("/tasks/", user="hoshu", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    box = page.locator("[name=task]").first.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24


def test_a_manager_sees_the_page_of_a_company_and_can_write_nothing(open_page: Open) -> None:
    uid = Project.objects.get(slug="besshi10").contracts.get(vendor__name="保守業者").vendor.uid
    page = open_page(f"/projects/besshi10/companies/{uid}/tasks/", user="manager")
    expect(page.locator(".shown-as")).to_contain_text("保守業者として表示")
    assert page.locator("[name=task]").count() == 0
    page.get_by_role("link", name=TASK).click()
    expect(page.locator("h1")).to_contain_text(TASK)
    assert page.locator("textarea").count() == 0
    assert axe_findings(page) == []
