"""The PMO's pages: what they show, how they are filtered, what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from projects import store
from projects.domain.grid import Item, new_uid, with_item_under
from projects.models import Project

PATH = "/projects/besshi10/"


@pytest.fixture
def viewer(sign_in: Callable[[str], Client]) -> Client:
    return sign_in("viewer")


def page(client: Client, path: str = PATH, **query: Any) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def numbers(html: str) -> list[str]:
    return re.findall(r'<a class="n" tabindex="-1" href="[^"]*">([^<]*)</a>', html)


def test_the_matrix_has_every_row_once_in_order(viewer: Client) -> None:
    assert numbers(page(viewer)) == [str(n) for n in range(1, 649)]


def test_the_matrix_shows_every_mark(viewer: Client) -> None:
    html = page(viewer)
    assert html.count('<td role="gridcell" class="p">◎</td>') == 530
    assert html.count('<td role="gridcell" class="s">○</td>') == 1267


def test_the_matrix_names_every_role_in_full(viewer: Client, besshi10: Project) -> None:
    html = page(viewer)
    for role in besshi10.roles.all():
        assert f'aria-label="{role.name}"' in html


def test_the_footer_counts_each_role(viewer: Client) -> None:
    foot = page(viewer).split("<tfoot")[1]
    assert "◎83\n○121" in foot


def test_the_date_is_shown_in_both_calendars(viewer: Client) -> None:
    assert "平成26年5月（2014年5月）" in page(viewer)


def test_a_phase_shows_its_subtree_and_links_to_its_neighbours(viewer: Client) -> None:
    html = page(viewer, f"{PATH}phases/31/")
    assert numbers(html) == [str(n) for n in range(31, 68)]
    assert f'rel="prev" href="{PATH}phases/15/"' in html
    assert f'rel="next" href="{PATH}phases/68/"' in html


def test_a_phase_that_does_not_exist_is_not_found(viewer: Client) -> None:
    assert viewer.get(f"{PATH}phases/9999/").status_code == 404


def test_an_item_that_does_not_exist_is_not_found(viewer: Client) -> None:
    assert viewer.get(f"{PATH}items/000000000000/").status_code == 404


def test_filters_combine_and_keep_the_headings_above(viewer: Client) -> None:
    html = page(viewer, role="保守業者", mark="◎", q="実施計画書")
    assert numbers(html) == ["1", "2", "3", "7"]


@pytest.mark.parametrize("role", ["保守業者", "4", "共通運用管理者"])
def test_a_role_is_found_by_name_place_and_alias(role: str, viewer: Client) -> None:
    assert len(numbers(page(viewer, role=role))) > 100


def test_level_cuts_deeper_rows(viewer: Client) -> None:
    assert len(numbers(page(viewer, level=2))) == 27


def test_blank_finds_tasks_without_any_mark(viewer: Client) -> None:
    found = numbers(page(viewer, mark="空白"))
    assert {"169", "170", "171", "172", "175", "185", "192"} <= set(found)


def test_a_filter_without_hits_says_so_and_offers_the_way_back(viewer: Client) -> None:
    html = page(viewer, q="どこにもない言葉")
    assert "条件に合う作業項目はありません" in html
    assert f'href="{PATH}">絞り込みを解除' in html


def test_a_wrong_filter_says_what_is_wrong_and_shows_everything(viewer: Client) -> None:
    response = viewer.get(PATH, {"role": "存在しない業者"})
    html = response.content.decode()
    assert response.status_code == 400
    assert "「存在しない業者」という関連業者の列はありません" in html
    assert len(numbers(html)) == 648


def test_folding_to_a_level_hides_rows_and_counts_their_marks(viewer: Client) -> None:
    html = page(viewer, fold=3)
    assert html.count('hidden="until-found"') == 531
    assert "◎4\n○6" in html


def test_every_text_is_escaped(viewer: Client, besshi10: Project) -> None:
    text = '<script>alert("x")</script>&'
    marks = ("",) * 16
    item = Item(new_uid(), 1, "", text, text, marks)
    store.change(besshi10, lambda g: with_item_under(g, item, None), by=None, kind=store.Kind.EDIT)
    for html in (page(viewer), page(viewer, f"{PATH}items/{item.uid}/")):
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


def test_an_unchanged_page_costs_a_304(viewer: Client) -> None:
    first = viewer.get(PATH)
    again = viewer.get(PATH, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_changed_mark_gives_a_new_page(viewer: Client, besshi10: Project) -> None:
    tag = viewer.get(PATH)["ETag"]
    with store.change_set(by=None, kind=store.Kind.EDIT):
        besshi10.assignments.filter(item__number="4").delete()
    assert viewer.get(PATH, headers={"If-None-Match": tag}).status_code == 200


def test_a_page_that_somebody_saw_is_not_built_again_for_the_next(
    sign_in: Callable[[str], Client], besshi10: Project, django_assert_num_queries: Any
) -> None:
    first = page(sign_in("viewer"))
    client = sign_in("editor")
    client.get(PATH)
    with django_assert_num_queries(3):
        again = page(client, PATH)
    assert numbers(again) == numbers(first)


def test_nothing_of_a_person_is_kept_for_the_next(sign_in: Callable[[str], Client]) -> None:
    first = page(sign_in("manager"))
    assert "manager" in first
    assert "manager" not in page(sign_in("admin"))


def test_an_odd_number_has_a_page_too(viewer: Client, besshi10: Project) -> None:
    besshi10.items.filter(number="30").update(number="第1/2 (?)")
    assert numbers(page(viewer, f"{PATH}phases/第1%2F2 (%3F)/"))[0] == "第1/2 (?)"
    assert viewer.get(f"{PATH}phases/31/").status_code == 200


def test_the_etag_of_one_person_does_not_serve_another(sign_in: Callable[[str], Client]) -> None:
    tag = sign_in("viewer").get(PATH)["ETag"]
    assert sign_in("editor").get(PATH, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("path", "queries"),
    [(PATH, 6), (f"{PATH}phases/30/", 6), (f"{PATH}?role=4", 6), ("/projects/", 4)],
)
def test_a_page_costs_a_constant_number_of_queries(
    path: str, queries: int, viewer: Client, besshi10: Project, django_assert_num_queries: Any
) -> None:
    viewer.get("/password/")  # the session has its CSRF secret from here on
    with django_assert_num_queries(queries):
        viewer.get(path)
    with store.change_set(by=None, kind=store.Kind.EDIT):
        besshi10.items.filter(number__gte="5").exclude(children__isnull=False).delete()
    with django_assert_num_queries(queries):
        viewer.get(path)


def test_the_item_page_tells_place_parts_and_history(viewer: Client, besshi10: Project) -> None:
    item = besshi10.items.get(number="71")
    html = page(viewer, f"{PATH}items/{item.uid}/")
    assert "個人番号管理用基盤設計・構築・テスト" in html
    assert '<th scope="row">機構LAN保守業者</th>' in html
    assert "取込" in html


def test_the_list_shows_counts_and_the_way_in(viewer: Client) -> None:
    html = page(viewer, "/projects/")
    assert f'href="{PATH}"' in html
    assert ">648<" in html


def test_an_empty_project_says_what_to_do(viewer: Client, cast: dict[str, User]) -> None:
    empty = store.create(slug="empty", title="空", by=None)
    empty.memberships.create(user=cast["viewer"], kind="viewer")
    assert "作業項目がまだありません" in page(viewer, "/projects/empty/")


def test_a_person_without_any_project_is_told_what_to_do(
    sign_in: Callable[[str], Client],
) -> None:
    assert "まだ参加している案件がありません" in page(sign_in("outsider"), "/")


def test_the_compressed_matrix_is_small(viewer: Client) -> None:
    response = viewer.get(PATH, headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 50_000


def test_a_browser_that_takes_brotli_gets_less(viewer: Client) -> None:
    plain = viewer.get(PATH)
    packed = viewer.get(PATH, headers={"Accept-Encoding": "gzip, br;q=0.9"})
    assert packed["Content-Encoding"] == "br"
    assert len(packed.content) <= 30_000
    assert packed["ETag"] == f"W/{plain['ETag']}"
    assert "Accept-Encoding" in packed["Vary"]
    again = viewer.get(PATH, headers={"Accept-Encoding": "br", "If-None-Match": packed["ETag"]})
    assert again.status_code == 304


def test_brotli_that_is_refused_is_not_sent(viewer: Client) -> None:
    assert "Content-Encoding" not in viewer.get(PATH, headers={"Accept-Encoding": "br;q=0"})


SCRIPT = re.compile(r'<script type="module" src="{% static "js/([^"]+)" %}">')
PRELOAD = re.compile(r'<link rel="modulepreload" href="{% static "js/([^"]+)" %}">')


def test_a_page_preloads_all_its_modules_so_that_none_waits_for_another() -> None:
    named = _preloads()
    assert "matrix/page.js" in named
    assert named == {script: sorted(_imported(script) - {script}) for script in named}


def _preloads() -> dict[str, list[str]]:
    """Script → the modules that its template preloads, in order."""
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    texts = [path.read_text() for path in templates]
    return {script: PRELOAD.findall(text) for text in texts for script in SCRIPT.findall(text)}


def _imported(name: str) -> set[str]:
    """The module, and all that it imports before it runs."""
    scripts = settings.BASE_DIR / "static" / "js"
    text = (scripts / name).read_text()
    found = {name}
    for other in re.findall(r'^(?:import .*|} )from "([^"]+)";', text, re.MULTILINE):
        path = (scripts / name).parent / other
        found |= _imported(path.resolve().relative_to(scripts).as_posix())
    return found
