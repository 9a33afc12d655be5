"""A slow statement gets a line in the log, without what people entered."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from raci import urls
from raci.database.query_timing import LONGEST, without_literals
from raci.http import request_log

pytestmark = pytest.mark.django_db
SECRET = "himitsu"
SLOW = "SELECT pg_sleep(0.03), %s::text, 'inline ' || 12345"


@login_not_required
def sleeping(request: HttpRequest, slug: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(SLOW, [request.GET["q"]])
    return HttpResponse()


urlpatterns = [path("sleeping/<slug:slug>/", sleeping), *urls.urlpatterns]


@pytest.fixture
def written() -> Iterator[Callable[[logging.Formatter], str]]:
    """The lines about statements so far, as a formatter writes them."""
    handler = Kept()
    logger = logging.getLogger("raci.statement")
    logger.addHandler(handler)
    yield lambda formatter: "\n".join(map(formatter.format, handler.records))
    logger.removeHandler(handler)


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@override_settings(SLOW_STATEMENT_MS=20, ROOT_URLCONF="tests.site.test_slow_statements")
def test_it_is_told_with_its_request_and_without_values(db: None) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request_log.Formatter())
    logger = logging.getLogger("raci.statement")
    logger.addHandler(handler)
    try:
        answer = Client().get(f"/sleeping/yamada/?q={SECRET}")
        Client().get("/login/")
    finally:
        logger.removeHandler(handler)
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    (line,) = [one for one in told if "pg_sleep" in one["sql"]]
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["route"] == "/sleeping/<slug:slug>/"
    assert line["sql"] == "SELECT pg_sleep(?), %s::text, ? || ?"
    assert (line["rows"], line["level"]) == (1, "WARNING")
    assert line["ms"] >= 30
    assert not any(text in stream.getvalue() for text in (SECRET, "yamada", "inline", "12345"))


@override_settings(SLOW_STATEMENT_MS=20)
def test_a_quiet_log_has_it_in_words(written: Callable[[logging.Formatter], str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SLOW, [SECRET])
    told = written(request_log.QuietFormatter("{levelname} {name}: {message}", style="{"))
    assert told.startswith("WARNING raci.statement: slow statement ms=")
    assert told.endswith("rows=1 route=- sql=SELECT pg_sleep(?), %s::text, ? || ?")


@override_settings(SLOW_STATEMENT_MS=20)
def test_one_that_fails_is_told_too(written: Callable[[logging.Formatter], str]) -> None:
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL statement_timeout = 40; SELECT pg_sleep(5)")
    assert json.loads(written(request_log.Formatter()))["rows"] is None


@override_settings(SLOW_STATEMENT_MS=10_000)
def test_quick_ones_are_not(written: Callable[[logging.Formatter], str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SLOW, [SECRET])
    assert written(request_log.Formatter()) == ""


@pytest.mark.parametrize(
    ("sql", "plain"),
    [
        ("SELECT 'it''s', 1.5e3 FROM t1", "SELECT ?, ? FROM t1"),
        ("SELECT E'a\\'b', x FROM y", "SELECT ?, x FROM y"),
        ('SELECT "項番 \'1\'" FROM "t 2"', 'SELECT "項番 \'1\'" FROM "t 2"'),
        ("SELECT 'a\\' || x || 'himitsu'", "SELECT ? || x || ?"),
        ("SELECT $$a 'b$$, $tag$c$tag$", "SELECT ?, ?"),
        ("SELECT 1 -- himitsu\n+ x /* himitsu */", "SELECT ? ? + x ?"),
        ("SELECT 'never closed himitsu", "SELECT ?"),
        ("SELECT %(name)s, %s, x::int4[]", "SELECT %(name)s, %s, x::int4[]"),
        (b"INSERT INTO t VALUES ('\xe5\xb1\xb1', -3)", "INSERT INTO t VALUES (?, -?)"),
        ("COPY t FROM STDIN", "COPY t FROM STDIN"),
    ],
)
def test_no_text_and_no_number_of_a_statement_is_kept(sql: Any, plain: str) -> None:
    assert without_literals(sql) == plain


def test_a_very_long_one_is_cut() -> None:
    assert len(without_literals("SELECT a," * 5_000)) == LONGEST
