"""Each of the two walls alone holds; with one down, every stone of the other is needed.

With row-level security off, each condition of the application is taken out in turn, and canaries
find a leak. With the conditions off, row-level security alone lets nothing through; its own
policies are mutated in `test_isolation_below`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

import pytest
from django.core import mail
from django.db.models import Q
from django.test import RequestFactory

from tests.support import canary_world, url_crawl
from tests.support.canary_world import MAIN, OTHER, World
from tests.support.url_crawl import received
from vendors.access import companies, row_security, seats
from vendors.access import decorators as desks
from vendors.models import Question
from vendors.models.vendor import MemberQuerySet
from vendors.questions import mail as notices
from vendors.questions import thread
from vendors.tasks import confirm, queries

pytestmark = pytest.mark.mutated
Mutation = Callable[[pytest.MonkeyPatch], None]
Capture = Callable[..., Any]
PEOPLE = ("a", "b", "c", "a_main", "split", "left", "moved", "outsider")


def everything(module: ModuleType, name: str) -> Mutation:
    """The function gives a condition that lets everything through."""
    return lambda patch: patch.setattr(module, name, lambda *_: Q(pk__isnull=False))


def without(module: ModuleType | type, name: str, part: str, instead: str = "") -> Mutation:
    """The function, or the constant, with a part of its text replaced."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        was = getattr(module, name)
        text = was if isinstance(was, str) else inspect.getsource(was)
        assert part in text, part
        mutated = text.replace(part, instead)
        patch.setattr(module, name, mutated if isinstance(was, str) else made(was, mutated))

    return mutate


def made(was: FunctionType, source: str) -> Any:
    """The function with that source, in the module where it was."""
    space: dict[str, Any] = dict(was.__globals__)
    exec(compile(dedent(source), inspect.getfile(was), "exec"), space)  # noqa: S102
    return space[was.__name__]


SCOPE: dict[str, Mutation] = {
    "own_companies": everything(seats, "own_companies"),
    "own_contracts": everything(seats, "own_contracts"),
    "shown_contracts": everything(seats, "shown_contracts"),
}
ROLES = "row.role_ids && roles"
MUTATIONS: dict[str, Mutation] = SCOPE | {
    "own companies, of anybody": without(seats, "own_companies", "members__user=person, "),
    "own companies, once": without(seats, "own_companies", ", members__active=True"),
    "own contracts, of anybody": without(seats, "own_contracts", "vendor__members__user=person, "),
    "own contracts, once": without(seats, "own_contracts", ", vendor__members__active=True"),
    "own contracts, any project": without(seats, "own_contracts", "mine & (", "mine | ("),
    "own contracts, all projects": without(seats, "own_contracts", "isnull=True", "isnull=False"),
    "shown contracts, any company": without(seats, "shown_contracts", "vendor=vendor, "),
    "shown contracts, any project": without(seats, "shown_contracts", ", project=project"),
    "company of any project": lambda patch: patch.setattr(
        desks, "company_of", made_lax(companies.company_of)
    ),
    "rows of any role": without(queries, "_TASKS", ROLES, "true"),
    "rows before of any role": without(queries, "_BEFORE", ROLES, "true"),
    "answers of any company": without(queries, "_ANSWERS", " AND vendor = vendor_id"),
    "messages of any project": without(
        thread, "threads_of", '"project_id": tasks[0].seat.project_id,'
    ),
    "closing in any company": without(
        thread, "close", ', "vendor_id": task.seat.vendor_id'
    ),
    "closing in any project": without(
        thread, "close", '"project_id": task.seat.project_id, '
    ),
    "mails to managers of any project": without(
        notices, "managers_of", "memberships__project=project_id, "
    ),
    "mails to people of any company": without(
        notices, "people_of", ".filter(vendor=vendor)"
    ),
    "mails to people who left": without(MemberQuerySet, "reachable", "active=True, "),
    "mails to people of any project": without(
        MemberQuerySet, "working_in", "project=project_id", "pk__isnull=False"
    ),
}  # fmt: skip
# taken out, these tell nobody anything, since another condition says the same
NEEDLESS: dict[str, Mutation] = {
    "an edition is of one project": without(
        queries, "_TASKS", "row.project_id = project\n    AND ", ""
    ),
    "the own rows of the edition before were the company's own": without(
        queries, "_TASKS", "row.edition_id = edition", "row.edition_id IN (edition, before)"
    ),
    "only editions of own seats are looked up": without(
        queries, "_EDITIONS", "WHERE project_id = ANY(%(projects)s)"
    ),
    "threads are kept by company": without(
        thread, "threads_of", '"vendor_id__in": [task.seat.vendor_id for task in tasks],'
    ),
}


def made_lax(was: Any) -> Any:
    source = inspect.getsource(was)
    part = "_with(Contract, project)"
    assert part in source
    return made(was, source.replace(part, "Q()"))


@pytest.fixture
def there(db: None) -> World:
    return canary_world.build()


@pytest.fixture
def leaks(there: World, django_capture_on_commit_callbacks: Capture) -> Callable[[], bool]:
    """Whether somebody, or who looks as a company, learns or changes what is another's."""
    return lambda: (
        any(_received(there, person) for person in PEOPLE)
        or any(_shown(there, company) for company in "AFD")
        or _changed(there)
        or _mailed(there, django_capture_on_commit_callbacks)
    )


