"""What the matrix page sends: marks, the outline, undo, and what others did since."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from projects import store
from projects.domain.grid import Item
from projects.models import Project
from projects.store.cells import Operation, save

pytestmark = pytest.mark.django_db

Sign = Callable[[str], Client]
HOSHU, KYOTSU = "保守業者", "共通運用管理業者"


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(
        f"/projects/besshi10/{path}/", json.dumps(body), content_type="application/json"
    )


def row(project: Project, number: int) -> Item:
    """The row that now has that 項番."""
    return store.load(project).items[number - 1]


def mark_of(project: Project, number: int, role: str) -> str:
    grid = store.load(project)
    at = [role.name for role in grid.roles].index(role)
    return grid.items[number - 1].marks[at]


def operation(project: Project, number: int, role: str, before: str, after: str) -> dict[str, str]:
    uid = row(project, number).uid
    return {"item": uid, "role": role, "before": before, "after": after}


def test_a_mark_is_saved_and_answered(besshi10: Project, sign_in: Sign) -> None:
    wanted = [operation(besshi10, 4, HOSHU, "", "○")]
    answer = post(sign_in("editor"), "cells", operations=wanted)
    assert answer.status_code == 200
    assert answer.json() == {
        "revision": besshi10.revision + 1,
        "changed": True,
        "results": [{"outcome": "saved", "now": "○"}],
    }
    assert mark_of(besshi10, 4, HOSHU) == "○"


def test_a_stale_mark_is_a_conflict_and_its_neighbours_are_saved(
    besshi10: Project, sign_in: Sign, cast: dict[str, Any]
) -> None:
    cast["manager"].last_name = "管理 花子"
    cast["manager"].save()
    save(besshi10, [Operation(row(besshi10, 4).uid, HOSHU, "", "◎")], by=cast["manager"])
    wanted = [
        operation(besshi10, 4, HOSHU, "", "○"),
        operation(besshi10, 4, KYOTSU, "", "○"),
    ]
    answer = post(sign_in("editor"), "cells", operations=wanted)
    assert answer.status_code == 409
    conflict, saved = answer.json()["results"]
    assert conflict["at"]
    assert (conflict["outcome"], conflict["now"], conflict["by"]) == (
        "conflict",
        "◎",
        "管理 花子",
    )
    assert saved["outcome"] == "saved"
    assert (mark_of(besshi10, 4, HOSHU), mark_of(besshi10, 4, KYOTSU)) == ("◎", "○")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "JSON"),
        (b"[]", "オブジェクト"),
        (b"{}", "operations"),
        (b'{"operations": []}', "operations"),
        (b'{"operations": [1]}', "1番目"),
        (b'{"operations": [{"item": 1}]}', "item"),
        (b'{"operations": [{"item": "x", "role": "y", "before": ""}]}', "after"),
        (b'{"operations": [{}], "kind": "admin"}', "item"),
        (b"[" * 100_000, "JSON"),
        (b'{"operations": [{"item": "\\u0000"}]}', "NUL"),
        (b'{"operations": [{"item": "\\ud800"}]}', "文字"),
        (b'{"operations": [{}], "base": "1"}', "base"),
        (b'{"operations": [{}], "base": -1}', "base"),
        (b'{"operations": [{}], "base": 99}', "base"),
    ],
)
def test_a_malformed_request_is_refused_in_words(
    body: bytes, words: str, besshi10: Project, sign_in: Sign
) -> None:
    address = f"/projects/{besshi10.slug}/cells/"
    answer = sign_in("editor").post(address, body, content_type="application/json")
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_a_kind_that_people_cannot_choose_is_refused(besshi10: Project, sign_in: Sign) -> None:
    wanted = [operation(besshi10, 4, HOSHU, "", "○")]
    answer = post(sign_in("editor"), "cells", operations=wanted, kind="import")
    assert answer.status_code == 400


def test_a_project_can_require_a_reason(besshi10: Project, sign_in: Sign) -> None:
    Project.objects.filter(pk=besshi10.pk).update(requires_reason=True)
    wanted = [operation(besshi10, 4, HOSHU, "", "○")]
    client = sign_in("editor")
    assert post(client, "cells", operations=wanted).status_code == 400
    assert mark_of(besshi10, 4, HOSHU) == ""
    assert post(client, "cells", operations=wanted, reason="協議の結果").status_code == 200


# ---- the outline


def outline(client: Client, **body: Any) -> Any:
    return post(client, "outline", **body)


def test_a_row_is_inserted_and_everything_renumbered(besshi10: Project, sign_in: Sign) -> None:
    anchor = row(besshi10, 4)
    body = {"act": "insert", "anchor": anchor.uid, "where": "below", "name": " 新しい 作業 "}
    answer = outline(sign_in("editor"), **body)
    assert answer.status_code == 200
    new = row(besshi10, 5)
    assert (new.uid, new.name, new.level, new.number) == (
        answer.json()["uid"],
        "新しい 作業",
        anchor.level,
        "5",
    )
    assert len(store.load(besshi10).items) == 649


def test_a_row_without_a_name_is_refused(besshi10: Project, sign_in: Sign) -> None:
    anchor = row(besshi10, 4).uid
    answer = outline(sign_in("editor"), act="insert", anchor=anchor, where="child", name=" ")
    assert answer.status_code == 400
    assert "空" in answer.json()["error"]


def test_a_text_says_what_it_replaces(besshi10: Project, sign_in: Sign) -> None:
    item, client = row(besshi10, 4), sign_in("editor")
    body = {"act": "text", "item": item.uid, "field": "name", "before": item.name}
    assert outline(client, **body, after="甲").status_code == 200
    late = outline(client, **body, after="乙")
    assert (late.status_code, late.json()["now"]) == (409, "甲")
    assert row(besshi10, 4).name == "甲"


def test_a_subtree_is_deleted_and_comes_back_by_undo(besshi10: Project, sign_in: Sign) -> None:
    before, client = store.load(besshi10), sign_in("editor")
    assert outline(client, act="delete", items=[row(besshi10, 2).uid]).status_code == 200
    assert len(store.load(besshi10).items) == 648 - 13
    assert post(client, "undo").status_code == 200
    assert store.load(besshi10) == before


def test_rows_move_by_steps_and_to_a_place(besshi10: Project, sign_in: Sign) -> None:
    five, six, client = row(besshi10, 5), row(besshi10, 6), sign_in("editor")
    step = {"act": "step", "items": [five.uid, six.uid], "way": "up"}
    assert outline(client, **step).status_code == 200
    assert [row(besshi10, n).uid for n in (4, 5)] == [five.uid, six.uid]
    refused = outline(client, **step)
    assert (refused.status_code, "上" in refused.json()["error"]) == (400, True)
    anchor = row(besshi10, 10).uid
    move = {"act": "move", "items": [five.uid], "anchor": anchor, "where": "below"}
    assert outline(client, **move).status_code == 200
    assert row(besshi10, 10).uid == five.uid


def test_a_row_that_is_gone_is_told(besshi10: Project, sign_in: Sign) -> None:
    answer = outline(sign_in("editor"), act="delete", items=["0" * 12])
    assert (answer.status_code, answer.json()["error"]) == (409, "その行はもうありません。")


@pytest.mark.parametrize(
    "body",
    [
        {"act": "fly"},
        {"act": "insert", "where": "beside", "name": "甲", "anchor": ""},
        {"act": "step", "items": [], "way": "up"},
        {"act": "step", "items": ["x"], "way": "sideways"},
        {"act": "text", "item": "x", "field": "uid", "before": "", "after": ""},
    ],
)
def test_an_unknown_edit_is_refused(body: dict[str, Any], besshi10: Project, sign_in: Sign) -> None:
    assert outline(sign_in("editor"), **body).status_code == 400


def test_a_running_number_is_not_edited(besshi10: Project, sign_in: Sign) -> None:
    item = row(besshi10, 4)
    body = {"act": "text", "item": item.uid, "field": "number", "before": "4", "after": "4a"}
    answer = outline(sign_in("editor"), **body)
    assert (answer.status_code, "通し番号" in answer.json()["error"]) == (400, True)


# ---- undo and redo


def test_undo_and_redo_walk_the_own_acts(besshi10: Project, sign_in: Sign) -> None:
    client, other = sign_in("editor"), sign_in("manager")
    for number in (4, 5):
        post(client, "cells", operations=[operation(besshi10, number, HOSHU, "", "○")])
    post(other, "cells", operations=[operation(besshi10, 6, HOSHU, "", "○")])

    def marks() -> str:
        return "".join(mark_of(besshi10, number, HOSHU) or "." for number in (4, 5, 6))

    seen = []
    for way in ("undo", "undo", "redo", "redo", "undo", "redo"):
        assert post(client, "undo", way=way).status_code == 200
        seen.append(marks())
    assert seen == ["○.○", "..○", "○.○", "○○○", "○.○", "○○○"]
    nothing = post(client, "undo", way="redo")
    assert (nothing.status_code, nothing.json()["error"]) == (
        400,
        "やり直せる操作はありません。",
    )


def test_undo_passes_over_what_others_took_away(besshi10: Project, sign_in: Sign) -> None:
    client, other = sign_in("editor"), sign_in("manager")
    post(client, "cells", operations=[operation(besshi10, 4, HOSHU, "", "○")])
    post(client, "cells", operations=[operation(besshi10, 5, HOSHU, "", "○")])
    post(other, "cells", operations=[operation(besshi10, 5, HOSHU, "○", "")])
    assert post(client, "undo").status_code == 200
    assert (mark_of(besshi10, 4, HOSHU), mark_of(besshi10, 5, HOSHU)) == ("", "")


def test_a_new_act_ends_redo(besshi10: Project, sign_in: Sign) -> None:
    client = sign_in("editor")
    post(client, "cells", operations=[operation(besshi10, 4, HOSHU, "", "○")])
    post(client, "undo")
    post(client, "cells", operations=[operation(besshi10, 5, HOSHU, "", "○")])
    assert post(client, "undo", way="redo").status_code == 400


def test_undo_tells_what_stops_it(besshi10: Project, sign_in: Sign) -> None:
    client = sign_in("editor")
    post(client, "cells", operations=[operation(besshi10, 4, HOSHU, "", "○")])
    post(sign_in("manager"), "cells", operations=[operation(besshi10, 4, HOSHU, "○", "◎")])
    answer = post(client, "undo")
    assert answer.status_code == 409
    assert answer.json()["stopped"] == [f"項番4「{row(besshi10, 4).name}」の「{HOSHU}」の記号"]


# ---- what happened since


def test_changes_tell_the_marks_and_whose_they_are(besshi10: Project, sign_in: Sign) -> None:
    client = sign_in("viewer")
    wanted = operation(besshi10, 4, HOSHU, "", "○")
    post(sign_in("editor"), "cells", operations=[wanted])
    outline(sign_in("editor"), act="delete", items=[row(besshi10, 648).uid])
    address = f"/projects/besshi10/changes/?since={besshi10.revision}"
    told = client.get(address).json()
    assert told["revision"] == besshi10.revision + 2
    first, second = told["changes"]
    assert (first["name"], first["structure"], first["cells"]) == (
        "editor",
        False,
        [[wanted["item"], HOSHU, "○"]],
    )
    assert second["structure"]


def test_a_changed_text_is_told_without_a_structure(besshi10: Project, sign_in: Sign) -> None:
    item = row(besshi10, 4)
    body = {"act": "text", "item": item.uid, "field": "name", "before": item.name, "after": "甲"}
    outline(sign_in("editor"), **body)
    address = f"/projects/besshi10/changes/?since={besshi10.revision}"
    (act,) = sign_in("viewer").get(address).json()["changes"]
    assert not act["structure"]
    assert act["texts"] == [[item.uid, "甲", item.description]]
    assert act["rows"] == []


def test_a_row_that_came_is_told_by_its_uid(besshi10: Project, sign_in: Sign) -> None:
    anchor = row(besshi10, 4).uid
    uid = outline(sign_in("editor"), act="insert", anchor=anchor, where="below", name="新").json()[
        "uid"
    ]
    address = f"/projects/besshi10/changes/?since={besshi10.revision}"
    (act,) = sign_in("viewer").get(address).json()["changes"]
    assert (act["structure"], act["rows"]) == (True, [uid])


def test_changes_since_now_are_none_and_a_wrong_since_is_refused(
    besshi10: Project, sign_in: Sign
) -> None:
    client = sign_in("viewer")
    now = client.get(f"/projects/besshi10/changes/?since={besshi10.revision}").json()
    assert now == {"revision": besshi10.revision, "reload": False, "changes": []}
    for wrong in ("x", "", "-1", "9" * 5_000):
        assert client.get(f"/projects/besshi10/changes/?since={wrong}").status_code == 400


def test_nothing_new_costs_a_304(besshi10: Project, sign_in: Sign) -> None:
    client = sign_in("viewer")
    address = f"/projects/besshi10/changes/?since={besshi10.revision}"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    post(sign_in("editor"), "cells", operations=[operation(besshi10, 4, HOSHU, "", "○")])
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_too_many_changes_ask_for_a_reload(besshi10: Project, sign_in: Sign) -> None:
    told = sign_in("viewer").get("/projects/besshi10/changes/?since=0").json()
    assert told["changes"][0]["structure"]
    from projects.store import changes_since

    save_limit, changes_since.MOST_CELLS = changes_since.MOST_CELLS, 100
    try:
        assert sign_in("viewer").get("/projects/besshi10/changes/?since=0").json()["reload"]
    finally:
        changes_since.MOST_CELLS = save_limit
