"""Import in a real Chromium: from the dropped file to 反映 and back, also on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import Page, expect

from projects.imports import jobs
from projects.models import Import, Project
from raci import jobs as queue
from tests.support.matrix_page import PHONE, Open, axe_findings, document, in_chromium, mark

pytestmark = in_chromium
LIST = "/projects/besshi10/imports/"
DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  const options = { dataTransfer: data, bubbles: true, cancelable: true };
  document.dispatchEvent(new DragEvent("drop", options));
}"""


def csv_of(**marks: str) -> str:
    """The document as a CSV of a stranger, with texts instead of marks: csv_of(n4c1="O")."""
    grid = document()
    lines = [["項番", "作業項目", "作業内容", *(role.name for role in grid.roles)]]
    for item in grid.items:
        cells = [marks.get(f"n{item.number}c{at}", m) for at, m in enumerate(item.marks, 1)]
        lines.append([item.number, "　" * (item.level - 1) + item.name, item.description, *cells])
    return "\n".join(",".join(f'"{t.replace(chr(34), chr(34) * 2)}"' for t in x) for x in lines)


def choose(page: Page, tmp_path: Path, text: str, name: str = "改訂案.csv") -> None:
    """Uploads a file by the chooser and waits for its page."""
    path = tmp_path / name
    path.write_text(text)
    page.get_by_label("ファイル", exact=True).set_input_files(path)
    page.get_by_role("button", name="取り込む").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_dropped_file_is_asked_about_corrected_applied_and_taken_back(open_page: Open) -> None:
    before = document()
    page = open_page(LIST, user="editor")
    page.evaluate(DROP, ["改訂案.csv", csv_of(n4c1="O", n4c3="◎", n5c3="◎")])
    expect(page.get_by_role("heading", level=1)).to_have_text("改訂案.csv")
    button = page.get_by_role("button", name="反映する")
    expect(button).to_be_disabled()
    page.get_by_label("「O」の読み方").select_option("○　" + before.legend[1].label)
    page.get_by_role("button", name="この読み方で読み直す").click()
    expect(button).to_be_enabled()
    assert axe_findings(page) == []
    row = page.get_by_role("row").filter(
        has=page.locator(f"[value^='cell:{before.items[3].uid}:']")
    )
    row.get_by_role("checkbox").last.check()
    expect(page.locator("#summary")).to_contain_text("記号：追加2、")
    page.get_by_label("変更理由").fill("改訂案の受領")
    button.click()
    expect(page.get_by_text("に反映しました")).to_be_visible()
    assert axe_findings(page) == []
    assert (mark(4, 1), mark(4, 3), mark(5, 3)) == ("○", "", "◎")
    page.get_by_role("link", name="取り消す").click()
    page.get_by_role("button", name="取り消す").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("変更履歴")
    assert document() == before


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_the_pages_are_accessible_and_fit(
    open_page: Open, tmp_path: Path, viewport: Any, allowed_errors: list[str]
) -> None:
    page = open_page(LIST, user="editor", **({"viewport": viewport} if viewport else {}))
    assert (axe_findings(page), fits(page)) == ([], True)
    choose(page, tmp_path, "PK\x03\x04 broken", "壊れた.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("次の理由で取り込めません")
    assert (axe_findings(page), fits(page)) == ([], True)
    page.goto(page.url.rsplit("/", 2)[0] + "/")
    choose(page, tmp_path, csv_of(n4c1="O", n5c2="×"))
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    assert (axe_findings(page), fits(page)) == ([], True)


def test_a_running_job_shows_its_progress_and_the_page_goes_on(open_page: Open) -> None:
    project = Project.objects.get(slug="besshi10")
    row = Import.objects.create(project=project, file=b"x", file_name="大きい.xlsx", size=1)
    job = queue.put(jobs.read, row.pk)
    page = open_page(f"{LIST}{row.pk}/", user="editor")
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert axe_findings(page) == []
    Import.objects.filter(pk=row.pk).update(state="refused", problems=[{"message": "読めません。"}])
    DBTaskResult.objects.filter(pk=job.id).delete()
    expect(page.get_by_role("alert")).to_contain_text("読めません。")
