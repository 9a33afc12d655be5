"""The comparison page of the small project, and uploads to it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User

from projects import store
from projects.domain.grid import Grid, renumbered
from projects.domain.plan import diff
from projects.models import Project
from tests.support.editions import published
from tests.support.small_project import CHANGED, client_of

PAGE, FILE = "/projects/small/compare/", "/projects/small/compare.xlsx"


def becomes(row: Project, wanted: Grid, reason: str = "") -> None:
    """The project's matrix is made the wanted one, for that reason."""
    row.refresh_from_db()
    editor = User.objects.get(username="editor")
    plan = diff(store.load(row), renumbered(wanted))
    store.apply(plan, project=row, by=editor, kind=store.Kind.EDIT, reason=reason)


@pytest.fixture
def changed(project: Project) -> Project:
    """第1版, and one row that changed since."""
    published(project)
    becomes(project, CHANGED, "定例会での合意")
    return project


def page(name: str = "viewer", status: int = 200, **query: Any) -> str:
    answer = client_of(name).get(PAGE, query)
    assert answer.status_code == status
    return answer.content.decode()


def rows(html: str) -> list[str]:
    """The names of the rows in the list."""
    cells = re.findall(r'<th scope="row" class="what">(.*?)</th>', html)
    return [re.sub("<span.*?</span>|<.*?>", "", cell) for cell in cells]
