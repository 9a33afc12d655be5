"""Findings that somebody let be: until the cells change, or by a rule for a subtree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from projects import store
from projects.checks import Code
from projects.domain.grid import Grid, with_item
from projects.findings import review as reviewing
from projects.findings.review import Judged, State, review
from projects.models import Project, Waiver
from projects.store import waivers
from tests.support.grid_builders import grid_of, uid

SignIn = Callable[[str], Client]
CHECKS = "/projects/besshi10/checks/"


@pytest.fixture
def project(db: None) -> Project:
    """Two phases; in each a task with two leads."""
    made = store.create(slug="small", title="小さい表", by=None)
    grid = grid_of("設計", "  基本設計 ◎ ◎", "試験", "  結合試験 ◎ ◎", "  総合試験 ◎ .")
    store.change(made, lambda _: grid, by=None, kind=store.Kind.EDIT)
    return made


def states(project: Project, code: str = "W1") -> list[State]:
    return [one.state for one in review(project).judged if one.finding.code == code]


def judged(project: Project, code: str = "W1") -> list[Judged]:
    return [one for one in review(project).judged if one.finding.code == code]


def set_marks(project: Project, row: str, *marks: str) -> None:
    def edit(grid: Grid) -> Grid:
        return with_item(grid, row, lambda item: replace(item, marks=marks))

    store.change(project, edit, by=None, kind=store.Kind.EDIT)


def test_a_waiver_holds_for_its_finding_alone(project: Project) -> None:
    waivers.waive(project, [judged(project)[0].finding], reason="共同で行う", by=None)
    assert states(project) == [State.WAIVED, State.OPEN]


def test_a_waived_finding_is_looked_at_again_when_its_cells_change(project: Project) -> None:
    store.change(
        project,
        lambda _: grid_of(
            "設計", "  基本設計 ◎ ◎ .", "試験", "  結合試験 ◎ ◎ .", roles=("A社", "B社", "C社")
        ),
        by=None,
        kind=store.Kind.EDIT,
    )
    waivers.waive(project, [judged(project)[0].finding], reason="共同で行う", by=None)
    set_marks(project, uid(2), "◎", "", "◎")
    first, second = judged(project)
    assert (first.state, second.state) == (State.AGAIN, State.OPEN)
    assert first.waiver is not None
    assert first.waiver.reason == "共同で行う"
    waivers.waive(project, [first.finding], reason="やはり共同で行う", by=None)
    assert states(project) == [State.WAIVED, State.OPEN]
    assert Waiver.objects.count() == 1


@pytest.mark.parametrize("field", ["name", "description"])
def test_a_waived_finding_is_looked_at_again_when_its_row_reads_otherwise(
    project: Project, field: str
) -> None:
    waivers.waive(project, [judged(project)[0].finding], reason="共同で行う", by=None)
    texts: dict[str, Any] = {field: "別の作業"}
    store.change(
        project,
        lambda grid: with_item(grid, uid(2), lambda item: replace(item, **texts)),
        by=None,
        kind=store.Kind.EDIT,
    )
    assert states(project) == [State.AGAIN, State.OPEN]


def test_changes_elsewhere_do_not_open_a_waived_finding(project: Project) -> None:
    waivers.waive(project, [judged(project)[0].finding], reason="共同で行う", by=None)
    set_marks(project, uid(5), "", "◎")
    assert states(project)[0] is State.WAIVED


def test_a_rule_waives_all_of_its_code_below_also_later(project: Project) -> None:
    rule = {"uid": uid(3), "role": "", "reason": "試験は共同", "by": None}
    waivers.waive_below(project, Code.SEVERAL_LEADS, **rule)  # type: ignore[arg-type]
    assert states(project) == [State.OPEN, State.WAIVED]
    set_marks(project, uid(5), "◎", "◎")
    assert states(project) == [State.OPEN, State.WAIVED, State.WAIVED]


def test_a_rule_for_a_column_leaves_the_findings_of_others(project: Project) -> None:
    for role, wanted in (("C社", State.OPEN), ("B社", State.WAIVED)):
        waivers.waive_below(
            project, Code.SEVERAL_LEADS, uid=uid(3), role=role, reason="共同", by=None
        )
        assert states(project)[1] is wanted


def test_a_rule_of_another_code_waives_nothing(project: Project) -> None:
    waivers.waive_below(project, Code.NO_LEAD, uid=uid(1), role="", reason="後で", by=None)
    assert states(project) == [State.OPEN, State.OPEN]


def test_taking_back_opens_the_finding_and_the_history_keeps_all(project: Project) -> None:
    waivers.waive(project, [judged(project)[0].finding], reason="共同で行う", by=None)
    waivers.take_back(Waiver.objects.get(), by=None)
    assert states(project) == [State.OPEN, State.OPEN]
    events = Waiver.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    assert [event.pgh_label for event in events] == ["insert", "delete"]


def test_every_change_of_a_waiver_counts_but_is_no_change_of_the_matrix(project: Project) -> None:
    revision = project.revision
    waivers.waive(project, [judged(project)[0].finding], reason="共同で行う", by=None)
    waivers.take_back(Waiver.objects.get(), by=None)
    project.refresh_from_db()
    assert (project.revision, project.waived) == (revision, 2)


@pytest.mark.parametrize(
    "fields",
    [
        {"key": "", "uid": ""},
        {"key": "E1 x", "evidence": ""},
        {"key": "E1 x", "evidence": "0", "uid": "x"},
        {"uid": "x", "reason": ""},
    ],
)
def test_the_database_refuses_half_a_waiver(project: Project, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.create(project=project, code="E1", **{"reason": "理由", **fields})


def post(client: Client, act: str, project: Project, **data: Any) -> Any:
    return client.post(f"{CHECKS}{act}/", {"revision": project.revision, **data})


def test_a_person_says_why_and_sees_it_on_the_list(
    besshi10: Project, sign_in: SignIn, cast: dict[str, User]
) -> None:
    client = sign_in("editor")
    key = judged(besshi10)[0].finding.key
    asked = post(client, "waive", besshi10, one=key)
    assert asked.status_code == 200
    assert "見送る理由" in asked.content.decode()
    missing = post(client, "waive", besshi10, one=key, sure="1", reason=" ")
    assert missing.status_code == 400
    assert "見送る理由を入力してください。" in missing.content.decode()
    assert post(client, "waive", besshi10, one=key, sure="1", reason="共同").status_code == 302
    text = client.get(CHECKS, {"code": "W1", "state": "waived"}).content.decode()
    assert "見送りの理由：共同（editor" in text
    assert Waiver.objects.get().person == cast["editor"]


def test_several_are_waived_with_one_reason(besshi10: Project, sign_in: SignIn) -> None:
    keys = [one.finding.key for one in judged(besshi10)[:3]]
    post(sign_in("editor"), "waive", besshi10, key=keys, sure="1", reason="共同")
    assert states(besshi10)[:4] == [State.WAIVED] * 3 + [State.OPEN]


def test_a_rule_is_offered_for_the_headings_of_one_finding(
    besshi10: Project, sign_in: SignIn
) -> None:
    client = sign_in("editor")
    first = judged(besshi10)[0].finding
    top = reviewing.headings_of(store.load(besshi10), first.uid)[-1]
    data = {"one": first.key, "sure": "1", "reason": "共同"}
    assert post(client, "waive", besshi10, **data, below="nonsense").status_code == 400
    assert post(client, "waive", besshi10, **data, below=top).status_code == 302
    assert states(besshi10)[0] is State.WAIVED
    assert Waiver.objects.get().is_rule


def test_a_waiver_is_taken_back_by_editors_of_its_project_only(
    besshi10: Project, project: Project, sign_in: SignIn
) -> None:
    waivers.waive(besshi10, [judged(besshi10)[0].finding], reason="共同", by=None)
    waivers.waive(project, [judged(project)[0].finding], reason="共同", by=None)
    own, foreign = (Waiver.objects.get(project=one).pk for one in (besshi10, project))
    assert post(sign_in("viewer"), f"waivers/{own}", besshi10).status_code == 403
    assert post(sign_in("outsider"), f"waivers/{own}", besshi10).status_code == 404
    assert post(sign_in("editor"), f"waivers/{foreign}", besshi10).status_code == 404
    assert post(sign_in("editor"), f"waivers/{own}", besshi10).status_code == 302
    assert sign_in("editor").get(f"{CHECKS}waivers/{own}/").status_code == 405
    assert State.WAIVED not in states(besshi10)


def test_the_kept_matrix_knows_of_a_waiver(besshi10: Project, sign_in: SignIn) -> None:
    client = sign_in("viewer")
    path = "/projects/besshi10/?finding=W1"
    before = client.get(path)
    assert "該当 <b>12</b>項目" in before.content.decode()
    waivers.waive(besshi10, [judged(besshi10)[0].finding], reason="共同", by=None)
    after = client.get(path, headers={"if-none-match": before["ETag"]})
    assert "該当 <b>11</b>項目" in after.content.decode()
