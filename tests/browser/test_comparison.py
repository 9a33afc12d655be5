"""The comparison in a real Chromium: found by a person, read by axe, on a desk and on a phone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from projects import store
from projects.domain.grid import with_item_under, without_item
from projects.domain.plan import diff
from projects.models import Project
from tests.support.editions import published
from tests.support.grid_builders import item
from tests.support.matrix_page import PHONE, Open, axe_findings, in_chromium
from tests.support.small_project import marked

pytestmark = in_chromium
PAGE = "/projects/besshi10/compare/"
NAME = "実施計画書作成(保守業務)"


@pytest.fixture
def changed(scene: Any) -> Project:
    """第1版, then one row new, one gone, one renamed, described and marked."""
    project = Project.objects.get(slug="besshi10")
    grid = store.load(project)
    width = len(grid.roles)
    row = next(one for one in grid.items if one.name == NAME)
    fresh = replace(row, name=f"{NAME}（改訂）", description="承認後に周知する。")
    wanted = replace(grid, items=tuple(fresh if one is row else one for one in grid.items))
    wanted = marked(wanted, fresh.name, *("○" for _ in range(width)))
    wanted = with_item_under(wanted, item(1, marks=("◎",) * width), grid.items[0].uid)
    wanted = without_item(wanted, grid.items[-1].uid)
    store.apply(diff(grid, wanted), project=project, by=None, kind=store.Kind.EDIT)
    return project


@pytest.mark.parametrize("viewport", [None, PHONE])
@pytest.mark.parametrize("view", ["list", "matrix"])
def test_the_comparison_is_accessible_and_fits(
    open_page: Open, changed: Project, view: str, viewport: Any
) -> None:
    more = {"viewport": viewport} if viewport else {}
    page = open_page(f"{PAGE}?view={view}", user="viewer", **more)
    expect(page.locator("#rows-shown")).to_have_text("3行に変更があります。")
    expect(page.locator("ins").first).to_be_visible()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_filter_is_kept_when_the_view_changes(open_page: Open, changed: Project) -> None:
    page = open_page("/projects/besshi10/", user="viewer")
    page.get_by_role("link", name="比較", exact=True).click()
    page.get_by_label("行の追加").uncheck()
    page.get_by_label("行の削除").uncheck()
    page.get_by_role("button", name="比較する").click()
    expect(page.locator(".compared tbody tr")).to_have_count(1)
    page.get_by_role("link", name="役割分担表", exact=True).last.click()
    expect(page.locator("table.df tr.changed")).to_have_count(1)
    expect(page.locator("table.df tr.created")).to_have_count(0)


def test_a_companys_changes_are_accessible_on_a_phone(open_page: Open, changed: Project) -> None:
    published(changed)
    page = open_page("/tasks/changes/", user="hoshu", viewport=PHONE)
    expect(page.locator(".cards tbody tr").first).to_be_visible()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
