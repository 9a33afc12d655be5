"""What the database shows and takes as the role of companies, by plain SQL alone.

`faults` compares it with what `tests.support.canary_world` says that each party may see and say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from tests.support.canary_world import ABSENT, COMPANIES, MAIN, OTHER, ROLES, World, places
from vendors.access import row_security
from vendors.models import Confirmation, Contract, Member, Message, Question, Vendor

SAYINGS = (Confirmation, Question, Message)
# table: its policies
POLICIES = {
    "projects_project": ("company", "everybody_else"),
    "projects_edition": ("company", "everybody_else"),
    "projects_editionrow": ("company", "everybody_else"),
    "vendors_vendor": ("company", "everybody_else"),
    "vendors_contract": ("company", "everybody_else"),
    "vendors_member": ("company", "everybody_else"),
    "vendors_confirmation": ("company", "company_changes", "company_says", "everybody_else"),
    "vendors_question": ("company", "company_changes", "company_says", "everybody_else"),
    "vendors_message": ("company", "company_says", "everybody_else"),
}
# who looks, as which company
LOOKERS = (
    ("a", ""),
    ("b", ""),
    ("a_main", ""),
    ("split", ""),
    ("left", ""),
    ("moved", ""),
    ("off", ""),
    ("boss", "A"),
    ("other_viewer", "A"),
    ("a", "B"),
)
LONG_AGO = "1999-01-01"
_CONFIRM = """INSERT INTO vendors_confirmation
    (project_id, vendor_id, uid, edition_number, person_id, person_name, state)
    VALUES (%(project)s, %(vendor)s, %(uid)s, 2, %(person)s, '', 'confirmed')"""
_ASK = """INSERT INTO vendors_question (project_id, vendor_id, uid, state)
    VALUES (%(project)s, %(vendor)s, %(uid)s, 'open')"""
_SAY = """INSERT INTO vendors_message (project_id, vendor_id, uid, edition_number, person_id,
    person_name, question_id, side, text)
    VALUES (%(project)s, %(vendor)s, %(uid)s, 2, %(person)s, '', %(question)s, %(side)s, 'x')"""
_UPDATES = (
    "UPDATE vendors_confirmation SET at = %s, person_id = vendors_person()",
    "UPDATE vendors_question SET at = %s",
)
_INSERTS = {"vendors_confirmation": _CONFIRM, "vendors_question": _ASK, "vendors_message": _SAY}


def faults(world: World) -> set[str]:
    """What is wrong: seen, unseen, written, unsaid or hidden from the owner. Changes nothing."""
    return set(_faults(world))


def are_faults(world: World) -> bool:
    """Whether anything is; stops at the first."""
    return next(_faults(world), None) is not None


def _faults(world: World) -> Iterator[str]:
    owned = _parties(world)
    for person, company in LOOKERS:
        visible = _visible(world, person, company)
        expected = _expected(world, owned, person, company)
        yield from (f"{person} sees {t}" for t in POLICIES if visible[t] - expected[t])
        yield from (f"{person} misses {t}" for t in POLICIES if expected[t] - visible[t])
    for rest in (_hidden_from_the_owner, lambda: _unsaid(world), lambda: _written(world)):
        yield from rest()


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done within is gone afterwards, settings and roles too."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fetch(statement: str, values: Any = None) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows


def may(statement: str, values: Any = None) -> bool:
    """Whether the statement is carried out and finds a row; it is taken back."""
    try:
        with taken_back(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return bool(cursor.rowcount > 0)
    except DatabaseError:
        return False


def looker(world: World, person: str, company: str) -> tuple[User, Vendor | None]:
    return world.people[person], world.companies.get(company)


def _visible(world: World, person: str, company: str) -> dict[str, set[object]]:
    user, vendor = looker(world, person, company)
    with row_security.seen_by(user, shown_as=vendor):
        return {t: {pk for (pk,) in fetch(f"SELECT id FROM {t}")} for t in POLICIES}


def _expected(
    world: World, owned: Mapping[str, dict[object, set[str]]], person: str, company: str
) -> dict[str, set[object]]:
    known = world.known(person)
    if company:
        managed = {MAIN} if person == "boss" else set()
        known = {f"me:{person}", *(f"{company}@{slug}" for slug in managed)}
    return {t: {pk for pk, parties in owned[t].items() if parties & known} for t in POLICIES}


def _parties(world: World) -> dict[str, dict[object, set[str]]]:
    """Of every protected row the parties that may see it."""
    found: dict[str, dict[object, set[str]]] = {table: {} for table in POLICIES}
    for slug, project in world.projects.items():
        everybody = world.sheets[slug].parties(*ROLES[slug])
        found["projects_project"][project.pk] = everybody
        for edition in project.editions.all():
            found["projects_edition"][edition.pk] = everybody
            for row in edition.rows.all():
                found["projects_editionrow"][row.pk] = _row_parties(world, slug, row.role_names)
        for model in (Contract, *SAYINGS):
            found[model._meta.db_table] |= _company_parties(world, slug, model)
    for letter in COMPANIES:
        found["vendors_vendor"][world.companies[letter].pk] = set(places(letter))
    _add_members(world, found)
    return found


def _company_parties(world: World, slug: str, model: type[Model]) -> dict[object, set[str]]:
    """The rows of the model in the project: each is its company's alone."""
    letters = {vendor.pk: letter for letter, vendor in world.companies.items()}
    rows = model._default_manager.filter(project=world.projects[slug])
    return {pk: {f"{letters[v]}@{slug}"} for pk, v in rows.values_list("pk", "vendor_id")}


