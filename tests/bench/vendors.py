"""A company's list at 10,000 × 50, against its bare SQL and without row-level security; a load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.bench import grids, paced, site
from tests.bench.figures import Figure, run, say, slower
from tests.bench.rounds import Contender, medians

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from projects.models import Edition, Project

COMPARED = """\
/tasks/ of a company with one of 50 roles in 10,000 rows, the default page of 100 rows:
the whole request through the WSGI handler in this process, against psycopg2 fetching the same
company's rows, confirmations and changed rows and making nothing of them; and against itself with
a plain transaction in the place of `rls.seen_by`. Publishing 10,000 × 50 against loading it. The
load: 16 companies × 20 people who each open /tasks/ of the real document every 60 s, while 20
people save a cell every 5 s, over HTTP; the wait counts from when the person wanted the page."""
ROUNDS, PUBLISHED = 15, 3
MOST_OF_SQL, MOST_OF_OPEN = 2, 1.2
_ROWS = """SELECT * FROM projects_editionrow
WHERE project_id = %s AND edition_id = %s AND role_ids && ARRAY[%s]::bigint[] ORDER BY position"""
_SAID = "SELECT * FROM vendors_confirmation WHERE project_id = %s AND vendor_id = %s"
_ASKED = "SELECT * FROM vendors_question WHERE project_id = %s AND vendor_id = %s"
_CHANGED = """SELECT * FROM projects_editionrow was
WHERE project_id = %(project)s AND edition_id = %(before)s AND role_ids && ARRAY[%(role)s]::bigint[]
AND NOT EXISTS (SELECT 1 FROM projects_editionrow now WHERE now.project_id = %(project)s
    AND now.edition_id = %(now)s AND now.uid = was.uid AND now.content = was.content)"""


def measure() -> Iterator[Figure]:
    with site.opened(pages=True):
        real_project, real = site.real_project()
        large = site.project_of(grids.large(real), "large")
        yield from _published(large)
        person = _company(large)
        site.analyse()
        yield from _pages(large, person)
        yield from paced.figures(real_project)


def _published(project: Project) -> Iterator[Figure]:
    """Two 版 that differ in one row of fifty; and what publishing costs."""
    from projects import store

    _publish(project)
    with_changes = "UPDATE projects_workitem SET description = description || '。' "
    _execute(f"{with_changes} WHERE project_id = %s AND position %% 50 = 7", project.pk)
    turns = {
        "publish": Contender(lambda: _taken_back(lambda: _publish(project))),
        "load": Contender(lambda: store.load(project)),
    }
    seconds = medians(turns, rounds=PUBLISHED)
    yield slower("vendors, publishing / loading", seconds["publish"], seconds["load"])
    _publish(project)


def _publish(project: Project) -> Edition:
    from projects.store import editions

    project.refresh_from_db()
    return editions.publish(
        project, title="", date=date(2026, 4, 1), revision=project.revision, by=None
    )


def _taken_back(act: Callable[[], object]) -> None:
    from django.db import transaction

    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def _company(project: Project) -> User:
    """A person of a company that fills the eighth role and has confirmed every second row."""
    from django.contrib.auth.models import User

    from projects.models import EditionRow
    from vendors.models import Confirmation, Contract, Member, Vendor

    role = project.roles.order_by("position")[7]
    vendor, user = Vendor.objects.create(name="計測の会社"), User.objects.create_user("measured")
    Contract.objects.create(vendor=vendor, project=project, role=role)
    Member.objects.create(vendor=vendor, user=user)
    rows = EditionRow.objects.filter(
        project=project, edition__number=1, role_ids__contains=[role.pk]
    ).order_by("position")
    said = {"state": "confirmed", "edition_number": 1, "person": user, "person_name": "計測"}
    Confirmation.objects.bulk_create(
        Confirmation(project=project, vendor=vendor, uid=row.uid, **said) for row in rows[::2]
    )
    return user


def _pages(project: Project, person: User) -> Iterator[Figure]:
    request = _request(person)
    bare, rows = _bare(project, person)
    body = request()
    say(f"vendors: {rows:,} rows, {len(body):,} bytes")
    turns = {
        "ours": Contender(request),
        "bare": Contender(bare),
        "open": Contender(_without_rules(request)),
    }
    seconds = medians(turns, rounds=ROUNDS)
    yield slower("vendors, page / bare SQL", seconds["ours"], seconds["bare"], at_most=MOST_OF_SQL)
    yield slower(
        "vendors, page / without row security",
        seconds["ours"],
        seconds["open"],
        at_most=MOST_OF_OPEN,
    )


def _request(person: User) -> Callable[[], bytes]:
    """GET /tasks/ as a server's worker calls the application."""
    from raci.wsgi import application

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/tasks/",
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": site.signed_in(person.username),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }

    def request() -> bytes:
        told: list[str] = []
        start: Any = lambda status, *_: told.append(status)  # noqa: E731
        response = application({**environ, "wsgi.input": BytesIO()}, start)
        body = b"".join(response)
        close = getattr(response, "close", None)
        if close:
            close()
        if told != ["200 OK"]:
            raise RuntimeError(f"{told}: {body[:500]!r}")
        return body

    return request


def _without_rules(request: Callable[[], bytes]) -> Callable[[], bytes]:
    """The same with a plain transaction where the role of companies was."""
    from django.db import transaction

    from vendors.access import row_security

    @contextmanager
    def plain(*_: object, **__: object) -> Iterator[None]:
        with transaction.atomic():
            yield

    def run_open() -> bytes:
        with patch.object(row_security, "seen_by", plain):
            return request()

    return run_open


def _bare(project: Project, person: User) -> tuple[Callable[[], None], int]:
    """Fetches what the company has with psycopg2; and how many rows these are."""
    from django.db import connection

    from vendors.models import Contract

    contract = Contract.objects.get(project=project, vendor__members__user=person)
    now, before = project.editions.order_by("-number").values_list("pk", flat=True)[:2]
    ids = {"project": project.pk, "role": contract.role_id, "now": now, "before": before}
    pair = (project.pk, contract.vendor_id)
    statements: list[tuple[str, Any]] = [
        (_ROWS, (project.pk, now, contract.role_id)),
        (_SAID, pair),
        (_ASKED, pair),
        (_CHANGED, ids),
    ]

    def fetch() -> None:
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            for statement, values in statements:
                cursor.execute(statement, values)
                cursor.fetchall()

    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(_ROWS, statements[0][1])
        return fetch, len(cursor.fetchall())


def _execute(statement: str, *values: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)


if __name__ == "__main__":
    run(measure, COMPARED)
