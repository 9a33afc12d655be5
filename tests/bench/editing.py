"""Editing in a real Chromium: keys, scrolling, memory, bytes, and the first cell after opening."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from tests.bench import grids, in_page, peer_slickgrid, site
from tests.bench.figures import Figure, duration, run, say, slower
from tests.bench.serving import HOST, Kind, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as BrowserPage

    from projects.domain.grid import Grid

COMPARED = f"""The matrix page in headless Chromium at 648 × 16 and 10,000 × 50, by a manager.
Keys: from the press to the end of the frame that shows it, without the wait for that frame to
begin. Scrolling: the time between frames, 400 px each. Memory: what belongs to the renderer alone.
First cell: from the navigation to a cell set by keyboard and painted, with an empty browser
cache, against {peer_slickgrid.PACKAGE} with the same cells from static files."""
SMALL, LARGE = "648 × 16", "10,000 × 50"
MOST_MEDIAN_MS, MOST_P95_MS = 10, 16
MOST_FRAME_MS = {SMALL: 17, LARGE: 32}
MOST_OF_SLICKGRID = {SMALL: 1.0, LARGE: 1.2}
MOST_MEGABYTES, MOST_KILOBYTES = 100, 60
ROUNDS, FRAMES, STEP, SETTLE_MS, PAUSE_MS = 9, 150, 400, 3_000, 30
PRESSES = ("1", "ArrowDown", "2", "ArrowRight", "Delete", "ArrowDown", "1", "ArrowLeft") * 15
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_TRAVELS = {"document", "script", "stylesheet"}


@dataclass(slots=True)
class Target:
    """A page where a cell is to be set by keyboard: `keys` lead there from where focus starts."""

    url: str
    active: str
    rows: str
    row: int
    cell: int
    keys: list[str]
    symbol: str
    cookie: str = ""

    def script(self) -> str:
        names = ("active", "rows", "row", "cell", "keys", "symbol")
        return f"({in_page.FIRST_CELL})({json.dumps({n: getattr(self, n) for n in names})})"

    def turn(self, key: str, symbol: str) -> None:
        """The mark that the next navigation sets."""
        self.keys[-1], self.symbol = key, symbol


def measure() -> Iterator[Figure]:
    from playwright.sync_api import sync_playwright

    with site.opened(pages=True), ExitStack() as stack:
        project, real = site.real_project()
        sizes = {SMALL: real, LARGE: grids.large(real)}
        slugs = {SMALL: project.slug, LARGE: site.project_of(sizes[LARGE], "large").slug}
        site.analyse()
        cookie = site.signed_in("manager").partition("sessionid=")[2].partition(";")[0]
        port = stack.enter_context(served(Kind.SITE, project.slug))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        peer = stack.enter_context(_peer(folder, sizes))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for size, slug in slugs.items():
            target = _ours(f"http://{HOST}:{port}/projects/{slug}/", sizes[size], cookie)
            yield from _of_page(browser, target, size)
            if peer:
                url = f"http://{HOST}:{peer}/{slug}.html"
                yield _first_cell(browser, target, _slickgrid(url, sizes[size]), size)
            else:
                say(f"skipped: first cell / SlickGrid, {size} (no npm registry)")
        browser.close()


@contextmanager
def _peer(folder: Path, sizes: dict[str, Grid]) -> Iterator[int]:
    """The port of SlickGrid's pages, 0 when it cannot be had."""
    if not peer_slickgrid.fetched(folder):
        yield 0
        return
    for name, grid in zip(("besshi10", "large"), sizes.values(), strict=True):
        peer_slickgrid.write(folder, name, grid)
    with peer_slickgrid.served(folder) as port:
        yield port


def _place(grid: Grid) -> tuple[int, int]:
    """The first task that has a blank cell, and the column of that cell."""
    from projects.domain.grid import is_heading

    for row, item in enumerate(grid.items):
        if not is_heading(grid.items, row) and "" in item.marks:
            return row, item.marks.index("")
    raise ValueError("no blank cell")


def _ours(url: str, grid: Grid, cookie: str) -> Target:
    row, column = _place(grid)
    keys = ["ArrowDown"] * row + ["ArrowRight"] * (column + 1) + ["1"]
    return Target(
        url, "#mx tbody [tabindex='0']", "#mx tbody > tr", row, 1 + column, keys, "○", cookie
    )


