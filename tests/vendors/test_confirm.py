"""Companies say of their tasks that they have seen them, until a later 版 changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects import store
from projects.domain.grid import Grid
from projects.models import Project
from tests.support.editions import published
from tests.support.grid_builders import grid_of
from tests.support.small_project import marked
from vendors.models import Confirmation, Contract, Member, Message, Question, Vendor

GRID = grid_of("企画", "  計画 ◎ ○", "  報告 ○ .", "  試験 . ◎", roles=("甲", "乙"))


@pytest.fixture
def project(db: None) -> Project:
    """Three tasks: 計画 of both companies, 報告 of 甲社, 試験 of 乙社; published as 第1版."""
    made = store.create(slug="small", title=GRID.title, by=None)
    change(made, GRID)
    for name in ("甲", "乙"):
        vendor = Vendor.objects.create(name=f"{name}社")
        role = made.roles.get(name=name)
        Contract.objects.create(vendor=vendor, project=made, role=role)
        user = User.objects.create_user(f"{name}の人", last_name=f"{name}野")
        Member.objects.create(vendor=vendor, user=user)
    published(made)
    return made


@pytest.fixture
def one(project: Project) -> Client:
    return client_of("甲")


@pytest.fixture
def other(project: Project) -> Client:
    return client_of("乙")


def change(project: Project, grid: Grid) -> None:
    store.change(project, lambda _: grid, by=None, kind=store.Kind.EDIT)


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=f"{name}の人"))
    return client


def tasks(client: Client, **query: str) -> dict[str, Any]:
    """The client's tasks by name."""
    table = client.get("/tasks/", query).context["table"]
    return {row.record.line.name: row.record for row in table.rows}


def answer_tasks(client: Client, *names: str, state: str = "confirmed", **more: str) -> Any:
    keys = [tasks(client)[name].key for name in names]
    return client.post("/tasks/confirm/", {"task": keys, "state": state, **more}, follow=True)


def states(client: Client) -> dict[str, str]:
    return {name: task.state_label for name, task in tasks(client).items()}


def test_a_task_is_confirmed_with_person_and_edition(one: Client) -> None:
    assert states(one) == {"計画": "未確認", "報告": "未確認"}
    assert "1件を「確認済」にしました" in answer_tasks(one, "計画").content.decode()
    stamp = tasks(one)["計画"].stamp
    assert (stamp.state, stamp.edition, stamp.person) == ("confirmed", 1, "甲野")
    assert states(one) == {"計画": "確認済", "報告": "未確認"}


def test_many_tasks_are_confirmed_at_once(one: Client) -> None:
    answer_tasks(one, "計画", "報告")
    assert set(states(one).values()) == {"確認済"}


def test_what_one_company_says_is_not_said_by_another(one: Client, other: Client) -> None:
    answer_tasks(one, "計画")
    assert states(other) == {"計画": "未確認", "試験": "未確認"}


def test_a_confirmation_can_be_taken_back(one: Client) -> None:
    answer_tasks(one, "計画")
    answer_tasks(one, "計画", state="withdrawn")
    assert states(one)["計画"] == "未確認"


def test_a_later_edition_that_changes_the_task_resets_it(project: Project, one: Client) -> None:
    answer_tasks(one, "計画", "報告")
    change(project, marked(GRID, "計画", "○", "◎"))
    published(project)
    assert states(one) == {"計画": "再確認", "報告": "確認済"}
    page = one.get(f"/tasks/{tasks(one)['計画'].place}").content.decode()
    assert "第2版でこの作業が変わったため" in page
    assert [(c.what, c.before, c.after) for c in tasks(one)["計画"].changes] == [
        ("甲", "◎", "○"),
        ("乙", "○", "◎"),
    ]


def test_a_reset_stays_when_the_task_becomes_what_it_was(project: Project, one: Client) -> None:
    answer_tasks(one, "計画")
    for grid in (marked(GRID, "計画", "○", "◎"), GRID):
        change(project, grid)
        published(project)
    assert states(one)["計画"] == "再確認"


def test_a_draft_changes_nothing_for_companies(project: Project, one: Client) -> None:
    answer_tasks(one, "計画")
    change(project, marked(GRID, "試験", "◎", "◎"))
    assert states(one) == {"計画": "確認済", "報告": "未確認"}


