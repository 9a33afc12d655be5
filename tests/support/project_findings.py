"""What is found in a project, and how people act on it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects import store
from projects.checks import Finding, findings
from projects.models import Membership, Project
from tests.support.grid_builders import grid_of

CHECKS = "/projects/besshi10/checks/"


def found(project: Project, code: str) -> list[Finding]:
    return [one for one in findings(store.load(project)) if one.code == code]


def post(client: Client, act: str, project: Project, **data: Any) -> Any:
    return client.post(f"{CHECKS}{act}/", {"revision": project.revision, **data})


def small_project(cast: dict[str, User], *lines: str) -> Project:
    """A project of the editor with those rows."""
    small = store.create(slug="small", title="小さい表", by=None)
    store.change(small, lambda _: grid_of(*lines), by=None, kind=store.Kind.EDIT)
    Membership.objects.create(project=small, user=cast["editor"], kind="editor")
    return small


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(path).status_code == 200
    return len(caught)
