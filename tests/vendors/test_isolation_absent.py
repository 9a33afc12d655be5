"""What is not theirs gets the same bytes, by the same statements, as what is not there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support import canary_world
from tests.support.canary_texts import CANARY
from tests.support.canary_world import ABSENT, MAIN, OTHER, World
from tests.support.url_crawl import Body, Sent, answer, body, crawler

NOWHERE = "zk9999999999"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
_TIME = re.compile(r"<dcterms:\w+[^>]*>[^<]*<")
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\"s\d+_x\d+\"")
COMPANY_PEOPLE = ("a", "a_main", "c", "split", "moved", "left", "outsider")


@pytest.fixture
def there(db: None) -> World:
    return canary_world.build()


def same(there: World, person: str, foreign: Sent, absent: Sent) -> bool:
    """Whether nothing but what was asked for tells the two answers apart."""
    return _fingerprint(there, person, foreign) == _fingerprint(there, person, absent)


def _fingerprint(there: World, person: str, sent: Sent) -> tuple[Any, ...]:
    """Status, headers, body and statements, with blanks for what was asked for and for tokens."""
    client = crawler(there, person).client
    with CaptureQueriesContext(connection) as queries:
        response = answer(client, sent)
    if response.content.startswith(b"PK"):
        del response.headers["Content-Length"]  # how short it gets depends on the second in it
    text = _TIME.sub("", _TOKEN.sub("", CANARY.sub("", body(response))))
    del response.headers["X-Request-ID"]
    headers = CANARY.sub("", str(sorted(response.items()))).replace(ABSENT, "").replace(MAIN, "")
    statements = [_LITERAL.sub("?", query["sql"]) for query in queries]
    return response.status_code, headers, text, statements


def _foreign_rows(there: World, person: str) -> list[str]:
    """Rows of which the person's companies have never had one, and drafts."""
    known = there.known(person)
    return [uid for uid in there.sheets[MAIN].uids() if not there.canaries.parties[uid] & known]


@pytest.mark.parametrize("person", ["a", "boss"])
def test_a_name_that_no_database_takes_is_not_found(there: World, person: str) -> None:
    paths = [
        f"/tasks/{MAIN}/%00/",
        f"/projects/{MAIN}/companies/%00/",
        f"/projects/{MAIN}/companies/%00/tasks/{MAIN}/%00/",
        f"/projects/{MAIN}/items/x%00/",
        "/%00",
    ]
    client = crawler(there, person).client
    assert {client.get(path).status_code for path in paths} == {404}


@pytest.mark.parametrize("person", COMPANY_PEOPLE)
def test_a_foreign_row_is_like_none(there: World, person: str) -> None:
    rows = _foreign_rows(there, person)
    absent = Sent("GET", f"/tasks/{MAIN}/{NOWHERE}/")
    revealed = [
        u for u in rows if not same(there, person, Sent("GET", f"/tasks/{MAIN}/{u}/"), absent)
    ]
    assert rows
    assert revealed == []


@pytest.mark.parametrize("person", COMPANY_PEOPLE)
def test_a_question_about_a_foreign_row_is_answered_like_one_about_none(
    there: World, person: str
) -> None:
    mine = {"company": there.companies["A"].uid, "text": "質問"}
    absent = Sent("POST", f"/tasks/{MAIN}/{NOWHERE}/say/", mine)
    for uid in _foreign_rows(there, person)[::6]:
        for company in "AB":
            said = {**mine, "company": there.companies[company].uid}
            assert same(there, person, Sent("POST", f"/tasks/{MAIN}/{uid}/say/", said), absent)


@pytest.mark.parametrize("person", COMPANY_PEOPLE)
def test_a_confirmation_of_a_foreign_task_is_answered_like_one_of_none(
    there: World, person: str
) -> None:
    absent = Sent("POST", "/tasks/confirm/", _confirmed(NOWHERE, NOWHERE))
    b = there.companies["B"].uid
    for uid in _foreign_rows(there, person)[::6]:
        assert same(there, person, Sent("POST", "/tasks/confirm/", _confirmed(b, uid)), absent)


@pytest.mark.parametrize("name", ["q", "phase", "company", "project", "mark"])
@pytest.mark.parametrize("path", ["/tasks/", "/tasks/export.xlsx"])
def test_a_filter_for_what_is_foreign_finds_as_much_as_one_for_nothing(
    there: World, name: str, path: str
) -> None:
    foreign = {"company": there.companies["B"].uid}.get(name, min(there.sheets[MAIN].shown("B")))
    sent, absent = (Sent("GET", path, {name: value}) for value in (foreign, NOWHERE))
    assert same(there, "c", sent, absent)


def test_a_project_in_which_one_has_no_part_is_like_none(there: World) -> None:
    uid = there.sheets[OTHER].second[1].item.uid
    for path in ("/tasks/{}/" + uid + "/", "/projects/{}/", "/projects/{}/items/" + uid + "/"):
        foreign, absent = (Sent("GET", path.format(slug)) for slug in (OTHER, ABSENT))
        assert same(there, "c", foreign, absent)


@pytest.mark.parametrize("place", ["", "export.xlsx", f"{MAIN}/{NOWHERE}/"])
def test_looking_as_a_company_of_a_foreign_project_is_like_none(there: World, place: str) -> None:
    for person in ("other_manager", "other_viewer", "a"):
        uid = there.companies["A"].uid
        foreign = Sent("GET", f"/projects/{MAIN}/companies/{uid}/tasks/{place}")
        absent = Sent("GET", f"/projects/{ABSENT}/companies/{NOWHERE}/tasks/{place}")
        assert same(there, person, foreign, absent)


@pytest.mark.parametrize("company", "DF")
def test_looking_as_a_company_without_a_part_here_is_like_none(there: World, company: str) -> None:
    base = f"/projects/{MAIN}/companies/"
    foreign = Sent("GET", f"{base}{there.companies[company].uid}/tasks/")
    assert same(there, "boss", foreign, Sent("GET", f"{base}{NOWHERE}/tasks/"))


def test_a_row_that_the_company_has_not_is_like_none_for_who_looks_as_it(there: World) -> None:
    base = f"/projects/{MAIN}/companies/{there.companies['A'].uid}/tasks/{MAIN}/"
    for uid in _foreign_rows(there, "a")[::6]:
        foreign, absent = (Sent("GET", f"{base}{row}/") for row in (uid, NOWHERE))
        assert same(there, "boss", foreign, absent)


def _confirmed(company: str, uid: str) -> Body:
    return {"task": f"{company}:{MAIN}:{uid}:2", "state": "confirmed"}