def _add_members(world: World, found: dict[str, dict[object, set[str]]]) -> None:
    """Memberships are the person's own; their employer is there, whatever else is not."""
    names = {user.pk: name for name, user in world.people.items()}
    for member in Member.objects.all():
        me = f"me:{names[member.user_id]}"
        found["vendors_member"][member.pk] = {me}
        if member.active:
            found["vendors_vendor"][member.vendor_id].add(me)


def _row_parties(world: World, slug: str, role_names: list[str]) -> set[str]:
    sheet = world.sheets[slug]
    return sheet.parties(*(role for role, name in sheet.names.items() if name in role_names))


def _written(world: World) -> set[str]:
    """What A's person, and the manager who looks as A, can write and must not."""
    found = set()
    for person, company in (("a", ""), ("a_main", ""), ("boss", "A")):
        user, vendor = looker(world, person, company)
        with taken_back():
            before, attempts = _sayings_of_others(world), list(_attempts(world, person))
            with row_security.seen_by(user, shown_as=vendor):
                acts = [name for name, act, values in attempts if may(act, values)]
                for act in _UPDATES:
                    _try(act, [LONG_AGO])
            found |= {f"{person} writes {name}" for name in acts}
            if _sayings_of_others(world) != before:
                found.add(f"{person} changes what others said")
    return found


def _try(statement: str, values: Any) -> None:
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _sayings_of_others(world: World) -> list[tuple[object, ...]]:
    """When companies other than A said what they said."""
    others = {"vendor": world.companies["A"].pk}
    return [
        row
        for table in ("vendors_confirmation", "vendors_question")
        for row in fetch(f"SELECT id, at FROM {table} WHERE vendor_id <> %(vendor)s", others)
    ]


def _attempts(world: World, person: str) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Inserts that must fail: (name, statement, values)."""
    mine = _own(world, person)
    sheet, b = world.sheets[MAIN], world.companies["B"].pk
    foreign: dict[str, dict[str, object]] = {
        "for another company": {"vendor": b, "uid": _free(world, "B")},
        "in a project where it has no part": {"project": world.projects[OTHER].pk, "vendor": b},
        "on a row of another company": {"uid": sheet.second[11].item.uid},
        "on a draft": {"uid": sheet.live[4].item.uid},
        "on a row that is not there": {"uid": ABSENT},
        "in the name of another person": {"person": world.people["b"].pk},
        "as the PMO": {"side": "pmo"},
    }
    needs = {"in the name of another person": {"vendors_confirmation", "vendors_message"}}
    needs["as the PMO"] = {"vendors_message"}
    for name, values in foreign.items():
        for table in needs.get(name, _INSERTS):
            yield f"{table} {name}", _INSERTS[table], mine | values
    if person == "boss":
        yield from ((f"{table} while looking as", act, mine) for table, act in _INSERTS.items())


def _unsaid(world: World) -> set[str]:
    """What A's person must be able to say and change, and cannot."""
    mine = _own(world, "a")
    with row_security.seen_by(world.people["a"]):
        cannot = {f"a cannot say {t}" for t, act in _INSERTS.items() if not may(act, mine)}
        return cannot | {f"a cannot {act}" for act in _UPDATES if not may(act, [LONG_AGO])}


def _own(world: World, person: str) -> dict[str, object]:
    """What A may say: of a row of its own on which nothing was said yet."""
    question = Question.objects.filter(
        project=world.projects[MAIN], vendor=world.companies["A"]
    ).order_by("pk")[0]
    return {
        "project": world.projects[MAIN].pk,
        "vendor": world.companies["A"].pk,
        "uid": _free(world, "A"),
        "person": world.people[person].pk,
        "question": question.pk,
        "side": "company",
    }


def _free(world: World, company: str) -> str:
    """A row of the company that came with 第2版 and of which it said nothing."""
    sheet, vendor = world.sheets[MAIN], world.companies[company]
    said = {
        uid
        for model in (Confirmation, Question)
        for uid in model._default_manager.filter(vendor=vendor).values_list("uid", flat=True)
    }
    names = sheet.shown(company)
    return next(
        row.item.uid
        for row in reversed(sheet.second)
        if row.item.name in names and row.item.uid not in said
    )


def _hidden_from_the_owner() -> set[str]:
    """What an owner of the tables who is no superuser, as in production, does not see."""
    found = set()
    owner = f"canary_owner_{os.getpid()}"  # roles are the server's: other processes test too
    with taken_back():
        fetch_nothing(f"CREATE ROLE {owner} NOLOGIN")
        for table in POLICIES:
            (count,) = fetch(f"SELECT count(*) FROM {table}")
            with taken_back():
                fetch_nothing(f"ALTER TABLE {table} OWNER TO {owner}")
                fetch_nothing(f"SET LOCAL ROLE {owner}")
                if fetch(f"SELECT count(*) FROM {table}") != [count]:
                    found.add(f"the owner misses {table}")
    return found


def fetch_nothing(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