def test_new_and_lost_tasks_are_named(project: Project, one: Client) -> None:
    change(project, marked(marked(GRID, "試験", "○", "◎"), "報告", "", ""))
    published(project)
    found = tasks(one)
    assert found.keys() == {"計画", "試験"}
    assert found["試験"].is_new
    assert found["試験"].changes == ()
    assert [row.line.name for row in one.get("/tasks/").context["work"].gone] == ["報告"]


def test_what_changed_can_be_filtered(project: Project, one: Client) -> None:
    change(project, marked(GRID, "報告", "◎", ""))
    published(project)
    assert tasks(one, state="changed").keys() == {"報告"}


def test_a_task_that_changed_since_it_was_looked_at_is_not_confirmed(
    project: Project, one: Client
) -> None:
    keys = [task.key for task in tasks(one).values()]
    change(project, marked(GRID, "計画", "○", "◎"))
    published(project)
    answer = one.post("/tasks/confirm/", {"task": keys, "state": "confirmed"}, follow=True)
    assert "新しい版で変更された1件" in answer.content.decode()
    assert states(one) == {"計画": "未確認", "報告": "確認済"}


def test_a_foreign_task_is_not_there_and_nothing_is_confirmed(one: Client, other: Client) -> None:
    form = {"task": [tasks(other)["試験"].key], "state": "confirmed"}
    assert one.post("/tasks/confirm/", form).status_code == 404
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize("gone", ["foreign", "absent", "nonsense"])
def test_what_is_theirs_is_confirmed_beside_what_is_not(
    one: Client, other: Client, gone: str
) -> None:
    foreign = tasks(other)["試験"].key
    keys = {"foreign": foreign, "absent": foreign[:-20] + "x" * 18 + ":1", "nonsense": "x"}
    form = {"task": [tasks(one)["計画"].key, keys[gone]], "state": "confirmed"}
    page = one.post("/tasks/confirm/", form, follow=True).content.decode()
    assert "1件を「確認済」にしました" in page
    assert "現在の担当作業にない1件は、そのままです" in page
    assert Confirmation.objects.count() == 1


def test_without_a_choice_the_page_says_what_to_do(one: Client) -> None:
    answer = one.post("/tasks/confirm/", {"state": "confirmed"})
    assert answer.status_code == 400
    assert "作業を選んでから" in answer.content.decode()


def test_a_question_about_many_tasks_needs_a_text(one: Client) -> None:
    answer = answer_tasks(one, "計画", "報告", state="question", text="  \n ")
    assert answer.status_code == 400
    assert not Question.objects.exists()


def test_a_refused_question_keeps_ticks_and_text(one: Client) -> None:
    page = answer_tasks(one, "報告", state="question", text="長" * 4001).content.decode()
    assert page.count(" checked>") == 1
    assert f'value="{tasks(one)["報告"].key}" aria-label="項番3を選ぶ" checked>' in page
    assert "長" * 4001 + "</textarea>" in page
    assert '<details class="menu ask" open>' in page
    empty = answer_tasks(one, "計画", "報告", state="question").content.decode()
    assert empty.count(" checked>") == 2
    assert '<details class="menu ask" open>' in empty


def test_the_list_tells_what_became_of_a_question(one: Client) -> None:
    ask(one, "計画", "期限は")
    page = one.get("/tasks/").content.decode()
    assert '<span class="state open">回答待ち</span>' in page
    assert "?state=answered" not in page
    Question.objects.update(state="answered")
    page = one.get("/tasks/").content.decode()
    assert '<span class="state answered">回答あり</span>' in page
    assert 'href="/tasks/?state=answered">回答あり <b>1</b>件' in page
    assert tasks(one, state="answered").keys() == {"計画"}


def test_the_list_is_sorted_by_description_and_partners(one: Client) -> None:
    page = one.get("/tasks/").content.decode()
    assert "sort=description" in page
    assert "sort=partners" in page
    assert list(tasks(one, sort="partners")) == ["計画", "報告"]
    assert list(tasks(one, sort="-partners")) == ["報告", "計画"]
    assert tasks(one, sort="-description").keys() == {"計画", "報告"}


def test_states_are_sorted_as_they_are_worked_through(project: Project, one: Client) -> None:
    change(project, marked(GRID, "試験", "○", "◎"))
    published(project)
    answer_tasks(one, "計画")
    answer_tasks(one, "報告", state="question", text="期限は")
    assert list(tasks(one, sort="state")) == ["試験", "報告", "計画"]
    assert list(tasks(one, sort="-state")) == ["計画", "報告", "試験"]


