# ruff: noqa: E501
"""What counts as naming the project, statement by statement."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from projects.models import WorkItem
from tests.support.statements import recording
from tests.support.statements.judging import unnamed
from tests.support.statements.tables import Tables

TABLES = Tables(
    {
        "item": frozenset({"id", "project_id", "uid"}),
        "role": frozenset({"id", "project_id", "name"}),
        "project": frozenset({"id", "slug"}),
        "person": frozenset({"id", "name"}),
    },
    {"item": "project_id", "role": "project_id"},
)
NAMED = """
SELECT * FROM person
SELECT * FROM item WHERE project_id = %s
SELECT * FROM item WHERE project_id = ANY(%s::bigint[])
SELECT * FROM item LEFT JOIN role ON role.project_id = item.project_id WHERE item.project_id IN (%s, %s)
SELECT 1; SELECT * FROM item WHERE project_id = 5 AND (id = 3 OR id = 4)
SELECT * FROM item WHERE (project_id, id) IN (SELECT project_id, id FROM role WHERE project_id = %s)
SELECT i.id FROM (SELECT project_id, id FROM role WHERE project_id = %s) r (p, q) JOIN item i ON i.project_id = p
SELECT * FROM unnest(%(own)s) AS own(id) CROSS JOIN LATERAL (SELECT * FROM item WHERE project_id = own.id) i
WITH a AS (SELECT * FROM item WHERE project_id = %s) SELECT * FROM a JOIN role USING (project_id)
WITH RECURSIVE t AS (SELECT id, project_id FROM item WHERE project_id = %s UNION ALL SELECT i.id, i.project_id FROM t JOIN item i ON i.project_id = t.project_id) SELECT * FROM t
WITH own AS (SELECT * FROM json_to_recordset(%(own)s) AS given(place integer, project bigint)) SELECT place FROM own JOIN item row ON row.project_id = project
SELECT project.id, (SELECT count(*) FROM item WHERE item.project_id = project.id) FROM project WHERE project.id = %s
INSERT INTO item (project_id, uid) VALUES (%s, %s), (%s, %s) RETURNING id
INSERT INTO item (project_id, uid) SELECT %s, uid FROM unnest(%s) AS x(uid) WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.project_id = %s AND i.uid = x.uid)
UPDATE item SET uid = s.uid FROM staged s WHERE item.project_id = %s AND item.id = s.id
DELETE FROM item mark USING unnest(%s, %s) AS gone(item, role) WHERE project_id = %s AND mark.id = gone.item
"""
NOT_NAMED = """
SELECT * FROM item WHERE id = %s
SELECT * FROM item JOIN role ON role.project_id = item.project_id
SELECT * FROM item LEFT JOIN role ON role.project_id = item.project_id AND item.project_id = %s
SELECT * FROM item JOIN role ON role.project_id = item.project_id WHERE role.name = %s OR item.project_id = %s
SELECT * FROM item WHERE NOT project_id = %s
SELECT * FROM item WHERE project_id > %s
SELECT * FROM item WHERE EXISTS (SELECT 1 FROM role r WHERE r.project_id = item.project_id AND r.project_id = %s)
SELECT project.id FROM project JOIN item ON item.project_id = project.id WHERE project.slug = %s
SELECT 1 WHERE EXISTS (SELECT 1 FROM item)
SELECT project.id, (SELECT count(*) FROM item WHERE item.project_id = project.id) FROM project
WITH a AS (SELECT * FROM item) SELECT * FROM a JOIN role USING (project_id) WHERE role.project_id = %s
(SELECT * FROM item) UNION ALL (SELECT * FROM item WHERE project_id = 3)
INSERT INTO item (uid) VALUES (%s)
INSERT INTO item (project_id, uid) SELECT project_id, uid FROM item
UPDATE item SET uid = %s, project_id = %s WHERE id = %s
DELETE FROM item WHERE id IN (%s, %s)
COPY item (project_id, uid) FROM STDIN
"""


@pytest.mark.parametrize("statement", NAMED.strip().splitlines())
def test_a_statement_that_names_the_project(statement: str) -> None:
    assert unnamed(statement, TABLES) == set()


@pytest.mark.parametrize("statement", NOT_NAMED.strip().splitlines())
def test_a_statement_that_does_not(statement: str) -> None:
    assert unnamed(statement, TABLES)


_ASKING = """
from projects.models import WorkItem
def ask(**lookup):
    return WorkItem.objects.filter(**lookup).exists()
"""


def _application() -> Callable[..., bool]:
    """A function that stands in the application's folder."""
    space: dict[str, Any] = {}
    exec(compile(_ASKING, f"{recording.APPLICATION[1]}asking.py", "exec"), space)  # noqa: S102
    found: Callable[..., bool] = space["ask"]
    return found


@pytest.mark.django_db
def test_the_suite_hears_what_the_application_asks() -> None:
    ask = _application()
    ask(project=1, pk=1)
    assert recording.RECORDER.taken() == []
    ask(pk=1)
    (offence,) = recording.RECORDER.taken()
    assert (offence.place, set(offence.tables)) == ("projects.asking:ask", {"projects_workitem"})


@pytest.mark.django_db
def test_what_a_test_asks_is_its_own_affair() -> None:
    WorkItem.objects.filter(pk=1).exists()
    assert recording.RECORDER.taken() == []


@pytest.mark.django_db(transaction=True)
def test_other_threads_are_heard() -> None:
    def ask() -> None:
        with closing(connection):
            _application()(pk=1)

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert [one.place for one in recording.RECORDER.taken()] == ["projects.asking:ask"]