def lower_the_rules(patch: pytest.MonkeyPatch) -> None:
    """Requests run as the role that everybody has: row-level security is off."""
    patch.setattr(row_security, "ROLE", "none")


@pytest.mark.parametrize("name", MUTATIONS)
def test_without_the_rules_below_each_condition_is_needed(
    name: str, leaks: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    lower_the_rules(monkeypatch)
    MUTATIONS[name](monkeypatch)
    assert leaks()


@pytest.mark.parametrize("name", NEEDLESS)
def test_some_conditions_are_said_twice(
    name: str, leaks: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    lower_the_rules(monkeypatch)
    NEEDLESS[name](monkeypatch)
    assert not leaks()


def test_without_the_rules_below_the_application_tells_nothing(
    leaks: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    lower_the_rules(monkeypatch)
    assert not leaks()


def test_the_rules_below_alone_tell_nothing(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All conditions at once are off; mails go out above the rules and are not asked for.

    What tells nothing without all of them tells nothing without one.
    """
    for name in ("own_companies", "own_contracts", "rows of any role", "rows before of any role"):
        MUTATIONS[name](monkeypatch)
    MUTATIONS["answers of any company"](monkeypatch)
    assert not any(_received(there, person) for person in PEOPLE)
    assert not _changed(there)


def test_every_scope_of_the_application_is_mutated() -> None:
    functions = dict(inspect.getmembers(seats, inspect.isfunction))
    own = {name for name, f in functions.items() if f.__annotations__.get("return") == "Q"}
    assert own == SCOPE.keys()


def test_every_statement_of_a_module_is_mutated() -> None:
    """A new statement in these modules belongs into the table."""
    statements = {name for name, text in vars(queries).items() if "FROM" in str(text)[:4000]}
    assert {name for name in statements if name.isupper()} == {
        "_COMPANY", "_TASKS", "_ANSWERS", "_BEFORE", "_EDITIONS",
    }  # fmt: skip
    asks = [n for n, f in inspect.getmembers(thread, inspect.isfunction) if _asks(f)]
    assert asks == ["_put", "ask", "close", "reply", "set_state", "threads_of"]
    assert [n for n, f in inspect.getmembers(confirm, inspect.isfunction) if _asks(f)] == [
        "record_answers"
    ]


def _asks(function: Any) -> bool:
    return ".objects." in inspect.getsource(function)


def _received(there: World, person: str) -> set[str]:
    """What the person reads and must not, on the list, in the file and on the page of each row."""
    client, known = there.client(person), there.known(person)
    found = url_crawl.answered_of_others(there, client, known)
    for path in ("?page=all", "export.xlsx", *_places(there)):
        found |= there.canaries.foreign(received(client.get(f"/tasks/{path}")), known)
    return found


def _places(there: World) -> list[str]:
    rows = there.sheets[MAIN].uids()
    return [f"{slug}/{uid}/" for uid in (rows[1], *rows[-7:]) for slug in (MAIN, OTHER)]


def _shown(there: World, company: str) -> set[str]:
    base = f"/projects/{MAIN}/companies/{there.companies[company].uid}/tasks/"
    response = there.client("boss").get(base, {"page": "all"})
    return there.canaries.foreign(received(response), {f"{company}@{MAIN}", "me:boss"})


def _changed(there: World) -> bool:
    """Whether it changes what others asked when people of A close a thread and ask on one."""
    before = _states(there)
    mine = {"company": there.companies["A"].uid}
    uid = there.sheets[MAIN].uids()[1]
    for person, body in (("a_main", {"close": "1"}), ("a_main", {"text": "質問"})):
        there.client(person).post(f"/tasks/{MAIN}/{uid}/say/", mine | body)
    shared = min(there.asked[f"A@{MAIN}"] & there.asked[f"B@{MAIN}"])
    there.client("a").post(f"/tasks/{MAIN}/{shared}/say/", {**mine, "close": "1"})
    there.client("a").post(f"/tasks/{MAIN}/{shared}/say/", {**mine, "text": "質問"})
    return _states(there) != before


def _states(there: World) -> list[tuple[Any, ...]]:
    """The questions that are not A's of the main project."""
    own = {"vendor": there.companies["A"], "project": there.projects[MAIN]}
    return list(Question.objects.exclude(**own).order_by("pk").values_list("pk", "state"))


def _mailed(there: World, capture: Capture) -> bool:
    mail.outbox.clear()
    project, vendor = there.projects[MAIN], there.companies["A"]
    question = Question.objects.filter(project=project, vendor=vendor).order_by("pk")[0]
    text = question.messages.order_by("pk")[0].text
    with capture(execute=True):
        notices.send_answer(RequestFactory().get("/"), question, task="", text=text)
        key = f"{vendor.uid}:{MAIN}:{there.sheets[MAIN].uids()[1]}:2"
        sent = {"task": key, "state": "question", "text": text}
        there.client("a").post("/tasks/confirm/", sent)
    return any(url_crawl.misdirected(there, letter) for letter in mail.outbox)
