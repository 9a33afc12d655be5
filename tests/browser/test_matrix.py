"""The pages in a real Chromium: folding, keys, find, narrow screens, print, accessibility."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from projects.imports import proposal
from projects.models import Membership, Project
from tests.support.besshi10 import LAST
from tests.support.large_project import large_project
from tests.support.matrix_page import DESKTOP, MATRIX, PHONE, Open, axe_findings, in_chromium, whole
from vendors import demo

pytestmark = in_chromium


def visible_numbers(page: Page) -> list[str]:
    rows: list[str] = page.evaluate(
        "[...document.querySelectorAll('#mx tbody tr:not([hidden])')]"
        ".map(r => r.querySelector('.n').textContent)"
    )
    return rows


def focused(page: Page) -> list[Any]:
    """[項番, column] of the focused cell."""
    place: list[Any] = page.evaluate(
        "[document.activeElement.parentNode.querySelector('.n')?.textContent,"
        " document.activeElement.cellIndex]"
    )
    return place


def heading(page: Page, number: str) -> Any:
    return page.locator(f"#mx tr:has(> th > .n:text-is('{number}')) > th")


@whole
def test_a_click_on_a_heading_closes_it_and_the_url_remembers(open_page: Open) -> None:
    page = open_page(MATRIX)
    heading(page, "2").click()
    assert visible_numbers(page)[:3] == ["1", "2", "15"]
    page.reload()
    assert visible_numbers(page)[:3] == ["1", "2", "15"]
    heading(page, "2").click()
    assert "flip" not in page.url
    assert len(visible_numbers(page)) == 648


def test_a_closed_heading_shows_what_is_below_per_role(open_page: Open) -> None:
    page = open_page(MATRIX)
    heading(page, "3").click()
    counts = page.locator("#mx tr:has(> th > .n:text-is('3')) > td").all_text_contents()
    assert counts[1].split() == ["◎4", "○6"]
    heading(page, "3").click()
    counts = page.locator("#mx tr:has(> th > .n:text-is('3')) > td").all_text_contents()
    assert not any(text.strip() for text in counts[:16])


@whole
def test_script_and_server_draw_the_same_folded_table(open_page: Open) -> None:
    page = open_page(MATRIX)
    page.locator("#levels a[data-level='3']").click()
    cells = (
        "[...document.querySelectorAll('#mx tbody tr')]"
        ".map(r => [r.hidden, ...[...r.cells].map(c => c.textContent)].join('|'))"
    )
    by_script = page.evaluate(cells)
    page.reload()
    assert page.evaluate(cells) == by_script


@whole
def test_the_browsers_find_reaches_closed_rows(open_page: Open) -> None:
    page = open_page(f"{MATRIX}?fold=1")
    assert len(visible_numbers(page)) == 3
    row = page.locator("#mx tr:has(> th > .n:text-is('648'))")
    row.evaluate("row => row.dispatchEvent(new Event('beforematch', {bubbles: true}))")
    assert "648" in visible_numbers(page)
    assert row.get_attribute("hidden") is None


def test_closed_rows_are_hidden_until_found(open_page: Open) -> None:
    page = open_page(f"{MATRIX}?fold=1")
    kinds = page.evaluate(
        "[...new Set([...document.querySelectorAll('#mx tr[hidden]')].map(r => r.hidden))]"
    )
    assert kinds == ["until-found"]


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (["ArrowDown"], ["2", 0]),
        (["ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"], ["4", 1]),
        (["End"], ["1", 17]),
        (["Control+End"], [str(LAST), 17]),
        (["Control+End", "Control+Home"], ["1", 0]),
        (["PageDown"], ["13", 0]),
        (["PageDown", "PageUp"], ["1", 0]),
        (["ArrowDown", "ArrowLeft", "ArrowDown"], ["15", 0]),
        (["ArrowDown", "ArrowLeft", "ArrowRight", "ArrowDown"], ["3", 0]),
        (["ArrowDown", "ArrowRight", "ArrowLeft", "ArrowDown"], ["3", 0]),
        (["PageDown", "ArrowLeft"], ["3", 0]),
        (["Alt+ArrowLeft", "ArrowDown"], ["2", 0]),
        (["Enter", "ArrowDown"], ["30", 0]),
    ],
)
def test_keys_move_the_one_tab_stop(keys: list[str], place: list[Any], open_page: Open) -> None:
    page = open_page(MATRIX)
    page.locator("#mx [tabindex='0']").focus()
    for key in keys:
        page.keyboard.press(key)
    assert focused(page) == place
    assert page.locator("#mx tbody [tabindex='0']").count() == 1


def test_the_focused_cell_is_never_under_the_sticky_header(open_page: Open) -> None:
    page = open_page(MATRIX)
    page.locator("#mx [tabindex='0']").focus()
    for key in ["Control+End", *["PageUp"] * 5, "ArrowUp"]:
        page.keyboard.press(key)
    top = page.evaluate("document.activeElement.getBoundingClientRect().top")
    box = page.locator("#mx thead").bounding_box()
    assert box is not None
    assert top >= box["y"] + box["height"]


@whole
def test_an_item_page_leads_back_to_its_row(open_page: Open) -> None:
    page = open_page(f"{MATRIX}?q=648")
    page.locator("a.n:text-is('648')").click()
    page.get_by_role("link", name="表の中で見る").click()
    row = page.locator("#mx tr:target")
    row.locator("th:focus").wait_for()
    box = row.bounding_box()
    assert box is not None
    assert box["y"] < DESKTOP["height"]


@whole
def test_the_page_shows_everything_without_script(open_page: Open) -> None:
    page = open_page(f"{MATRIX}?fold=3", java_script_enabled=False)
    rows = page.locator("#mx tbody tr:visible")
    assert rows.count() >= 100


def test_without_script_each_role_has_a_column(open_page: Open) -> None:
    page = open_page(MATRIX, java_script_enabled=False)
    last = page.locator("#mx .hc .pt").last.bounding_box()
    description = page.locator("#mx .hc .ds").bounding_box()
    assert last is not None
    assert description is not None
    assert last["width"] == 40
    assert last["x"] + last["width"] == description["x"]


@pytest.mark.parametrize("count", [0, 7, 16, 60, 128, 999])
def test_the_layout_has_as_many_columns_as_there_are_roles(count: int, open_page: Open) -> None:
    page = open_page(MATRIX)
    tracks = page.locator("#mx").evaluate(
        """(table, digits) => {
            [table.dataset.hundreds, table.dataset.tens, table.dataset.ones] = digits;
            return getComputedStyle(table.tHead.rows[1]).gridTemplateColumns.split(" ").length;
        }""",
        f"{count:03}",
    )
    assert tracks == count + 2


def test_on_a_phone_the_names_stay_and_the_roles_scroll(open_page: Open) -> None:
    page = open_page(MATRIX, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("#scroll").evaluate("s => { s.scrollLeft = 400; }")
    name = page.locator("#mx tbody th").first.bounding_box()
    assert name is not None
    assert name["x"] == 0


@whole
def test_print_repeats_the_header_on_every_a3_page(open_page: Open, tmp_path: Path) -> None:
    page = open_page(MATRIX)
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/MediaBox [0 0 1191") >= 10
    page.emulate_media(media="print")
    display = "getComputedStyle(document.querySelector('#mx thead')).display"
    assert page.evaluate(display) == "table-header-group"


def test_a_large_matrix_is_packed_and_gets_real_cells_where_one_goes(
    open_page: Open, live_server: Any
) -> None:
    large = large_project(rows=1_100, width=50)
    Membership.objects.create(
        project=large, user=User.objects.get(username="viewer"), kind="viewer"
    )
    page = open_page("/projects/large/")
    assert page.locator("#mx td.c").count() > 500
    page.locator("#mx [tabindex='0']").focus()
    for key in ["Control+End", "ArrowLeft", "ArrowUp"]:
        page.keyboard.press(key)
    assert focused(page) == ["1099", 50]
    assert page.evaluate("document.activeElement.textContent") == "◎"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("/login/", ""),
        ("/projects/", "viewer"),
        (MATRIX, "viewer"),
        (f"{MATRIX}?fold=2&role=保守業者", "viewer"),
        (f"{MATRIX}phases/31/", "viewer"),
        (f"{MATRIX}?q=どこにもない", "viewer"),
        ("/tasks/", "hoshu"),
        ("/password/", "viewer"),
    ],
)
def test_axe_finds_nothing(path: str, user: str, viewport: Any, open_page: Open) -> None:
    page = open_page(path, user=user, viewport=viewport)
    assert axe_findings(page) == []


@whole
def test_axe_finds_nothing_in_the_whole_document(open_page: Open) -> None:
    assert axe_findings(open_page(MATRIX)) == []


def test_axe_finds_nothing_on_an_item(open_page: Open) -> None:
    item = Project.objects.get(slug="besshi10").items.get(number="71")
    page = open_page(f"{MATRIX}items/{item.uid}/")
    assert axe_findings(page) == []


def test_the_demo_source_is_what_these_tests_look_at() -> None:
    assert len(proposal.read(demo.source()).grid.items) == 648
