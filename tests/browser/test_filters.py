"""A reader opens a matrix from the start page and presses its filters as they stand."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from projects.domain.matrix_filter import Rows, Selection, select, words_of
from projects.findings.review import review
from projects.models import Project
from tests.support.matrix_page import Open, document, in_chromium

pytestmark = in_chromium

PLACES: dict[str, Callable[[Page], None]] = {
    "matrix": lambda _page: None,
    "phase": lambda page: go_to_phase(page),
}
FILL: dict[str, Callable[[Locator], None]] = {
    "words": lambda form: form.get_by_label("検索").fill("要件"),
    "role": lambda form: choose(form, "関連業者", "本受託者"),
    "mark": lambda form: form.locator("label", has_text="◎").click(),
    "level": lambda form: choose(form, "階層", "第3階層まで"),
    "finding": lambda form: choose(form, "要確認", "いずれか"),
}


def choose(form: Locator, field: str, option: str) -> None:
    form.locator("label", has_text=field).locator("select").select_option(label=option)


def go_to_phase(page: Page) -> None:
    page.locator("summary", has_text="工程を選ぶ").click()
    page.get_by_role("link", name=re.compile(r"^2\s")).click()


def wanted(names: tuple[str, ...], *, top: str) -> Rows:
    """The rows that these filters keep, by the domain."""
    grid = document()
    found = review(Project.objects.get(slug="besshi10"), grid).whereabouts()
    assert found.rows
    selection = Selection(
        role="本受託者" if "role" in names else "",
        marks=frozenset("◎") if "mark" in names else frozenset(),
        words=words_of("要件") if "words" in names else (),
        level=3 if "level" in names else None,
        only=frozenset(found.rows) if "finding" in names else None,
        top=top,
    )
    return select(grid, selection)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("names", [(), *((name,) for name in FILL), tuple(FILL)], ids="+".join)
def test_every_filter_answers_with_its_rows(
    names: tuple[str, ...], place: str, open_page: Open
) -> None:
    page = open_page("/", user="viewer")
    page.get_by_role("link", name="別紙10 関連業者との役割分担表", exact=True).click()
    PLACES[place](page)
    form = page.get_by_role("search", name="絞り込み")
    for name in names:
        FILL[name](form)
    with page.expect_navigation() as navigation:
        form.get_by_role("button", name="絞り込む").click()
    assert navigation.value is not None
    assert navigation.value.status == 200
    expect(page.get_by_role("alert")).to_have_count(0)
    rows = wanted(names, top=document().items[1].uid if place == "phase" else "")
    expect(page.locator("#mx tbody tr")).to_have_count(len(rows.shown))
    counted = f"該当 {rows.hits}項目" if names else f"全 {rows.hits}項目"
    expect(page.locator(".stat")).to_contain_text(counted)


def test_enter_in_the_search_box_searches(open_page: Open) -> None:
    page = open_page("/", user="viewer")
    page.get_by_role("link", name="別紙10 関連業者との役割分担表", exact=True).click()
    page.get_by_label("検索").fill("要件")
    page.get_by_label("検索").press("Enter")
    expect(page.locator(".stat")).to_contain_text("該当")
    expect(page.get_by_label("検索")).to_have_value("要件")
