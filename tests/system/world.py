"""The site's content for the tests: `python -m tests.system.world SIZES` in its own process.

Prints as JSON who is there, with the sessions that they have already, and what they begin with.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from projects.domain.grid import Grid
    from projects.models import Project

TOKEN_LENGTH = 32
CHANGED_MARKS = 200
# Everything of Django's is imported late: the settings find the database in the environment.


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of what: `offices` are projects in which people edit, in `intakes` one imports.

    Somebody imports and publishes also in the demo's project, in which the readers have a part.
    """

    offices: int
    editors: int
    intakes: int
    readers: int


def make(sizes: Sizes) -> dict[str, Any]:
    from vendors import demo

    demo.set_up(new_password=lambda: "unused", report=lambda _: None)
    from projects import store
    from projects.models import Project

    first = Project.objects.get(slug=demo.SLUG)
    grid = store.load(first)
    offices = [_project(f"office{place}", grid) for place in range(sizes.offices)]
    intakes = [first, *(_project(f"intake{place}", grid) for place in range(sizes.intakes))]
    return {
        "editors": [
            _editor(offices[place % sizes.offices], f"editor{place}")
            for place in range(sizes.editors)
        ],
        "importers": [_manager(project, f"importer-{project.slug}") for project in intakes],
        "readers": [_reader(first, place) for place in range(sizes.readers)],
        "projects": {project.slug: _content(project) for project in [*offices, *intakes]},
        "files": _files(grid),
    }


def _project(slug: str, grid: Grid) -> Project:
    from projects import store
    from projects.domain.plan import diff

    project = store.create(slug=slug, title=grid.title, by=None)
    plan = diff(store.load(project), grid)
    store.apply(plan, project=project, by=None, kind=store.Kind.IMPORT)
    project.refresh_from_db()
    return project


def _editor(project: Project, name: str) -> dict[str, str]:
    return _member(project, name, "editor")


def _manager(project: Project, name: str) -> dict[str, str]:
    return _member(project, name, "manager")


def _member(project: Project, name: str, kind: str) -> dict[str, str]:
    from projects.models import Membership

    user = _user(name)
    Membership.objects.create(project=project, user=user, kind=kind)
    return {"project": project.slug, **session_of(user)}


def _reader(project: Project, place: int) -> dict[str, str]:
    from vendors.models import Member, Vendor

    vendors = Vendor.objects.order_by("pk")
    user = _user(f"reader{place}")
    Member.objects.create(vendor=vendors[place % vendors.count()], user=user, project=project)
    return {"project": project.slug, **session_of(user)}


def _user(name: str) -> User:
    """Without an address: mails go to the people of the demo."""
    from django.contrib.auth.models import User

    return User.objects.create(username=name, password="!")


def session_of(user: User) -> dict[str, str]:
    """A browser in which the person has signed in: Cookie header and CSRF token."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.middleware.csrf import CSRF_SESSION_KEY
    from django.utils.crypto import get_random_string

    from raci.accounts.sessions import SessionStore

    session, token = SessionStore(), get_random_string(TOKEN_LENGTH)
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "raci.accounts.sessions.Backend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[CSRF_SESSION_KEY] = token
    session.begin()
    session.create()
    return {"name": user.username, "cookie": f"sessionid={session.session_key}", "token": token}


def _content(project: Project) -> dict[str, Any]:
    from projects import store

    found = store.load(project)
    names = [role.name for role in found.roles]
    marks = {item.uid: dict(zip(names, item.marks, strict=True)) for item in found.items}
    return {"revision": project.revision, "marks": marks}


def _files(grid: Grid) -> dict[str, str]:
    """Two workbooks: the grid, and the same with other marks in its first rows."""
    from projects.excel import workbook

    flipped = {"◎": "○", "○": "◎", "": ""}
    items, left = [], CHANGED_MARKS
    for item in grid.items:
        marks = tuple(flipped.get(mark, mark) for mark in item.marks) if left > 0 else item.marks
        left -= sum(bool(mark) for mark in marks)
        items.append(replace(item, marks=marks))
    both = {"A": grid, "B": replace(grid, items=tuple(items))}
    return {name: base64.b64encode(_bytes(workbook, one)).decode() for name, one in both.items()}


def _bytes(workbook: Any, grid: Grid) -> bytes:
    return bytes(workbook.matrix(grid))


if __name__ == "__main__":
    import django

    django.setup()
    sys.stdout.write(json.dumps(make(Sizes(**json.loads(sys.argv[1])))))
