"""Findings on the matrix and on the page of a row."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote

from django.contrib.auth.models import User
from django.test import Client

from projects import store
from projects.models import Project
from tests.support.project_findings import CHECKS, found, post, queries, small_project

SignIn = Callable[[str], Client]


def test_a_finding_about_columns_shows_their_rows_and_marks_their_headers(
    besshi10: Project, sign_in: SignIn
) -> None:
    (helpers,) = found(besshi10, "W3")
    grid = store.load(besshi10)
    at = [place for place, role in enumerate(grid.roles) if role.name in helpers.roles]
    rows = [item for item in grid.items if any(item.marks[place] for place in at)]
    html = sign_in("viewer").get("/projects/besshi10/", {"finding": "W3"}).content.decode()
    assert f"該当 <b>{len(rows)}</b>項目" in html
    marked = re.findall(r'class="pt found" aria-label="(.*?)"', html)
    assert tuple(marked) == helpers.roles
    assert html.count('aria-label="要確認 W3"') == len(marked)
    assert f'href="{CHECKS}?column={quote(helpers.roles[0], safe="")}"' in html
    assert "pt found" not in sign_in("viewer").get("/projects/besshi10/").content.decode()


def test_a_finding_about_an_empty_column_shows_all_rows(
    sign_in: SignIn, cast: dict[str, User]
) -> None:
    small = small_project(cast, "設計", "  基本設計 ◎ .", "  詳細設計 ◎ .")
    html = sign_in("editor").get("/projects/small/", {"finding": "W3"}).content.decode()
    assert "該当 <b>3</b>項目" in html
    assert html.count("pt found") == 1
    assert found(small, "W3")


def test_a_number_left_out_marks_its_row_and_not_all_that_are_counted_anew(
    sign_in: SignIn, cast: dict[str, User]
) -> None:
    small = small_project(cast, "工程", *(f"  作業{n} ◎ ○" for n in range(250)))
    for place, row in enumerate(small.items.order_by("-position")[:248]):
        small.items.filter(pk=row.pk).update(number=str(252 - place))
    client = sign_in("editor")
    (one,) = found(small, "E4")
    assert len(one.repair) == 248
    rows = client.get("/projects/small/checks/rows/").json()["rows"]
    assert [uid for uid, codes in rows.items() if "E4" in codes] == [one.uid]
    html = client.get("/projects/small/checks/walk/", {"code": "E4"}).content.decode()
    assert "ほか48か所" in html
    assert "ほか" not in html.replace("ほか48か所", "")


def test_the_page_of_a_row_tells_its_open_findings_and_leads_to_them(
    besshi10: Project, sign_in: SignIn
) -> None:
    one = found(besshi10, "W4")[0]
    client = sign_in("editor")
    path = f"/projects/besshi10/items/{one.uid}/"
    html = client.get(path).content.decode()
    assert "要確認（1）" in html
    assert one.message in html
    (walk,) = re.findall(r'href="([^"]*)">確認する', html)
    assert one.message in client.get(unescape(walk)).content.decode()
    post(client, "waive", besshi10, one=one.key, sure="1", reason="合意済み")
    client.get(CHECKS)  # takes the message
    assert "要確認（" not in client.get(path).content.decode()


def test_the_page_of_a_row_takes_as_many_queries_with_findings_as_without(
    besshi10: Project, sign_in: SignIn
) -> None:
    client = sign_in("viewer")
    quiet = next(item.uid for item in store.load(besshi10).items if item.number == "1")
    loud = found(besshi10, "W4")[0].uid
    paths = [f"/projects/besshi10/items/{uid}/" for uid in (quiet, loud)]
    assert queries(client, paths[0]) == queries(client, paths[1])


def test_the_matrix_shows_only_rows_with_the_finding(besshi10: Project, sign_in: SignIn) -> None:
    client = sign_in("viewer")
    text = client.get("/projects/besshi10/", {"finding": "E1"}).content.decode()
    assert "該当 <b>13</b>項目" in text
    both = client.get("/projects/besshi10/", {"finding": ["E1", "W1"]}).content.decode()
    assert "該当 <b>25</b>項目" in both
    narrowed = client.get("/projects/besshi10/", {"finding": "any", "q": "レビュー"})
    assert narrowed.status_code == 200
    assert "該当 <b>0</b>" not in narrowed.content.decode()


def test_an_unknown_finding_on_the_matrix_is_told_in_words(
    besshi10: Project, sign_in: SignIn
) -> None:
    response = sign_in("viewer").get("/projects/besshi10/", {"finding": "E99"})
    assert response.status_code == 400
    assert "要確認: " in response.content.decode()


def test_the_rows_of_the_matrix_are_told_with_an_etag(besshi10: Project, sign_in: SignIn) -> None:
    client = sign_in("viewer")
    response = client.get(f"{CHECKS}rows/")
    rows = response.json()["rows"]
    uid = found(besshi10, "E1")[0].uid
    assert rows[uid][0] == "E1"
    approval = found(besshi10, "W4")[0]
    assert response.json()["cells"][approval.uid] == {"1": ["W4"], "2": ["W4"]}
    (helpers,) = found(besshi10, "W3")
    assert len(response.json()["columns"]) == len(helpers.cells)
    assert response.json()["titles"]["W4"] == "承認が発注者の作業でない"
    again = client.get(f"{CHECKS}rows/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
