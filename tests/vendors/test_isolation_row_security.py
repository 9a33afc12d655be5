"""Row-level security alone: what plain SQL finds and writes as the role of companies."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from tests.support import canary_world
from tests.support.canary_world import World
from tests.support.row_security_probe import (
    POLICIES,
    are_faults,
    faults,
    fetch,
    fetch_nothing,
    looker,
    may,
    taken_back,
)
from vendors.access import row_security

INSERTED_ONLY = {"vendors_confirmationevent", "vendors_questionevent"}
SEATS = "vendors_seats()"
# what of vendors_seats() is left out, or made true for everybody
SEATS_MUTATIONS = {
    "AND member.active": "",
    "AND person.is_active": "",
    "AND member.user_id = vendors_person()": "",
    "AND (member.project_id IS NULL OR member.project_id = contract.project_id)": "",
    "contract.vendor_id = member.vendor_id": "true",
    "vendors_shown_as() IS NULL AND": "",
    "contract.vendor_id = vendors_shown_as()": "true",
    "person.id = vendors_person() AND": "",
    "membership.kind = 'manager'": "true",
    "AND membership.project_id = contract.project_id": "",
    "membership.user_id = person.id AND": "",
}


@pytest.fixture
def there(db: None) -> World:
    return canary_world.build()


def test_everybody_sees_and_writes_exactly_what_is_theirs(there: World) -> None:
    assert faults(there) == set()


@pytest.mark.django_db
def test_every_policy_is_known_here() -> None:
    found = fetch(
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()"
    )
    assert set(found) == {(table, name) for table, names in POLICIES.items() for name in names}


def test_each_policy_that_lets_everything_through_is_noticed(there: World) -> None:
    unnoticed = []
    for table, policy in _all_policies():
        with taken_back():
            fetch_nothing(f"ALTER POLICY {policy} ON {table} {_everything(table, policy)}")
            if not are_faults(there):
                unnoticed.append((table, policy))
    assert unnoticed == []


def test_each_policy_that_is_missing_is_noticed(there: World) -> None:
    unnoticed = []
    for table, policy in _all_policies():
        with taken_back():
            fetch_nothing(f"DROP POLICY {policy} ON {table}")
            if not are_faults(there):
                unnoticed.append((table, policy))
    assert unnoticed == []


def test_each_condition_of_who_sits_where_is_needed(there: World) -> None:
    ((source,),) = fetch(f"SELECT pg_get_functiondef('{SEATS}'::regprocedure)")
    unnoticed = []
    for condition, instead in SEATS_MUTATIONS.items():
        assert condition in str(source), condition
        with taken_back():
            fetch_nothing(str(source).replace(condition, instead))
            if not are_faults(there):
                unnoticed.append(condition)
    assert unnoticed == []


def test_every_table_of_another_kind_is_closed(there: World) -> None:
    tables = {str(name) for (name,) in fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    )}  # fmt: skip
    assert tables > POLICIES.keys() | INSERTED_ONLY
    with row_security.seen_by(there.people["a"]):
        open_ = {name for name in tables if may(f"SELECT 1 FROM {name} LIMIT 1")}
        emptied = {name for name in tables if may(f"DELETE FROM {name}")}
    assert open_ == POLICIES.keys()
    assert emptied == set()


def test_only_what_is_said_can_be_written(there: World) -> None:
    written = fetch("""
        SELECT table_name, privilege_type FROM information_schema.role_table_grants
        WHERE grantee = 'raci_vendor' AND privilege_type <> 'SELECT'
    """)
    sayings = ("vendors_confirmation", "vendors_question", "vendors_message", *INSERTED_ONLY)
    assert set(written) == {(table, "INSERT") for table in sayings}


def test_columns_that_tell_of_others_are_closed(there: World) -> None:
    for column in ("roles", "person_name", "revision"):
        with row_security.seen_by(there.people["a"]):
            assert not may(f"SELECT {column} FROM projects_edition")


def test_counters_are_closed(there: World) -> None:
    names = fetch("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
    with row_security.seen_by(there.people["a"]):
        assert not [name for (name,) in names if may(f"SELECT last_value FROM {name}")]


@pytest.mark.django_db
def test_the_rules_are_forced_on_every_table_that_companies_read() -> None:
    forced = fetch("""
        SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity
        AND relnamespace = current_schema()::regnamespace
    """)
    assert {name for (name,) in forced} == POLICIES.keys()


def test_the_role_can_neither_sign_in_nor_go_around_the_rules(there: World) -> None:
    assert fetch(
        "SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'raci_vendor'"
    ) == [(False, False, False)]


def test_within_a_longer_transaction_the_role_ends_with_the_block(there: World) -> None:
    before = _settings()
    with row_security.seen_by(there.people["a"]):
        assert _settings()[0] == "raci_vendor"
    assert _settings() == before


def test_an_error_within_the_block_leaves_nothing_behind(there: World) -> None:
    before = _settings()
    with pytest.raises(DatabaseError), row_security.seen_by(there.people["a"]):
        fetch("SELECT 1 FROM auth_user")
    assert _settings() == before


@pytest.mark.django_db(transaction=True)
def test_the_next_request_on_the_connection_is_nobodys() -> None:
    before = _settings()
    there = canary_world.build()
    user, _ = looker(there, "a", "")
    with row_security.seen_by(user):
        assert fetch("SELECT count(*) > 0 FROM projects_editionrow") == [(True,)]
    process = fetch("SELECT pg_backend_pid()")
    assert _settings() == before
    outsider, _ = looker(there, "outsider", "")
    with row_security.seen_by(outsider):
        assert fetch("SELECT count(*) FROM projects_editionrow") == [(0,)]
        assert fetch("SELECT pg_backend_pid()") == process
    connection.close()


def _settings() -> tuple[object, ...]:
    """The role, the person and the company of the connection, "" for none."""
    ((role, *looks),) = fetch("""
        SELECT current_user::text, COALESCE(current_setting('raci.person', true), ''),
            COALESCE(current_setting('raci.shown_as', true), '')
    """)
    return (role, *looks)


def _all_policies() -> list[tuple[str, str]]:
    return [(table, policy) for table, policies in POLICIES.items() for policy in policies]


def _everything(table: str, policy: str) -> str:
    """The clauses of the policy, all true."""
    ((using, check),) = fetch(
        "SELECT qual IS NOT NULL, with_check IS NOT NULL FROM pg_policies "
        "WHERE schemaname = current_schema() AND tablename = %s AND policyname = %s",
        [table, policy],
    )
    return " ".join(["USING (true)"] * bool(using) + ["WITH CHECK (true)"] * bool(check))
