"""The board says what the companies' own pages say, and reminders go out once a day."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils.timezone import localdate

from projects.models import Project, Role
from tests.support.company_project import (
    BASE,
    GRID,
    ask,
    changed,
    client_of,
    company,
    html,
    record_answer,
    statuses,
)
from tests.support.editions import published
from tests.support.small_project import marked
from vendors.access.seats import shown_desk
from vendors.models import Contract, Member, Reminder, Vendor
from vendors.progress.progress import Tally, board
from vendors.tasks.queries import work_of
from vendors.tasks.task import State

BOARD, REMIND = f"{BASE}companies/", f"{BASE}companies/remind/"
CHANGED = marked(GRID, "報告", "◎", "○")


def tally(project: Project, name: str = "株式会社甲") -> Tally:
    return next(c.total for c in board(project).companies if c.vendor.name == name)


def counts(project: Project, name: str = "株式会社甲") -> tuple[int, int, int, int]:
    found = tally(project, name)
    return found.confirmed, found.reset, found.question, found.new


def test_a_confirmation_counts_until_a_later_edition_changes_the_task(crew: Project) -> None:
    record_answer(crew, "計画")
    record_answer(crew, "報告")
    assert counts(crew) == (2, 0, 0, 1)
    changed(crew, CHANGED)
    assert counts(crew) == (2, 0, 0, 1)
    published(crew)
    assert counts(crew) == (1, 1, 0, 1)


def test_questions_and_withdrawn_confirmations_are_no_confirmations(crew: Project) -> None:
    record_answer(crew, "計画", "question")
    record_answer(crew, "報告", "withdrawn")
    record_answer(crew, "検収", "confirmed")
    assert counts(crew) == (1, 0, 1, 1)
    assert tally(crew).percent == "33%"


def test_the_board_counts_what_the_companies_see(crew: Project) -> None:
    role = crew.roles.get(name="乙社")
    Contract.objects.create(vendor=company(), project=crew, role=role)
    for item, state in (("計画", "confirmed"), ("報告", "question"), ("試験", "confirmed")):
        record_answer(crew, item, state)
    changed(crew, marked(CHANGED, "試験", "", ""))
    published(crew)
    for row in board(crew).companies:
        person = Member.objects.get(vendor=row.vendor).user
        tasks = work_of(shown_desk(person, vendor=row.vendor, project=crew, base="")).tasks
        states = [task.state for task in tasks]
        total = row.total
        assert (total.confirmed, total.reset, total.question, total.new) == tuple(
            states.count(state)
            for state in (State.CONFIRMED, State.RESET, State.QUESTION, State.NEW)
        )
        for phase, one in row.phases.items():
            assert one.tasks == sum(task.phase == phase for task in tasks)


def test_all_is_confirmed_only_when_nothing_is_left(crew: Project) -> None:
    for item in ("計画", "報告", "検収"):
        assert tally(crew).percent != "100%"
        record_answer(crew, item)
    assert tally(crew).percent == "100%"


def test_what_another_company_said_does_not_count(crew: Project) -> None:
    record_answer(crew, "計画", vendor="株式会社乙")
    assert counts(crew) == (0, 0, 0, 3)


def test_a_question_about_a_row_that_is_gone_still_waits(crew: Project) -> None:
    ask(crew, "報告", "いつまでですか")
    changed(crew, marked(GRID, "報告", "", ""))
    published(crew)
    assert tally(crew).waiting == 1


def test_the_page_shows_companies_phases_and_roles_without_a_company(crew: Project) -> None:
    record_answer(crew, "計画")
    Role.objects.create(project=crew, position=3, name="丙社")
    page = html(client_of("viewer").get(BOARD))
    assert "1 / 2（50%）" in page
    assert "担当会社のない列" in page
    assert "丙社" in page
    assert "確認を催促する" not in page
    assert "として）" not in page
    assert "確認を催促する" in html(client_of("manager").get(BOARD))


def test_a_phase_narrows_the_numbers(crew: Project) -> None:
    found = client_of("viewer").get(BOARD, {"phase": "企画"})
    (one, other) = found.context["board"].companies
    assert (one.total.tasks, other.total.tasks) == (2, 1)
    assert "指定されたフェーズはありません" in html(
        client_of("viewer").get(BOARD, {"phase": "x"}), 400
    )


def test_before_the_first_edition_the_board_says_so(project: Project) -> None:
    page = html(client_of("manager").get(BOARD))
    assert "版がまだ公開されていない" in page
    assert "担当会社がまだありません" in page


def test_the_board_costs_the_same_for_more_companies_and_tasks(
    crew: Project, django_assert_max_num_queries: Any
) -> None:
    client = client_of("viewer")
    html(client.get(BOARD))
    with django_assert_max_num_queries(12) as before:
        html(client.get(BOARD))
    for name in ("丙", "丁", "戊"):
        vendor = Vendor.objects.create(name=name)
        Contract.objects.create(vendor=vendor, project=crew, role=crew.roles.get(name="甲社"))
        record_answer(crew, "計画", vendor=name)
        ask(crew, "計画", "なぜですか", vendor=name)
    with django_assert_max_num_queries(len(before)):
        html(client.get(BOARD))


def sheets(project: Project) -> list[list[tuple[Any, ...]]]:
    data = client_of("viewer").get(f"{BOARD}export.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def test_the_export_has_companies_phases_and_every_task(crew: Project) -> None:
    record_answer(crew, "計画")
    companies, phases, tasks, _ = sheets(crew)
    assert companies[2][:8] == ("株式会社甲", "甲社", 3, "33%", 33, 1, 0, 0)
    assert companies[-1][2] == 6
    assert phases[1:3] == [
        ("会社", "企画", "実施"),
        ("株式会社甲", "1 / 2（50%）", "0 / 1（0%）"),
    ]
    assert len(tasks) == 2 + 6
    assert tasks[2][:8] == (
        "株式会社甲", "2", "企画", "計画", "◎", "確認済", 1, "甲野",
    )  # fmt: skip


def test_the_export_has_the_last_reminder_and_the_questions_that_are_left(crew: Project) -> None:
    ask(crew, "計画", "期限は")
    closed = ask(crew, "報告", "期限は")
    closed.state = "closed"
    closed.save()
    remind("株式会社甲")
    companies, _, _, questions = sheets(crew)
    assert companies[2][-3:] == (f"{localdate():%Y-%m-%d}", "manager", 1)
    assert [row[:4] for row in questions[2:]] == [("株式会社甲", "2", "計画", "回答待ち")]


def test_the_export_of_a_name_like_a_formula_is_text(crew: Project) -> None:
    Vendor.objects.filter(pk=company().pk).update(name="=1+1")
    data = client_of("viewer").get(f"{BOARD}export.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet["A3"].quotePrefix


def test_the_export_before_a_first_edition_has_headers_alone(project: Project) -> None:
    assert [len(rows) for rows in sheets(project)] == [3, 2, 2, 2]


def test_who_sees_the_board(crew: Project) -> None:
    wanted = {"kou": 404, "stranger": 404, "viewer": 200, "editor": 200, "manager": 200}
    for path in (BOARD, f"{BOARD}export.xlsx"):
        assert statuses("get", path) == wanted
        assert client_of("manager").post(path).status_code == 405


def test_who_may_remind(crew: Project) -> None:
    wanted = {"kou": 404, "stranger": 404, "viewer": 403, "editor": 403}
    assert statuses("get", REMIND) == {**wanted, "manager": 200}
    assert statuses("post", REMIND) == {**wanted, "manager": 400}
    assert client_of("manager").put(REMIND).status_code == 405


def remind(*names: str, **data: Any) -> Any:
    uids = [company(name).uid for name in names]
    return client_of("manager").post(REMIND, {"company": uids, **data}, follow=True)


def test_companies_with_open_tasks_are_offered(crew: Project) -> None:
    for item in ("計画", "報告"):
        record_answer(crew, item)
    record_answer(crew, "検収", "question")
    page = html(client_of("manager").get(REMIND))
    assert "株式会社乙" in page
    assert "株式会社甲" not in page


def test_the_confirmation_says_how_many_people_get_a_mail_and_sends_none(crew: Project) -> None:
    uids = [company(name).uid for name in ("株式会社甲", "株式会社乙")]
    page = html(client_of("manager").get(REMIND, {"sure": "1", "company": uids}))
    assert "2社の2人にメールを送る" in page
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


def test_going_on_without_a_company_is_an_error_in_words(crew: Project) -> None:
    answer = client_of("manager").get(REMIND, {"sure": 1})
    assert "催促する会社を選んでください" in html(answer, 400)


def test_a_reminder_tells_each_person_of_the_own_open_tasks(
    crew: Project, django_capture_on_commit_callbacks: Any
) -> None:
    record_answer(crew, "計画")
    record_answer(crew, "報告")
    changed(crew, CHANGED)
    published(crew)
    with django_capture_on_commit_callbacks(execute=True):
        page = html(remind("株式会社甲"))
    assert "1社の1人に" in page
    (letter,) = mail.outbox
    assert letter.to == ["kou@example.jp"]
    assert "未確認1件、再確認1件" in letter.body
    reminder = Reminder.objects.get()
    assert (reminder.vendor, reminder.person_name, reminder.people) == (company(), "manager", 1)
    assert "manager" in html(client_of("viewer").get(BOARD))


def test_a_company_is_reminded_once_a_day(
    crew: Project, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        remind("株式会社甲")
        page = html(remind("株式会社甲", "株式会社乙"))
    assert "株式会社甲には送っていません" in page
    assert sorted(letter.to[0] for letter in mail.outbox) == ["kou@example.jp", "otsu@example.jp"]
    Reminder.objects.update(day=localdate() - timedelta(days=1))
    html(remind("株式会社甲"))
    assert Reminder.objects.filter(vendor=company()).count() == 2


def test_a_tick_sends_it_again_on_the_same_day(crew: Project) -> None:
    remind("株式会社甲")
    asking = client_of("manager").get(REMIND, {"sure": "1", "company": [company().uid]})
    assert "もう一度送る" in html(asking)
    remind("株式会社甲", again="on")
    assert list(Reminder.objects.order_by("pk").values_list("forced", flat=True)) == [False, True]


def test_the_database_keeps_reminders_to_one_a_day(crew: Project) -> None:
    own = {"project": crew, "vendor": company(), "day": localdate(), "people": 1}
    Reminder.objects.create(**own)
    with pytest.raises(IntegrityError):
        Reminder.objects.create(**own)


@pytest.mark.parametrize("state", ["member", "account", "address"])
def test_a_company_whom_no_mail_reaches_is_not_reminded(state: str, crew: Project) -> None:
    member = Member.objects.get(vendor=company())
    if state == "member":
        Member.objects.update(active=False)
    else:
        user = member.user
        user.is_active, user.email = state != "account", "" if state == "address" else user.email
        user.save()
    assert "株式会社甲には送っていません" in html(remind("株式会社甲"))
    assert Reminder.objects.count() == 0
