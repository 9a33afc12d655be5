"""Guessing is slowed down: no more attempts than the limit get through, however they come."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F
from django.test import Client, RequestFactory, override_settings

from raci.accounts import known_devices, rate_limit, sign_in_attempts
from raci.models import Bucket
from tests.support.people import PASSWORD

LIMIT, SECONDS = 5, 600


def take(bucket: str = "x") -> int:
    return rate_limit.take(bucket, limit=LIMIT, seconds=SECONDS)


def let_time_pass(seconds: int) -> None:
    Bucket.objects.update(until=F("until") - timedelta(seconds=seconds))


@pytest.mark.django_db
def test_the_limit_gets_through_and_the_next_waits_for_the_rest_of_the_time() -> None:
    assert [take() for _ in range(LIMIT)] == [0] * LIMIT
    let_time_pass(100)
    assert SECONDS - 110 < take() <= SECONDS - 100


@pytest.mark.django_db
def test_waiting_opens_it_again_although_more_was_tried_meanwhile() -> None:
    assert [take() > 0 for _ in range(3 * LIMIT)].count(False) == LIMIT
    let_time_pass(SECONDS)
    assert [take() > 0 for _ in range(LIMIT + 1)] == [False] * LIMIT + [True]


@pytest.mark.django_db
def test_buckets_do_not_know_each_other_and_one_is_forgotten_alone() -> None:
    for bucket in ("x", "y"):
        for _ in range(LIMIT):
            take(bucket)
    rate_limit.forget("x")
    assert take("x") == 0
    assert take("y") > 0


@pytest.mark.django_db
def test_old_counters_go_with_the_traffic() -> None:
    for number in range(10):
        take(f"old {number}")
    let_time_pass(SECONDS + 1)
    for number in range(10):
        take(f"new {number}")
    assert Bucket.objects.count() == 10


@pytest.mark.django_db
def test_the_table_does_not_say_who_tried() -> None:
    take("account:yamada")
    assert "yamada" not in Bucket.objects.get().key


@pytest.mark.django_db(transaction=True)
def test_nothing_is_counted_in_a_transaction_that_could_take_it_back() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        take()


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_get_no_more_than_the_limit_through() -> None:
    people, each = 10, 10
    together = Barrier(people)

    def storm(_: int) -> list[int]:
        try:
            together.wait(20)
            return [take() for _ in range(each)]
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as threads:
        waits = [wait for many in threads.map(storm, range(people)) for wait in many]
    assert len(waits) == people * each
    assert waits.count(0) == LIMIT


RIGHT = {"username": "editor", "password": PASSWORD}
WRONG = {"username": "editor", "password": "wrong"}
ACCOUNT_TIMES = sign_in_attempts.PER_ACCOUNT


def post(client: Client, form: dict[str, str], path: str = "/login/", **extra: str) -> int:
    return client.post(path, form, **extra).status_code  # type: ignore[arg-type]


def use_up(name: str = "editor") -> None:
    """All attempts of an account, each from an address of its own."""
    for number in range(ACCOUNT_TIMES):
        form = {**WRONG, "username": name}
        assert post(Client(), form, REMOTE_ADDR=f"192.0.2.{number}") == 200


@pytest.fixture
def editor(db: None) -> User:
    return User.objects.create_user("editor", password=PASSWORD, email="editor@example.jp")


def test_after_too_many_attempts_the_right_password_is_refused_in_words(editor: User) -> None:
    use_up()
    response = Client().post("/login/", RIGHT)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= sign_in_attempts.SECONDS
    assert "15分ほど待ってから" in response.content.decode()
    let_time_pass(sign_in_attempts.SECONDS)
    assert post(Client(), RIGHT) == 302


def test_who_signed_in_here_before_is_not_shut_out_by_an_attacker(editor: User) -> None:
    victim = Client()
    assert post(victim, RIGHT) == 302
    victim.post("/logout/")
    use_up()
    assert post(Client(), RIGHT) == 429
    assert post(victim, RIGHT) == 302


def test_a_known_device_has_no_more_attempts_than_others(editor: User) -> None:
    device = Client()
    post(device, RIGHT)
    device.post("/logout/")
    assert [post(device, WRONG) for _ in range(ACCOUNT_TIMES + 1)] == [200] * ACCOUNT_TIMES + [429]
    assert post(Client(), RIGHT) == 302


def test_the_device_of_one_account_is_worth_nothing_for_another(editor: User) -> None:
    User.objects.create_user("thief", password=PASSWORD)
    thief = Client()
    assert post(thief, {**RIGHT, "username": "thief"}) == 302
    thief.post("/logout/")
    (cookie,) = (one for name, one in thief.cookies.items() if name.startswith("device_"))
    thief.cookies[known_devices._name(editor)] = cookie.value
    use_up()
    assert post(thief, RIGHT) == 429


def test_a_forged_device_is_none(editor: User) -> None:
    forged = Client()
    forged.cookies[known_devices._name(editor)] = "WzEsICJ4Il0:1:x"
    use_up()
    assert post(forged, RIGHT) == 429


def test_the_device_cookie_is_kept_from_scripts_and_other_sites(editor: User) -> None:
    client = Client()
    client.post("/login/", RIGHT)
    (cookie,) = (one for name, one in client.cookies.items() if name.startswith("device_"))
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "editor" not in str(cookie)


def test_success_gives_the_attempts_back(editor: User) -> None:
    for _ in range(3):
        for _ in range(ACCOUNT_TIMES - 1):
            post(Client(), WRONG)
        assert post(Client(), RIGHT) == 302


def test_names_that_pass_for_the_same_count_together(editor: User) -> None:
    for number in range(ACCOUNT_TIMES):
        name = ("EDITOR ", "ｅｄｉｔｏｒ", "Editor")[number % 3]
        post(Client(), {**WRONG, "username": name})
    assert post(Client(), RIGHT) == 429


def test_an_address_that_tries_many_accounts_is_slowed_down(editor: User) -> None:
    for number in range(sign_in_attempts.PER_ADDRESS):
        assert post(Client(), {**WRONG, "username": f"nobody{number}"}) == 200
    assert post(Client(), RIGHT) == 429
    assert post(Client(), RIGHT, REMOTE_ADDR="192.0.2.9") == 302


def test_many_who_sign_in_from_one_address_do_not_slow_each_other_down(editor: User) -> None:
    for _ in range(sign_in_attempts.PER_ADDRESS + 5):
        assert authenticate(RequestFactory().post("/"), **RIGHT) == editor


def test_an_account_of_the_attackers_does_not_clear_the_address(editor: User) -> None:
    for number in range(sign_in_attempts.PER_ADDRESS):
        post(Client(), {**WRONG, "username": f"nobody{number}"})
        if number % 10 == 0:
            assert post(Client(), RIGHT) == 302
    assert post(Client(), RIGHT) == 429


def test_confirming_the_password_often_is_no_guessing(editor: User) -> None:
    client = Client()
    post(client, RIGHT)
    for _ in range(2 * ACCOUNT_TIMES):
        request = RequestFactory().post("/", headers={"cookie": client.cookies.output(header="")})
        assert authenticate(request, **RIGHT) == editor


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_who_has_a_network_of_addresses_has_one_count(
    first: str, second: str, together: bool
) -> None:
    assert (sign_in_attempts._network(first) == sign_in_attempts._network(second)) is together


def test_behind_a_proxy_the_address_is_whom_the_proxy_saw(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7"})
    assert sign_in_attempts.address_of(request) == "127.0.0.1"
    with override_settings(BEHIND_PROXY=True):
        assert sign_in_attempts.address_of(request) == "192.0.2.7"


def test_an_account_that_does_not_exist_answers_like_one_that_does(editor: User) -> None:
    def answers(name: str) -> list[tuple[int, str]]:
        found = []
        for _ in range(ACCOUNT_TIMES + 1):
            response = Client().post("/login/", {**WRONG, "username": name})
            text = re.sub(r'value="[^"]*"', "", response.content.decode())
            found.append((response.status_code, text))
        return found

    assert answers("editor") == answers("nobody")


def test_an_unknown_account_costs_a_hash_too(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        made.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for name in ("editor", "nobody"):
        assert authenticate(None, username=name, password="wrong") is None
    assert made == ["wrong", "wrong"]


def test_by_mail_address_it_is_the_same_account(editor: User) -> None:
    assert authenticate(None, email="Editor@example.jp", password=PASSWORD) == editor
    for _ in range(ACCOUNT_TIMES):
        authenticate(None, email="editor@example.jp", password="wrong")
    assert authenticate(None, username="editor", password=PASSWORD) is None


def test_the_admin_has_no_login_of_its_own(editor: User) -> None:
    response = Client().post("/admin/login/", RIGHT)
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/admin/login/")


@pytest.mark.django_db(transaction=True)
def test_a_hundred_forms_at_once_try_no_more_passwords_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    User.objects.create_user("editor", password=PASSWORD)
    tried: list[str] = []
    check = User.check_password

    def noted(self: User, password: str) -> bool:
        tried.append(password)
        return check(self, password)

    monkeypatch.setattr(User, "check_password", noted)
    people, each = 10, 10
    together = Barrier(people)

    def storm(who: int) -> list[int]:
        try:
            together.wait(20)
            return [post(Client(), WRONG, REMOTE_ADDR=f"192.0.2.{who}") for _ in range(each)]
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as threads:
        statuses = [status for many in threads.map(storm, range(people)) for status in many]
    assert len(tried) == ACCOUNT_TIMES
    assert (statuses.count(200), statuses.count(429)) == (ACCOUNT_TIMES, 100 - ACCOUNT_TIMES)
