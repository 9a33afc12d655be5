"""check_matrix, as a person at a terminal and a script meet it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import ManagementUtility, call_command
from django.core.management.base import CommandError

from projects import store
from projects.findings import review
from projects.models import Project
from projects.store import waivers
from tests.support.grid_builders import grid_of

pytestmark = pytest.mark.django_db


def run(**options: Any) -> tuple[str, int]:
    """(stdout, exit code)."""
    out = io.StringIO()
    try:
        call_command("check_matrix", project="small", stdout=out, **options)
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    return out.getvalue(), 0


@pytest.fixture
def project() -> Project:
    """A task without a lead (error) and one with two (warning)."""
    made = store.create(slug="small", title="小さい表", by=None)
    grid = grid_of("設計", "  基本設計 ○ .", "  詳細設計 ◎ ◎")
    store.change(made, lambda _: grid, by=None, kind=store.Kind.EDIT)
    return made


def test_text_has_a_line_for_each_finding_and_the_sums(project: Project) -> None:
    text, code = run()
    assert "E1 項番2「基本設計」に主たる作業者がいません。" in text
    assert text.splitlines()[-1].startswith("未対応")
    assert code == 0


def test_json_has_the_promised_keys(project: Project) -> None:
    found = json.loads(run(format="json", code=["W1"])[0])
    (one,) = found
    assert list(one) == [
        "code", "severity", "title", "why", "number", "name", "said", "cells", "state", "reason",
        "repair",
    ]  # fmt: skip
    assert [(cell["number"], cell["role"]) for cell in one["cells"]] == [("3", "A社"), ("3", "B社")]
    assert one["why"].endswith("。")
    assert (one["code"], one["severity"], one["number"], one["state"]) == (
        "W1", "warning", "3", "open",
    )  # fmt: skip


def test_the_exit_code_says_whether_there_is_such_a_finding(project: Project) -> None:
    assert run(fail_on="error")[1] == 1
    assert run(fail_on="warning", code=["W1"])[1] == 1
    assert run(fail_on="error", code=["W1"])[1] == 0
    assert run(fail_on="error", code=["E3"])[1] == 0


def test_waived_findings_do_not_fail(project: Project) -> None:
    found = [one.finding for one in review.review(project).judged]
    waivers.waive(project, found, reason="了承済み", by=None)
    text, code = run(fail_on="warning")
    assert code == 0
    assert text.startswith("未対応0件")
    assert json.loads(run(format="json")[0])[0]["reason"] == "了承済み"


def test_a_project_that_is_not_there_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="案件「small」はありません。") as refused:
        run()
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "引数 --project を指定してください。"),
        (["--project"], "--project の後に値を書いてください。"),
        (["--project", "small", "--format", "yaml"], "--format に 'yaml' は指定できません。"),
        (["--project", "small", "--code", "X9"], "--code に 'X9' は指定できません。"),
        (["--project", "small", "--what"], "引数 --what はありません。"),
    ],
)
def test_wrong_arguments_are_refused_in_japanese(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        ManagementUtility(["manage.py", "check_matrix", *arguments]).execute()
    assert end.value.code == 2
    assert f"エラー: {said}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check_matrix", "import_matrix", "export_matrix"])
def test_a_missing_project_is_refused_in_japanese_by_every_command(command: str) -> None:
    with pytest.raises(CommandError, match=r"引数 .*--project を指定してください。") as refused:
        call_command(command)
    assert refused.value.returncode == 2
