"""Real Chromium for tests: a signed-in page, and the matrix on it by 項番 and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Dialog, Locator, Page, Position, expect

from projects import store
from projects.domain.grid import Grid
from projects.imports import proposal as importing
from projects.models import Project
from tests.support import besshi10
from tests.support.browser_contexts import CHROMIUM, MISSING, Contexts, Lent
from tests.support.pending_requests import all_answered
from vendors import demo

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
MATRIX = "/projects/besshi10/"

in_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason=MISSING),
    pytest.mark.django_db(transaction=True),
]
whole = pytest.mark.whole


@pytest.fixture
def scene(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[dict[str, User]]:
    """The beginning of the real document, or with the mark `whole` all of it, and its people."""
    proposal = besshi10.whole() if "whole" in request.keywords else besshi10.beginning()
    importing.create_from(proposal, slug=demo.SLUG, by=None)
    demo.set_up(new_password=lambda: "unused", report=lambda _text: None)
    with all_answered():
        yield {user.username: user for user in User.objects.all()}


@pytest.fixture
def allowed_errors() -> list[str]:
    """Parts of console errors that a test provokes; empty unless the test adds some."""
    return []


Open = Callable[..., Page]


@pytest.fixture
def open_page(
    contexts: Contexts, scene: dict[str, User], allowed_errors: list[str]
) -> Iterator[Open]:
    """Opens a path as one of the demo's people; the page must have no script or policy error."""
    lent: list[Lent] = []
    errors: list[str] = []

    def opened(path: str, *, user: str = "viewer", viewport: Any = DESKTOP, **more: Any) -> Page:
        lent.append(contexts.lend(viewport=viewport, **more))
        context = lent[-1].context
        if user:
            context.add_cookies([session_of(scene[user], contexts.site)])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto(contexts.site + path)
        return page

    yield opened
    for each in lent:
        contexts.take_back(each)
    assert [error for error in errors if not any(part in error for part in allowed_errors)] == []


def session_of(user: User, url: str) -> Any:
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


@pytest.fixture
def sheet(open_page: Open) -> Sheet:
    """The real document, opened by an editor."""
    return Sheet(open_page(MATRIX, user="editor"))


class Sheet:
    """The matrix on a page. Column 0 is the name, 1 and on the roles, 17 the 作業内容."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.state = page.locator("#saved")
        self.said = page.locator("#live")
        self.dialog = page.locator("dialog[open]")
        self.choice = page.locator(".choice")
        self.text = page.locator("#mx textarea")

    def row(self, number: int) -> Locator:
        return self.page.locator(f"#mx tbody tr:has(> th > .n:text-is('{number}'))")

    def cell(self, number: int, column: int) -> Locator:
        return self.row(number).locator(f"> :nth-child({column + 1})")

    def go(self, number: int, column: int) -> None:
        """Selects a cell. The name and the 作業内容 are reached over a role's cell."""
        target = self.cell(number, min(max(column, 1), 16))
        if not target.evaluate("cell => cell === document.activeElement"):
            target.click()
        if column in (0, 17):
            self.press("Home" if column == 0 else "End")
        expect(self.cell(number, column)).to_be_focused()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def shows(self, number: int, column: int, text: str) -> None:
        expect(self.cell(number, column)).to_have_text(text)

    def is_saved(self) -> None:
        expect(self.state).to_have_text("保存済み")

    def holds(self, number: int, column: int, symbol: str) -> None:
        """The mark is on the screen, saved, and in the database."""
        self.shows(number, column, symbol)
        self.is_saved()
        assert mark(number, column) == symbol

    def marks(self, rows: range, columns: range) -> list[str]:
        """The marks on the screen, a string per row with . for blank."""
        return [
            "".join(self.cell(row, column).text_content() or "." for column in columns)
            for row in rows
        ]

    def leave(self) -> list[str]:
        """Tries to close the page and stays; gives what the browser asked."""
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        self.page.once("dialog", stay)
        self.page.close(run_before_unload=True)
        expect(self.page.locator("#mx")).to_be_visible()
        return asked

    def drag(self, number: int, onto: int, part: float) -> None:
        """Drags a row by its 項番 to a height between 0 and 1 of another."""
        box = self.row(onto).bounding_box()
        assert box is not None
        target = Position(x=20, y=box["height"] * part)
        self.row(number).locator(".n").drag_to(self.row(onto), target_position=target)

    def selected(self) -> Locator:
        return self.page.locator("#mx tbody [aria-selected='true']")

    def names(self, rows: range) -> list[str]:
        return [self.name(row) for row in rows]

    def name(self, number: int) -> str:
        return str(self.cell(number, 0).evaluate("cell => cell.lastChild.data"))

    def has_name(self, number: int, name: str) -> None:
        expect(self.cell(number, 0)).to_have_text(f"{number}{name}")


def document() -> Grid:
    return store.load(Project.objects.get(slug="besshi10"))


def mark(number: int, column: int) -> str:
    """The mark in the database."""
    return document().items[number - 1].marks[column - 1]


def marks(rows: range, columns: range) -> list[str]:
    """The marks in the database, a string per row with . for blank."""
    items = document().items
    return ["".join(items[row - 1].marks[column - 1] or "." for column in columns) for row in rows]


def names(rows: range) -> list[str]:
    items = document().items
    return [items[row - 1].name for row in rows]


def axe_findings(page: Page) -> list[Any]:
    """What axe finds wrong with the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found]
