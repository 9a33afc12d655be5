"""The comparison on its page, as Excel, and for a company: who sees what, in how many queries."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects import store
from projects.domain.grid import Grid, moved_under, with_item_under, without_item
from projects.domain.plan import diff
from projects.models import Import, Project, Role
from tests.support.comparison_pages import FILE, PAGE, becomes, page, rows
from tests.support.editions import published
from tests.support.grid_builders import item, row_named, uid_of
from tests.support.small_project import CHANGED, GRID, client_of, marked, ready, sent
from vendors.models import Contract, Member, Vendor

TASKS = "/tasks/changes/"
pytestmark = pytest.mark.django_db


def test_the_latest_edition_is_compared_with_now(changed: Project) -> None:
    html = page()
    assert rows(html) == ["報告"]
    assert "記号の追加 1、記号の変更 1" in html
    assert "新：<b>現在の役割分担表</b>" in html


def test_nothing_to_compare_with_is_said(project: Project) -> None:
    assert "比較できるものがまだありません" in page()
    assert "比較できるものがまだありません" in refused()


def test_no_difference_is_said(project: Project) -> None:
    published(project)
    assert "違いはありません。" in page()
    assert client_of("viewer").get(FILE).status_code == 200


def test_a_file_is_compared_as_the_import_would_match_it(project: Project) -> None:
    row = ready(client_of("editor"), project)
    assert rows(page(old="now", new=f"import:{row.pk}")) == ["報告"]
    assert "記号の変更 1" in page()
    Import.objects.filter(pk=row.pk).update(state="cancelled")
    assert "比較できるものがまだありません" in page(status=400, new=f"import:{row.pk}")


def test_a_file_that_no_longer_fits_is_said_with_its_name(changed: Project) -> None:
    editor = client_of("editor")
    part = editor.get("/projects/small/export.xlsx", {"phase": "4"}).content
    row = sent(editor, part, "実施だけ.xlsx")
    becomes(changed, without_item(GRID, uid_of(GRID, "実施")))
    html = page(status=400, new=f"import:{row.pk}")
    assert "「実施だけ.xlsx」は役割分担表と比較できません。" in html
    assert refused(new=f"import:{row.pk}") == shown(html)


def test_a_deleted_row_is_shown_and_counted(changed: Project) -> None:
    becomes(changed, without_item(GRID, uid_of(GRID, "試験")))
    html = page()
    assert "行の削除 1" in html
    assert "試験" in html


def test_the_filters_are_in_the_url(changed: Project) -> None:
    assert rows(page(role="甲社")) == ["報告"]
    assert rows(page(q="報告", phase=uid_of(GRID, "企画"))) == ["報告"]
    assert "この条件で表示する行はありません" in page(q="検収")
    assert "この条件で表示する行はありません" in page(phase=uid_of(GRID, "実施"))
    assert "この条件で表示する行はありません" in page(kind="renamed")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"old": "edition:9"}, "<li>旧：選べないものが指定されています"),
        ({"new": "import:9"}, "<li>新：選べないものが指定されています"),
        ({"role": "丙社"}, "<li>関連業者：「丙社」という列は、どちらにもありません"),
        ({"phase": "zzz"}, "<li>フェーズ：このフェーズは、どちらにもありません"),
        ({"kind": "nothing"}, "<li>変更の種類：選べないものが指定されています"),
        ({"page": "0"}, "<li>ページ："),
        ({"view": "x"}, "<li>表示：選べないものが指定されています"),
    ],
)
def test_what_is_not_there_is_said_and_everything_shown(
    changed: Project, query: dict[str, str], said: str
) -> None:
    html = page(status=400, **query)
    assert said in html
    assert rows(html) == ["報告"]
    assert refused(**query) == shown(html)


def refused(**query: str) -> str:
    """What the page shows that comes instead of the file."""
    answer = client_of("viewer").get(FILE, query)
    assert answer.status_code == 400
    assert "attachment" not in answer.get("Content-Disposition", "")
    return shown(answer.content.decode())


def shown(html: str) -> str:
    return html.partition("<h1>")[2]


def test_the_matrix_shows_old_and_new_in_the_cells(changed: Project) -> None:
    html = page(view="matrix")
    assert "○→◎" in html
    assert 'name="leave"' not in html


def test_changed_words_are_marked_and_escaped(changed: Project) -> None:
    row = replace(row_named(GRID, "検収"), name="検収<script>")
    items = tuple(row if one.uid == row.uid else one for one in GRID.items)
    becomes(changed, replace(GRID, items=items))
    assert "検収<ins>&lt;script&gt;</ins>" in page()


def test_a_renamed_column_is_told_and_not_its_marks(changed: Project) -> None:
    Role.objects.filter(project=changed, name="乙社").update(name="丙社")
    html = page(role="甲社")
    assert "乙社 → 丙社" in html
    assert rows(html) == ["報告"]


def test_long_comparisons_come_in_pages(changed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    many = GRID
    for index in range(300):
        many = with_item_under(many, item(500 + index, marks=("◎", "")), uid_of(GRID, "実施"))
    becomes(changed, many)
    html = page()
    assert len(rows(html)) == 200
    assert "1 / 2" in html
    assert len(rows(page(page=2))) == 100
    assert len(rows(page(page=77))) == 100


@pytest.mark.parametrize("path", [PAGE, FILE])
def test_outsiders_find_nothing_and_nobody_posts(path: str, changed: Project) -> None:
    assert client_of("stranger").get(path).status_code == 404
    assert client_of("viewer").post(path).status_code == 405
    assert client_of("manager").get(path).status_code == 200
    assert Client().get(path).status_code == 302


def queries(client: Client, path: str, **query: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path, query).status_code == 200
    return len(found)


@pytest.mark.parametrize("path", [PAGE, FILE, f"/projects/small/items/{GRID.items[2].uid}/"])
def test_the_pages_take_as_many_queries_for_many_rows(path: str, changed: Project) -> None:
    client = client_of("viewer")
    client.get(path)
    few = queries(client, path)
    many = CHANGED
    for index in range(40):
        many = with_item_under(many, item(500 + index, marks=("◎", "○")), uid_of(GRID, "実施"))
    becomes(changed, many, "追加")
    assert queries(client, path) == few <= 16


def test_the_file_has_the_rows_of_the_page_and_the_reasons(changed: Project) -> None:
    answer = client_of("viewer").get(FILE, {"role": "甲社"})
    assert answer["Content-Type"].endswith("sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    (row,) = [cells for cells in sheet.iter_rows(values_only=True) if cells[1] == "報告"]
    assert row[2] == "◎ 甲社\n○ 乙社"
    assert row[6] == "○ 甲社"
    assert str(row[8]).endswith("　定例会での合意")


def test_reasons_of_acts_that_only_pushed_a_row_are_left_out(changed: Project) -> None:
    new = with_item_under(CHANGED, item(900, marks=("", "")), uid_of(CHANGED, "計画"))
    becomes(changed, new, "行を足した")
    becomes(changed, moved_under(new, uid_of(new, "検収"), uid_of(new, "企画")), "移した")
    answer = client_of("viewer").get(FILE)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    said = {cells[1]: str(cells[8]) for cells in sheet.iter_rows(values_only=True)}
    assert "行を足した" not in said["報告"]
    assert "行を足した" in said["作業900"]
    (moved,) = [reason for name, reason in said.items() if str(name).startswith("検収")]
    assert "移した" in moved


def test_the_export_lists_the_editions_and_comes_back_without_a_change(changed: Project) -> None:
    published(changed, "改訂", "説明\n二行目")
    data = client_of("editor").get("/projects/small/export.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[1:] == ["変更履歴", "_raci"]
    listed = list(book["変更履歴"].iter_rows(min_row=3, values_only=True))
    assert [row[0] for row in listed] == ["1", "2"]
    assert listed[0][4] == "最初の版"
    assert listed[1][3:] == ("説明\n二行目", "記号の追加 1、記号の変更 1")
    first = client_of("viewer").get("/projects/small/editions/1/export.xlsx").content
    assert openpyxl.load_workbook(io.BytesIO(first))["変更履歴"].max_row == 3
    found = diff(store.load(changed), now_from(data))
    assert found.is_empty


def now_from(data: bytes) -> Grid:
    from projects import intake

    return intake.read(data).grid


def test_the_item_page_says_since_when_by_whom_and_why(changed: Project) -> None:
    User.objects.filter(username="editor").update(last_name="編集 一郎")
    uid = uid_of(GRID, "報告")
    html = client_of("viewer").get(f"/projects/small/items/{uid}/").content.decode()
    parts = html.partition("<h2>役割分担</h2>")[2].partition("<h2>")[0]
    assert parts.count("<td>編集 一郎</td><td>編集（定例会での合意）</td>") == 2


@pytest.fixture
def company(changed: Project) -> Client:
    """乙社 before the second 版."""
    vendor = Vendor.objects.create(name="乙社")
    user = User.objects.create_user("otsu")
    Member.objects.create(vendor=vendor, user=user)
    role = Role.objects.get(project=changed, name="乙社")
    Contract.objects.create(vendor=vendor, project=changed, role=role)
    return client_of("otsu")


def told(client: Client) -> list[tuple[str, str]]:
    changes = client.get(TASKS).context["page"]
    return [(change.kind.value, change.line.name) for change in changes]


def test_a_company_sees_its_new_changed_and_lost_tasks(company: Client, changed: Project) -> None:
    grid = marked(marked(CHANGED, "試験", "◎", ""), "計画", "○", "○")
    becomes(changed, grid)
    assert told(company) == []
    published(changed)
    assert told(company) == [("新規", "報告"), ("変更", "計画"), ("担当外", "試験")]
    data = company.get(f"{TASKS}export.xlsx").content
    lines = list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)[2:]
    assert [line[0] for line in lines] == ["新規", "変更", "担当外"]
    assert lines[1][-1] == "甲社: ◎ → ○"
    assert lines[2][-2] == "◎ 乙社"


def test_a_company_is_told_nothing_of_rows_that_are_not_its_own(
    company: Client, changed: Project
) -> None:
    row = replace(row_named(CHANGED, "実施"), description="ひみつ")
    items = tuple(row if one.uid == row.uid else one for one in CHANGED.items)
    becomes(changed, marked(replace(CHANGED, items=items), "検収", "◎", ""))
    published(changed)
    html = company.get(TASKS).content.decode()
    assert "ひみつ" not in html
    becomes(changed, marked(CHANGED, "検収", "", ""))
    published(changed)
    assert "検収" not in company.get(TASKS).content.decode()


@pytest.mark.parametrize("path", [TASKS, f"{TASKS}export.xlsx"])
def test_changes_for_a_company_are_for_its_people_alone(path: str, company: Client) -> None:
    assert company.get(path).status_code == 200
    assert client_of("stranger").get(path).status_code == 404
    assert client_of("manager").get(path).status_code == 404
    assert company.post(path).status_code == 405


def test_the_first_edition_changes_nothing_for_a_company(company: Client) -> None:
    assert "最初の版" in company.get(TASKS).content.decode()


def test_a_companys_changes_take_as_many_queries_for_many(
    company: Client, changed: Project
) -> None:
    published(changed)
    company.get(TASKS)
    few = queries(company, TASKS)
    many = CHANGED
    for index in range(30):
        many = with_item_under(many, item(500 + index, marks=("◎", "○")), uid_of(GRID, "実施"))
    becomes(changed, many)
    published(changed)
    assert queries(company, TASKS) == few
