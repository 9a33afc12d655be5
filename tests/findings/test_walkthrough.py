"""The walk through the findings: which rows it shows, where it goes on, the way back to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote_plus

from django.test import Client

from projects import store
from projects.checks import findings
from projects.checks.locations import about
from projects.findings.walkthrough import MOST_LINES
from projects.models import Project
from tests.support.project_findings import CHECKS, found, post

SignIn = Callable[[str], Client]


def test_the_walk_goes_from_one_to_the_next_and_ends(besshi10: Project, sign_in: SignIn) -> None:
    client = sign_in("editor")
    leads = found(besshi10, "W1")
    seen: list[str] = []
    after = ""
    for _ in leads:
        text = client.get(f"{CHECKS}walk/", {"code": "W1", "after": after}).content.decode()
        at = len(seen)
        assert leads[at].message in text
        assert f"{at + 1} / {len(leads)}件" in text
        after = leads[at].key
        seen.append(after)
    assert (
        "最後まで確認しました"
        in client.get(f"{CHECKS}walk/", {"code": "W1", "after": after}).content.decode()
    )


def test_the_walk_goes_on_behind_a_finding_that_was_put_right(
    besshi10: Project, sign_in: SignIn
) -> None:
    client = sign_in("editor")
    first, second, *_ = found(besshi10, "W4")
    back = f"{CHECKS}walk/?code=W4&after={first.key}"
    response = post(client, "repair", besshi10, one=first.key, back=back)
    assert second.message in client.get(response["Location"]).content.decode()


def shown(html: str) -> tuple[list[str], list[str]]:
    """The 項番 of the rows of the walk, and of those that stand out."""
    every = re.findall(r'<tr(?: class="named")?>\s*<td class="num">(.*?)</td>', html)
    return every, re.findall(r'<tr class="named">\s*<td class="num">(.*?)</td>', html)


def test_the_walk_shows_the_same_task_of_the_other_phase(
    besshi10: Project, sign_in: SignIn
) -> None:
    (one, *_) = [each for each in found(besshi10, "W8") if len(each.cells) == 2]
    numbers = {item.uid: item.number for item in store.load(besshi10).items}
    html = sign_in("viewer").get(f"{CHECKS}walk/", {"at": one.key}).content.decode()
    rows, named = shown(html)
    assert named == sorted((numbers[uid] for uid, _ in one.cells), key=int)
    assert [n for row in named for n in range(int(row) - 2, int(row) + 3)] == [*map(int, rows)]
    assert html.count("（途中の行を省略）") == 1
    assert html.count('<th scope="rowgroup"') == 2


def test_the_walk_shows_every_row_of_a_finding_that_there_is_room_for(
    besshi10: Project, sign_in: SignIn
) -> None:
    client = sign_in("viewer")
    for one in findings(store.load(besshi10)):
        html = client.get(f"{CHECKS}walk/", {"at": one.key}).content.decode()
        rows, named = shown(html)
        uids = {uid for uid, _ in about(one) if uid}
        assert one.message in unescape(html)
        assert len(rows) <= MOST_LINES
        assert len(named) == min(len(uids), MOST_LINES)
        assert (f">ほか{len(uids) - len(named)}行</a>" in html) == (len(uids) > len(named))


def test_the_walk_begins_at_a_finding_or_behind_it_when_it_is_gone(
    besshi10: Project, sign_in: SignIn
) -> None:
    _, second, third, *_ = found(besshi10, "W4")
    client = sign_in("editor")
    path = f"{CHECKS}walk/?code=W4&at={second.key}"
    html = client.get(path).content.decode()
    assert second.message in html
    assert f"2 / {len(found(besshi10, 'W4'))}件" in html
    assert f'href="?code=W4&amp;after={quote_plus(second.key)}"' in html
    post(client, "repair", besshi10, one=second.key)
    assert third.message in client.get(path).content.decode()


def test_the_matrix_leads_back_to_the_place_in_the_walk(besshi10: Project, sign_in: SignIn) -> None:
    (_, second, *_) = found(besshi10, "W4")
    client = sign_in("viewer")
    walk = f"{CHECKS}walk/?code=W4&at={quote_plus(second.key)}"
    html = client.get(walk).content.decode()
    (there,) = re.findall(r'href="(.*?)" data-key="c"', html)
    assert there.startswith("/projects/besshi10/?finding=W4&amp;walk=")
    assert there.endswith(f"#{second.uid}")
    matrix = client.get(unescape(there).partition("#")[0]).content.decode()
    (back,) = re.findall(r'href="(.*?)">一件ずつに戻る', matrix)
    assert unescape(back) == walk
    assert second.message in client.get(unescape(back)).content.decode()
    assert "walk=" not in matrix
    assert "一件ずつに戻る" not in client.get("/projects/besshi10/?finding=W4").content.decode()


def test_the_way_back_leads_nowhere_else(besshi10: Project, sign_in: SignIn) -> None:
    asked = {"walk": '//example.invalid/"><script>'}
    html = sign_in("viewer").get("/projects/besshi10/", asked).content.decode()
    (back,) = re.findall(r'href="([^"]*)">一件ずつに戻る', html)
    assert back.startswith(f"{CHECKS}walk/?")
    assert "><script>" not in back
