"""Chromium for a module of tests, and its contexts: lent to one test after the other."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
MISSING = "needs Chromium: apt-get install chromium fonts-noto-cjk (or set CHROMIUM to its path)"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


@dataclass(frozen=True, slots=True)
class Lent:
    """A context as a test has it. The keeper is a page of the site that holds its process."""

    context: BrowserContext
    keeper: Page
    options: str

    def clear(self) -> None:
        """Leaves nothing of the test but what Chromium has read of the static files.

        What is kept for a tab alone (sessionStorage, routes) goes with the tab.
        """
        for page in self.context.pages:
            if page is not self.keeper:
                page.close()
        self.context.set_offline(False)
        self.context.clear_cookies()
        self.keeper.evaluate("localStorage.clear()")


class Contexts:
    """Contexts by their options. Each test has its own; the next one gets it cleared.

    A new context starts a process and reads and compiles every script: half a second that people
    have on their first visit only.
    """

    def __init__(self, browser: Browser, site: str) -> None:
        self.site = site
        self._browser = browser
        self._free: defaultdict[str, list[Lent]] = defaultdict(list)

    def lend(self, **options: Any) -> Lent:
        name = repr(sorted(options.items()))
        free = self._free[name]
        return free.pop() if free else self._new(name, options)

    def take_back(self, lent: Lent) -> None:
        lent.clear()
        self._free[lent.options].append(lent)

    def _new(self, name: str, options: dict[str, Any]) -> Lent:
        context = self._browser.new_context(locale="ja-JP", **options)
        keeper = context.new_page()
        keeper.goto(f"{self.site}/static/img/icon.svg")
        return Lent(context, keeper, name)


@pytest.fixture(scope="module")
def contexts(live_server: Any) -> Iterator[Contexts]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield Contexts(browser, live_server.url)
        browser.close()
