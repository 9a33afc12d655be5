"""Guessing is slowed down: no more attempts than the limit get through, however they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.db.models import F

from raci import throttle
from raci.models import Bucket

LIMIT, SECONDS = 5, 600


def take(bucket: str = "x") -> int:
    return throttle.take(bucket, limit=LIMIT, seconds=SECONDS)


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
    throttle.forget("x")
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