def _slickgrid(url: str, grid: Grid) -> Target:
    row, column = _place(grid)
    keys = ["ArrowDown"] * row + ["ArrowRight"] * (column + 2) + ["1"]
    rows = ".grid-canvas-left .slick-row"
    return Target(url, ".slick-cell.active", rows, row, 2 + column, keys, "○")


@contextmanager
def _context(browser: Browser, target: Target) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP")
    if target.cookie:
        context.add_cookies([{"name": "sessionid", "value": target.cookie, "url": target.url}])
    yield context
    context.close()


def _of_page(browser: Browser, target: Target, size: str) -> Iterator[Figure]:
    with _context(browser, target) as context:
        page = context.new_page()
        answers: list[Any] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(target.url, wait_until="load")
        page.wait_for_timeout(SETTLE_MS)
        memory = _private_megabytes(browser)
        most = MOST_MEGABYTES if size == LARGE else None
        yield Figure(f"editing, memory, {size}", "", "", memory, at_most=most, unit="MB")
        yield _travelled(answers, size)
        yield from _keys(page, target, size)
        frames = page.evaluate(in_page.SCROLL, {"frames": FRAMES, "step": STEP})
        p95 = f"p95 {quantiles(frames, n=20)[18]:.1f} ms"
        most = MOST_FRAME_MS[size]
        yield Figure(
            f"editing, scroll, {size}", p95, "", median(frames), at_most=most, unit="ms/frame"
        )
        memory = _private_megabytes(browser)
        yield Figure(f"editing, memory afterwards, {size}", "", "", memory, unit="MB")


def _travelled(answers: list[Any], size: str) -> Figure:
    parts = {
        answer.url: answer.request.sizes()["responseBodySize"] / 1e3
        for answer in answers
        if answer.request.resource_type in _TRAVELS
    }
    page = f"page {max(parts.values()):.1f} kB"
    most = MOST_KILOBYTES if size == SMALL else None
    name = f"editing, page, scripts and styles, {size}"
    return Figure(name, page, "", sum(parts.values()), at_most=most, unit="kB")


def _keys(page: BrowserPage, target: Target, size: str) -> Iterator[Figure]:
    page.focus(target.active)
    for key in target.keys[:-1]:
        page.keyboard.press(key)
    page.evaluate(in_page.KEYS)
    for key in PRESSES:
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE_MS)
    times = page.evaluate(in_page.KEY_TIMES)
    if len(times) != len(PRESSES):
        raise RuntimeError(f"{len(PRESSES)} keys, {len(times)} frames")
    for kind, place in (("marks", "12D"), ("arrows", "A")):
        some = [t for t, key in zip(times, PRESSES, strict=True) if key[0] in place]
        say(f"{size}, {kind}: median {median(some):.1f} ms, most {max(some):.1f} ms")
    yield Figure(
        f"editing, key, median, {size}", "", "", median(times), at_most=MOST_MEDIAN_MS, unit="ms"
    )
    p95 = quantiles(times, n=20)[18]
    yield Figure(f"editing, key, p95, {size}", "", "", p95, at_most=MOST_P95_MS, unit="ms")


def _first_cell(browser: Browser, ours: Target, peer: Target, size: str) -> Figure:
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for turn in range(ROUNDS + 1):
        for target in (ours, peer):
            target.turn(*(("2", "◎"), ("1", "○"))[turn % 2])
        for name, target in (("ours", ours), ("peer", peer)):
            times[name] += [_first_set(browser, target)] if turn else []
    own, other = (median(found) / 1e3 for found in times.values())
    say(f"first cell, {size}: {duration(own)}, SlickGrid {duration(other)}")
    return slower(
        f"editing, first cell / SlickGrid, {size}", own, other, at_most=MOST_OF_SLICKGRID[size]
    )


def _first_set(browser: Browser, target: Target) -> float:
    """Milliseconds from the navigation to the painted cell."""
    with _context(browser, target) as context:
        context.add_init_script(target.script())
        page = context.new_page()
        with page.expect_console_message(lambda m: m.text.startswith("first cell")) as said:
            page.goto(target.url, wait_until="commit")
        found = float(said.value.text.split()[-1])
        if target.cookie:
            page.wait_for_selector("#saved[data-kind=good]")
        return found


def _private_megabytes(browser: Browser) -> float:
    """What the largest renderer has for itself."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return max(_private(p["id"]) for p in processes if p["type"] == "renderer") / 1e6


def _private(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


if __name__ == "__main__":
    run(measure, COMPARED)
