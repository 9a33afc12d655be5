"""Waivers that name a column follow it when the column is called otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects import store
from projects.checks import Code
from projects.domain.grid import Grid, Role
from projects.domain.role_edits import Wanted, renames, with_roles
from projects.findings.review import State, review
from projects.models import Project, Waiver
from projects.store import waivers
from tests.support.grid_builders import grid_of, roles_of, uid

pytestmark = pytest.mark.django_db
ROWS = ("設計", *(f"  作業{n} ◎ ◎ . ." for n in range(6)))


@pytest.fixture
def project() -> Project:
    """A社 and B社 lead every task (W1, W2), 甲 and 乙 have none (W3)."""
    made = store.create(slug="small", title="小さい表", by=None)
    grid = grid_of(*ROWS, roles=("A社", "B社", "甲", "乙"))
    store.change(made, lambda _: grid, by=None, kind=store.Kind.EDIT)
    return made


def called(project: Project, **names: str) -> None:
    """The columns are renamed as on their page."""
    wanted = [
        Wanted(role.name, replace(role, name=names.get(role.name, role.name)))
        for role in store.load(project).roles
    ]

    def edit(grid: Grid) -> Grid:
        return with_roles(grid, wanted)

    store.change(project, edit, by=None, kind=store.Kind.STRUCTURE, renamed=renames(wanted))


def waived(project: Project, code: Code, column: str) -> None:
    found = [one.finding for one in review(project).judged]
    (own,) = [one for one in found if one.code is code and one.roles == (column,)]
    waivers.waive(project, [own], reason=f"{column}のこと", by=None)


def reasons(project: Project, code: Code) -> dict[str, str]:
    """Column → why its finding of that code is waived."""
    return {
        one.finding.roles[0]: one.waiver.reason
        for one in review(project).judged
        if one.finding.code is code and one.state is State.WAIVED and one.waiver
    }


def rule(project: Project, role: str) -> None:
    waivers.waive_below(project, Code.SEVERAL_LEADS, uid=uid(1), role=role, reason="共同", by=None)


def test_a_rule_for_a_column_holds_under_its_new_name(project: Project) -> None:
    rule(project, "A社")
    called(project, A社="新A社")
    assert Waiver.objects.get().role == "新A社"
    states = {one.state for one in review(project).judged if one.finding.code == "W1"}
    assert states == {State.WAIVED}


def test_a_rule_for_another_column_stays(project: Project) -> None:
    rule(project, "B社")
    called(project, A社="新A社")
    assert Waiver.objects.get().role == "B社"


@pytest.mark.parametrize(("code", "column"), [(Code.OVERLOADED, "A社"), (Code.IDLE, "甲")])
def test_what_was_waived_of_a_column_stays_waived(
    project: Project, code: Code, column: str
) -> None:
    waived(project, code, column)
    called(project, **{column: "新しい名"})
    assert reasons(project, code) == {"新しい名": f"{column}のこと"}


def test_columns_that_swap_their_names_take_their_waivers_along(project: Project) -> None:
    waived(project, Code.IDLE, "甲")
    waived(project, Code.IDLE, "乙")
    for role in ("A社", "B社"):
        rule(project, role)
    rules = dict(Waiver.objects.filter(key="").values_list("pk", "role"))
    called(project, 甲="乙", 乙="甲", A社="B社", B社="A社")
    assert reasons(project, Code.IDLE) == {"乙": "甲のこと", "甲": "乙のこと"}
    now = dict(Waiver.objects.filter(key="").values_list("pk", "role"))
    assert now == {pk: {"A社": "B社", "B社": "A社"}[role] for pk, role in rules.items()}


def test_a_waiver_of_a_column_that_is_gone_does_not_become_another_s(project: Project) -> None:
    waived(project, Code.IDLE, "甲")
    waived(project, Code.IDLE, "乙")
    grid = grid_of(*ROWS, roles=("A社", "B社", "乙", "丙"))
    store.change(project, lambda _: grid, by=None, kind=store.Kind.STRUCTURE)
    called(project, 乙="甲")
    assert reasons(project, Code.IDLE) == {"甲": "乙のこと"}


def test_taking_back_the_rename_gives_the_waiver_its_name_back(project: Project) -> None:
    rule(project, "A社")
    called(project, A社="新A社")
    store.undo(project, project.revision, by=None)
    assert Waiver.objects.get().role == "A社"


def test_the_admin_renames_too(
    besshi10: Project, cast: dict[str, User], sign_in: Callable[[str], Client]
) -> None:
    role = besshi10.roles.get(name="保守業者")
    row = store.load(besshi10).items[0].uid
    waivers.waive_below(
        besshi10, Code.SEVERAL_LEADS, uid=row, role=role.name, reason="共同", by=None
    )
    data = {"position": role.position, "name": "新保守業者", "kind": role.kind, "aliases": ""}
    answer = sign_in("admin").post(f"/admin/projects/role/{role.pk}/change/", data)
    assert answer.status_code == 302
    assert Waiver.objects.get().role == "新保守業者"


def test_a_rename_without_waivers_asks_once(project: Project) -> None:
    with CaptureQueriesContext(connection) as found:
        called(project, A社="新A社")
    assert sum("projects_waiver" in query["sql"] for query in found) == 1


def test_a_new_column_is_no_rename(project: Project) -> None:
    rule(project, "A社")
    store.change(
        project,
        lambda grid: replace(
            grid,
            roles=(*grid.roles, *roles_of("丁")),
            items=tuple(replace(item, marks=(*item.marks, "")) for item in grid.items),
        ),
        by=None,
        kind=store.Kind.STRUCTURE,
    )
    assert Role("丁") in store.load(project).roles
    assert Waiver.objects.get().role == "A社"
