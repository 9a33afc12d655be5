"""The pages about the workload: numbers that lead to their rows, a role's part, Excel, costs."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import openpyxl
import pytest

from projects import store
from projects.models import Project
from tests.support.small_project import client_of
from tests.support.workload_pages import BASE, grown, html

WORKLOAD, EXCEL = f"{BASE}workload/", f"{BASE}workload.xlsx"


def numbers(page: str) -> list[tuple[str, str]]:
    """(address, text) of every number that leads somewhere."""
    found = re.findall(r'<span class="pair"><a href="([^"]+)">([^<]+)</a>', page)
    return [(unescape(url), text) for url, text in found]


def hits(page: str) -> int:
    found = re.search(r"該当 <b>(\d+)</b>", page)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("by", ["", "?by=process"])
def test_every_number_leads_to_so_many_rows(project: Project, by: str) -> None:
    found = numbers(html(WORKLOAD + by))
    assert len(found) > 4
    for url, text in found:
        assert hits(html(url)) == int(text[1:])


def test_the_page_has_charts_that_say_what_they_are_and_no_style(project: Project) -> None:
    page = html(WORKLOAD)
    titles = re.findall(r'<svg class="chart" role="(\w+)".*?<title id="(.*?)">(.*?)</title>', page)
    assert titles == [
        ("group", "heat-lead-title", "フェーズ×関連業者の◎の数"),
        ("group", "heat-help-title", "フェーズ×関連業者の○の数"),
        ("img", "bars-title", "関連業者別の記号の数"),
    ]
    assert len(set(re.findall(r' id="([^"]+)"', page))) == page.count(' id="')
    assert "style=" not in page


@pytest.mark.parametrize("by", ["", "?by=process"])
def test_the_maps_have_the_numbers_of_the_table_and_lead_to_the_same_rows(
    project: Project, by: str
) -> None:
    page = html(WORKLOAD + by)
    cells = re.findall(r'<a href="([^"]+)" aria-label="[^"]+、(.) (\d+)件">', page)
    drawn = [(unescape(url), symbol + value) for url, symbol, value in cells]
    body = page.split("<tfoot>")[0]
    assert sorted(drawn) == sorted(numbers(body))
    assert len(drawn) == 6


def test_a_cell_of_a_map_says_all_in_words(project: Project) -> None:
    page = html(WORKLOAD)
    assert 'aria-label="企画、甲社、◎ 1件"' in page
    assert 'aria-label="実施、甲社、◎' not in page


def test_without_marks_that_lead_there_is_one_map(project: Project) -> None:
    project.legend.update(leads=False)
    page = html(WORKLOAD)
    assert page.count('role="group" aria-labelledby="heat-') == 1
    assert "フェーズ×関連業者の◎・○の数" in page


def test_names_are_escaped_in_the_charts(project: Project) -> None:
    store.change(
        project,
        lambda grid: type(grid)(
            title=grid.title, legend=grid.legend, roles=grid.roles[:1], items=()
        ),
        by=None,
        kind=store.Kind.EDIT,
    )
    assert "まだないため" in html(WORKLOAD)
    project.roles.update(name="<script>x</script>")
    project.items.create(project=project, position=1, name="<b>&", number="1")
    page = html(WORKLOAD)
    assert "<script>x" not in page
    assert "&lt;b&gt;&amp;" in page


def test_an_unknown_division_is_told_and_phases_are_shown(project: Project) -> None:
    page = html(f"{WORKLOAD}?by=nonsense", status=400)
    assert "指定された集計の単位はありません" in page
    assert "フェーズ別の分布" in page


def test_an_unchanged_page_is_not_sent_again(project: Project) -> None:
    client = client_of("viewer")
    client.get("/password/")
    tag = client.get(WORKLOAD)["ETag"]
    assert client.get(WORKLOAD, headers={"If-None-Match": tag}).status_code == 304
    with store.change_set(by=None, kind=store.Kind.EDIT):
        project.roles.filter(name="甲社").update(short_name="甲")
    assert client.get(WORKLOAD, headers={"If-None-Match": tag}).status_code == 200


def test_excel_has_the_numbers_of_the_page(project: Project) -> None:
    data = client_of("viewer").get(EXCEL).content
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["フェーズ別の作業量", "工程別の作業量", "共同の作業", "主担当と協力"]
    rows = [[c.value for c in row] for row in book["フェーズ別の作業量"].iter_rows(min_row=2)]
    assert rows == [
        ["項番", "フェーズ", "項目", "甲社 ◎", "甲社 ○", "乙社 ◎", "乙社 ○", "合計"],
        ["1", "企画", "企画", 1, 1, 0, 1, 3],
        ["4", "実施", "実施", 0, 1, 1, 1, 3],
        ["", "", "合計", 1, 2, 1, 2, 6],
    ]
    assert [c.value for c in next(book["共同の作業"].iter_rows(min_row=3))] == ["甲社", 3, 2]
    assert book["フェーズ別の作業量"].page_setup.paperSize == 8


def test_excel_of_an_empty_project_has_only_headers(project: Project) -> None:
    project.items.all().delete()
    data = client_of("viewer").get(EXCEL).content
    assert openpyxl.load_workbook(io.BytesIO(data))["工程別の作業量"].max_row == 2


def test_the_menu_and_the_columns_lead_here(project: Project) -> None:
    assert f'href="{WORKLOAD}"' in html(BASE)
    role = project.roles.get(name="乙社")
    link = f'href="{BASE}roles/{role.pk}/"'
    assert link in html(WORKLOAD)
    assert link in html(f"{BASE}columns/", "editor")


@pytest.mark.parametrize("path", [WORKLOAD, EXCEL])
def test_outsiders_and_wrong_methods_are_refused(project: Project, path: str) -> None:
    assert client_of("stranger").get(path).status_code == 404
    assert client_of("manager").post(path).status_code == 405


@pytest.mark.parametrize(("path", "queries"), [(WORKLOAD, 7), (EXCEL, 6)])
def test_a_page_costs_the_same_at_any_size(
    project: Project, path: str, queries: int, django_assert_num_queries: Any
) -> None:
    client = client_of("viewer")
    client.get("/password/")
    with django_assert_num_queries(queries):
        client.get(path)
    grown(project)
    with django_assert_num_queries(queries):
        client.get(path)
