"""No company learns of another's rows: canaries in every text, every address, every person.

A new address is crawled without a change here, since the addresses come from the resolver.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import RequestFactory

from tests.support import canary_world, url_crawl
from tests.support.canary_texts import CANARY
from tests.support.canary_world import MAIN, STRANGERS, World
from tests.support.url_crawl import THOROUGH, crawler, keys, received
from vendors.models import Question
from vendors.questions import mail as notices
from vendors.questions import thread

Capture = Callable[..., Any]
# One of each kind; the others are like one of these, or see less.
_SHORT = ("a", "c", "both", "split", "moved", "off", "outsider", "other_manager")
LOOKERS: tuple[str, ...] = STRANGERS if THOROUGH else _SHORT
_ALL = ("a", "a_main", "b", "both", "split", "moved", "outsider", "other_manager")
SPEAKERS: tuple[str, ...] = _ALL if THOROUGH else ("both", "moved")
COMPANIES_IN_MAIN = "ABCE"
IN_MAIN = ("a", "a_main", "b", "c", "e", "both", "split", "moved")


@pytest.fixture
def there(db: None) -> World:
    return canary_world.build()


@pytest.mark.parametrize("person", LOOKERS)
def test_no_page_and_no_file_tells_of_others(there: World, person: str) -> None:
    tried = crawler(there, person)
    tried.look()
    assert tried.leaks == {}


@pytest.mark.parametrize("person", SPEAKERS)
def test_no_answer_to_a_post_and_no_mail_tells_of_others(there: World, person: str) -> None:
    tried = crawler(there, person)
    tried.speak()
    assert tried.leaks == {}


def test_the_pmos_mails_tell_each_company_of_itself_only(
    there: World, django_capture_on_commit_callbacks: Capture
) -> None:
    """A new 版 and reminders to all companies of the project."""
    client, project = there.client("boss"), there.projects[MAIN]
    uids = [there.companies[company].uid for company in COMPANIES_IN_MAIN]
    form = client.get(f"/projects/{MAIN}/editions/new/").context["form"]
    heading = {name: form[name].value() for name in ("revision", "last", "title", "date")}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/projects/{MAIN}/companies/remind/", {"company": uids})
        client.post(f"/projects/{MAIN}/editions/new/", heading)
    sent = [letter for letter in mail.outbox if letter.to]
    assert project.editions.count() == len(("第1版", "第2版", "第3版"))
    assert {letter.to[0] for letter in sent} == {there.people[name].email for name in IN_MAIN}
    assert {leak for letter in sent for leak in url_crawl.misdirected(there, letter)} == set()


@pytest.mark.parametrize("company", COMPANIES_IN_MAIN)
def test_a_manager_who_looks_as_a_company_sees_what_it_sees(there: World, company: str) -> None:
    uid = there.companies[company].uid
    base = f"/projects/{MAIN}/companies/{uid}/tasks/"
    rows = [f"{MAIN}/{row}/" for row in there.sheets[MAIN].uids()]
    client, found = there.client("boss"), ""
    for place in ("?page=all", "export.xlsx", *rows):
        found += received(client.get(base + place))
    assert there.canaries.foreign(found, {f"{company}@{MAIN}", "me:boss"}) == set()
    assert there.sheets[MAIN].shown(company) <= set(CANARY.findall(found))


@pytest.mark.parametrize("person", ["a", "b", "c", "e", "both", "split", "a_main"])
def test_a_company_sees_all_of_its_own(there: World, person: str) -> None:
    client = there.client(person)
    page, file = (received(client.get(f"/tasks/{path}")) for path in ("?page=all", "export.xlsx"))
    own = {
        name
        for party in there.known(person)
        for company, _, slug in [party.partition("@")]
        if slug in there.sheets
        for name in there.sheets[slug].shown(company)
    }
    assert own
    assert own <= set(CANARY.findall(page))
    assert own <= set(CANARY.findall(file))


@pytest.mark.parametrize("person", ["both"])
def test_no_primary_key_is_told_to_companies(there: World, person: str) -> None:
    tried = crawler(there, person)
    found: dict[str, set[str]] = {}
    for route in url_crawl.routes():
        for path in url_crawl.addresses(there, route):
            more = keys(received(tried.client.get(path))) - keys(path)
            found |= {path: more} if more else {}
    assert found == {}


@pytest.mark.parametrize("person", STRANGERS)
def test_what_others_were_answered_is_not_counted(there: World, person: str) -> None:
    client = there.client(person)
    assert url_crawl.answered_of_others(there, client, there.known(person)) == set()


def test_a_question_is_mailed_to_the_managers_of_its_project_only(
    there: World, django_capture_on_commit_callbacks: Capture
) -> None:
    keys = [f"{there.companies['A'].uid}:{MAIN}:{there.sheets[MAIN].uids()[1]}:2"]
    with django_capture_on_commit_callbacks(execute=True):
        there.client("a").post(
            "/tasks/confirm/", {"task": keys, "state": "question", "text": "質問"}
        )
    managers = {there.people[name].email for name in ("boss", "second")}
    assert {address for letter in mail.outbox for address in letter.to} == managers
    assert [url_crawl.misdirected(there, letter) for letter in mail.outbox] == [set(), set()]


def test_an_answer_is_mailed_to_the_people_who_asked_and_work_there(
    there: World, django_capture_on_commit_callbacks: Capture
) -> None:
    project, vendor = there.projects[MAIN], there.companies["A"]
    question = Question.objects.filter(project=project, vendor=vendor).order_by("pk")[0]
    answer = thread.reply(question, "回答", by=there.people["boss"], edition_number=2).text
    with django_capture_on_commit_callbacks(execute=True):
        request = RequestFactory().get("/")
        notices.send_answer(
            request, question, task=there.sheets[MAIN].second[1].item.name, text=answer
        )
    own = {there.people[name].email for name in ("a", "a_main", "both", "split")}
    assert {address for letter in mail.outbox for address in letter.to} == own
    assert {
        leak for letter in mail.outbox for leak in url_crawl.misdirected(there, letter)
    } == set()