def test_a_question_about_many_tasks_opens_a_thread_each(one: Client) -> None:
    answer_tasks(one, "計画", "報告", state="question", text="期限は\nいつですか")
    assert set(states(one).values()) == {"質問あり"}
    assert [message.text for message in Message.objects.all()] == ["期限は\nいつですか"] * 2
    assert {question.state for question in Question.objects.all()} == {"open"}


def test_a_question_about_many_tasks_takes_as_many_queries_as_about_one(one: Client) -> None:
    keys = [task.key for task in tasks(one).values()]
    taken = []
    for chosen in (keys, keys[:1], keys):
        form = {"task": chosen, "state": "question", "text": "期限"}
        with CaptureQueriesContext(connection) as queries:
            assert one.post("/tasks/confirm/", form).status_code == 302
        taken.append(len(queries))
    assert taken[1] == taken[2]


def ask(client: Client, name: str, text: str, **more: str) -> Any:
    task = tasks(client)[name]
    data = {"company": task.seat.vendor_uid, "text": text, **more}
    return client.post(f"/tasks/{task.place}say/", data, follow=True)


def test_a_thread_belongs_to_one_company_and_one_task(one: Client, other: Client) -> None:
    assert "期限はいつですか" in ask(one, "計画", "期限はいつですか").content.decode()
    page = other.get(f"/tasks/{tasks(other)['計画'].place}").content.decode()
    assert "期限はいつですか" not in page
    assert "まだありません" in page


def test_an_empty_message_is_refused_in_words(one: Client) -> None:
    answer = ask(one, "計画", "\x00 ")
    assert answer.status_code == 400
    assert not Message.objects.exists()


def test_the_company_can_close_its_question(one: Client) -> None:
    ask(one, "計画", "期限は")
    assert "解決" in ask(one, "計画", "", close="1").content.decode()
    assert Question.objects.get().state == "closed"


def test_what_the_company_says_as_it_closes_is_kept(one: Client) -> None:
    ask(one, "計画", "期限は")
    ask(one, "計画", "分かりました", close="1")
    assert [m.text for m in Message.objects.order_by("pk")] == ["期限は", "分かりました"]
    assert Question.objects.get().state == "closed"


def test_too_long_a_last_word_is_refused_and_nothing_is_closed(one: Client) -> None:
    ask(one, "計画", "期限は")
    answer = ask(one, "計画", "長" * 4001, close="1")
    assert answer.status_code == 400
    assert "長" * 4001 in answer.content.decode()
    assert (Question.objects.get().state, Message.objects.count()) == ("open", 1)


def test_managers_get_a_mail_and_nobody_sees_other_addresses(
    project: Project,
    one: Client,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    for name in ("m1", "m2"):
        user = User.objects.create_user(name, email=f"{name}@example.jp")
        project.memberships.create(user=user, kind="manager")
    with django_capture_on_commit_callbacks(execute=True):
        ask(one, "計画", "期限は")
    assert [letter.to for letter in mailoutbox] == [["m1@example.jp"], ["m2@example.jp"]]
    assert "甲社" in mailoutbox[0].body
    assert "計画" in mailoutbox[0].body
    assert "期限は" in mailoutbox[0].body


@pytest.mark.parametrize("path", ["confirm/", "small/{uid}/say/"])
def test_saying_takes_a_post(one: Client, path: str) -> None:
    uid = tasks(one)["計画"].line.uid
    assert one.get(f"/tasks/{path.format(uid=uid)}").status_code == 405


@pytest.mark.parametrize("ending", ["", "say/"])
def test_a_foreign_task_page_is_like_one_that_does_not_exist(
    one: Client, other: Client, ending: str
) -> None:
    uid = tasks(other)["試験"].line.uid
    ask_for = one.post if ending else one.get
    foreign = ask_for(f"/tasks/small/{uid}/{ending}")
    absent = ask_for(f"/tasks/small/000000000000/{ending}")
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)
    assert foreign.status_code == 404


def test_messages_are_never_changed(one: Client) -> None:
    ask(one, "計画", "期限は")
    with pytest.raises(Exception, match="Cannot update"):
        Message.objects.update(text="別の文")
