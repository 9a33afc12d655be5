"""The pages of the checks: the list with its filters, repairs, and Excel."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects import store
from projects.checks import findings
from projects.models import ChangeSet, Project
from tests.support.project_findings import CHECKS, found, post, queries, small_project

SignIn = Callable[[str], Client]


def marks(project: Project, number: str) -> tuple[str, ...]:
    return next(item.marks for item in store.load(project).items if item.number == number)


def test_the_list_tells_what_is_wrong_and_why(besshi10: Project, sign_in: SignIn) -> None:
    text = sign_in("viewer").get(CHECKS, {"code": "E1"}).content.decode()
    assert "誰が責任を持つかが決まらず、作業が始まりません。" in text
    assert "項番169「" in text
    assert "13件" in text
    assert 'name="one"' not in text


def test_filters_narrow_the_list_and_say_what_they_do_not_know(
    besshi10: Project, sign_in: SignIn
) -> None:
    client = sign_in("editor")
    errors = client.get(CHECKS, {"severity": "error"}).content.decode()
    assert "<h3>E1" in errors
    assert "<h3>W1" not in errors
    assert client.get(CHECKS, {"code": "W1", "phase": "30"}).status_code == 200
    wrong = client.get(CHECKS, {"code": "X9"})
    assert wrong.status_code == 400
    assert "未対応の指摘をすべて表示しています" in wrong.content.decode()


def test_finding_is_another_name_of_the_kind(besshi10: Project, sign_in: SignIn) -> None:
    client = sign_in("viewer")
    text = client.get(CHECKS, {"finding": "W1"}).content.decode()
    assert "<h3>W1" in text
    assert "<h3>E1" not in text
    assert '<option value="W1" selected>' in text
    everything = client.get(CHECKS, {"finding": "any"})
    assert everything.status_code == 200
    assert "<h3>E1" in everything.content.decode()
    wrong = client.get(CHECKS, {"finding": "X9"})
    assert wrong.status_code == 400
    assert "種類: 正しく選択してください。 X9 は候補にありません。" in wrong.content.decode()


def test_the_findings_of_one_column_are_listed(besshi10: Project, sign_in: SignIn) -> None:
    (helpers,) = found(besshi10, "W3")
    client = sign_in("viewer")
    text = client.get(CHECKS, {"column": helpers.roles[0]}).content.decode()
    assert helpers.message in text
    assert "<p>1件</p>" in text
    assert "<p>0件</p>" in client.get(CHECKS, {"column": "本受託者"}).content.decode()


def test_pages_of_the_list_have_fifty_findings(besshi10: Project, sign_in: SignIn) -> None:
    client = sign_in("editor")
    first = client.get(CHECKS).content.decode()
    assert first.count('name="key"') == 50
    assert client.get(CHECKS, {"page": "2"}).content.decode() != first


def test_one_finding_is_put_right_at_once_and_can_be_undone(
    besshi10: Project, sign_in: SignIn, cast: dict[str, User]
) -> None:
    (first, *_) = found(besshi10, "W4")
    before = marks(besshi10, "14")
    response = post(sign_in("editor"), "repair", besshi10, one=first.key)
    assert response.status_code == 302
    besshi10.refresh_from_db()
    assert marks(besshi10, "14")[0] == "◎"
    assert first.key not in [one.key for one in found(besshi10, "W4")]
    act = ChangeSet.objects.get(project=besshi10, number=besshi10.revision)
    context = act.context
    assert context is not None
    assert context.metadata["kind"] == "edit"
    assert context.metadata["reason"].startswith("要確認 W4 承認が発注者の作業でない")
    store.undo(besshi10, besshi10.revision, by=cast["editor"])
    assert marks(besshi10, "14") == before


def test_many_are_confirmed_first_and_become_one_change_set(
    besshi10: Project, sign_in: SignIn
) -> None:
    client = sign_in("editor")
    asked = post(client, "repair", besshi10, all_of="W9")
    assert asked.status_code == 200
    assert "行が変わります" in asked.content.decode()
    keys = [one.key for one in found(besshi10, "W9")]
    assert keys
    revision = besshi10.revision
    besshi10.refresh_from_db()
    assert besshi10.revision == revision
    assert post(client, "repair", besshi10, key=keys, sure="1").status_code == 302
    besshi10.refresh_from_db()
    assert besshi10.revision == revision + 1
    assert found(besshi10, "W9") == []


def test_a_repair_of_what_moved_since_is_refused_in_words(
    besshi10: Project, sign_in: SignIn
) -> None:
    (first, *_) = found(besshi10, "W4")
    client = sign_in("editor")
    response = client.post(
        f"{CHECKS}repair/", {"revision": besshi10.revision - 1, "one": first.key}
    )
    assert response.status_code == 409
    assert "もう一度操作してください" in response.content.decode()
    assert found(besshi10, "W4")[0] == first


def test_letting_be_what_moved_since_is_refused_and_the_reason_kept(
    besshi10: Project, sign_in: SignIn
) -> None:
    (first, *_) = found(besshi10, "W4")
    client = sign_in("editor")
    old = {"revision": besshi10.revision - 1, "one": first.key}
    response = client.post(f"{CHECKS}waive/", {**old, "sure": "1", "reason": "合意済み"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "もう一度操作してください" in text
    assert first.message in text
    assert 'value="合意済み"' in text
    assert f'name="revision" value="{besshi10.revision}"' in text
    assert client.post(f"{CHECKS}waive/", old).status_code == 409
    assert not besshi10.waivers.exists()


def test_the_list_that_answers_an_act_leads_back_to_the_list(
    besshi10: Project, sign_in: SignIn
) -> None:
    text = post(sign_in("editor"), "waive", besshi10).content.decode()
    assert f'href="{CHECKS}?page=2"' in text
    assert f'href="{CHECKS}?code=W1"' in text
    assert 'href="?' not in text
    assert f'action="{CHECKS}" role="search"' in text


def test_what_has_no_plain_repair_is_said_to_have_none(besshi10: Project, sign_in: SignIn) -> None:
    (first, *_) = found(besshi10, "E1")
    response = post(sign_in("editor"), "repair", besshi10, one=first.key)
    assert response.status_code == 400
    assert "自動で直せるものがありません" in response.content.decode()


@pytest.mark.parametrize("act", ["repair", "waive"])
def test_viewers_and_outsiders_cannot_act(besshi10: Project, sign_in: SignIn, act: str) -> None:
    assert post(sign_in("viewer"), act, besshi10).status_code == 403
    assert post(sign_in("outsider"), act, besshi10).status_code == 404


def test_no_way_back_leads_out_of_the_checks(besshi10: Project, sign_in: SignIn) -> None:
    client = sign_in("editor")
    for one, back in zip(
        found(besshi10, "W4"), ("https://example.invalid/", "//x.invalid", "/admin/"), strict=False
    ):
        besshi10.refresh_from_db()
        response = post(client, "repair", besshi10, one=one.key, back=back)
        assert response["Location"] == CHECKS


def test_the_excel_has_every_finding_with_its_proposal(besshi10: Project, sign_in: SignIn) -> None:
    response = sign_in("viewer").get("/projects/besshi10/checks.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[1][:5] == ["コード", "重要度", "種類", "項番", "作業項目"]
    assert len(rows) - 2 == len(findings(store.load(besshi10)))
    approval = next(row for row in rows if row[0] == "W4")
    assert (approval[6], approval[8]) == ("14", "受託者が自分の成果物を承認することになります。")
    assert "→ ◎" in approval[9]


def test_only_managers_set_the_share_and_it_counts(besshi10: Project, sign_in: SignIn) -> None:
    assert post(sign_in("editor"), "share", besshi10, lead_share="10").status_code == 403
    manager = sign_in("manager")
    assert post(manager, "share", besshi10, lead_share="0").status_code == 400
    assert post(manager, "share", besshi10, lead_share="10").status_code == 302
    assert "<h3>W2" in manager.get(CHECKS, {"code": "W2"}).content.decode()


@pytest.mark.parametrize("page", ["", "walk/", "rows/"])
def test_every_page_takes_as_many_queries_at_any_size(
    besshi10: Project, sign_in: SignIn, cast: dict[str, User], page: str
) -> None:
    small_project(cast, "作業", "作業")
    client = sign_in("editor")
    assert queries(client, f"{CHECKS}{page}") == queries(client, f"/projects/small/checks/{page}")
