"""The PMO answers what companies ask."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection

from projects.models import Project
from tests.support.company_project import (
    BASE,
    GRID,
    ask,
    changed,
    client_of,
    company,
    html,
    place,
    statuses,
    uid_of,
)
from tests.support.editions import published
from tests.support.small_project import marked
from vendors.models import Message, Question
from vendors.questions import inbox

LIST = f"{BASE}questions/"


def thread(project: Project, item: str = "報告") -> str:
    return place(f"questions/{uid_of(project, item)}/")


def order(**query: str) -> list[str]:
    found = client_of("viewer").get(LIST, query).context["questions"]
    return [f"{summary.question.vendor.name} {summary.row.name}" for summary in found]


def test_the_list_has_the_questions_that_wait_first(crew: Project) -> None:
    ask(crew, "計画", "一")
    ask(crew, "試験", "二", vendor="株式会社乙")
    html(client_of("editor").post(thread(crew, "計画"), {"text": "はい"}, follow=True))
    ask(crew, "報告", "三")
    assert order() == ["株式会社甲 報告", "株式会社乙 試験", "株式会社甲 計画"]


def test_the_list_filters_by_state_and_company(crew: Project) -> None:
    ask(crew, "計画", "一")
    ask(crew, "試験", "二", vendor="株式会社乙")
    client_of("editor").post(thread(crew, "計画"), {"text": "はい"})
    assert order(state="open") == ["株式会社乙 試験"]
    assert order(company=company().uid) == ["株式会社甲 計画"]
    answer = client_of("viewer").get(LIST, {"state": "x"})
    assert "絞り込みの指定が正しくありません" in html(answer, 400)


def test_the_list_shows_the_last_words_and_says_when_there_are_none(crew: Project) -> None:
    assert "まだありません" in html(client_of("viewer").get(LIST))
    ask(crew, "計画", "最初の質問")
    ask(crew, "計画", "続きの質問")
    page = html(client_of("viewer").get(LIST))
    assert "続きの質問" in page
    assert "最初の質問" not in page
    assert "条件に合う質問はありません" in html(client_of("viewer").get(LIST, {"state": "closed"}))


def test_the_cost_of_the_list_does_not_grow(
    crew: Project, django_assert_max_num_queries: Any
) -> None:
    client = client_of("viewer")
    ask(crew, "計画", "一")
    html(client.get(LIST))
    with django_assert_max_num_queries(9) as before:
        html(client.get(LIST))
    for item in ("報告", "検収", "試験"):
        ask(crew, item, "二")
    with django_assert_max_num_queries(len(before)):
        html(client.get(LIST))


def test_the_thread_shows_the_task_as_published(crew: Project) -> None:
    ask(crew, "報告", "いつまでですか")
    changed(crew, marked(GRID, "報告", "◎", "○"))
    page = html(client_of("viewer").get(thread(crew)))
    assert "○ 甲社" in page
    assert "いつまでですか" in page
    assert "<textarea" not in page


def test_the_thread_of_a_task_that_was_taken_away_is_still_there(crew: Project) -> None:
    ask(crew, "報告", "いつまでですか")
    changed(crew, marked(GRID, "報告", "", ""))
    published(crew)
    page = html(client_of("viewer").get(thread(crew)))
    assert "担当ではありません" in page
    assert "報告" in page


def test_a_thread_that_nobody_began_is_not_found(crew: Project) -> None:
    assert client_of("editor").get(thread(crew)).status_code == 404


def test_a_question_of_another_company_is_not_found(crew: Project) -> None:
    ask(crew, "計画", "なぜですか", vendor="株式会社乙")
    assert client_of("editor").get(thread(crew, "計画")).status_code == 404


def test_an_answer_is_kept_and_mailed_to_the_company_alone(
    crew: Project, django_capture_on_commit_callbacks: Any
) -> None:
    ask(crew, "報告", "いつまでですか")
    with django_capture_on_commit_callbacks(execute=True):
        page = html(client_of("editor").post(thread(crew), {"text": "今月末です"}, follow=True))
    assert "今月末です" in page
    assert Question.objects.get().state == "answered"
    reply = Message.objects.get(side="pmo")
    assert (reply.text, reply.person_name, reply.edition_number) == ("今月末です", "editor", 1)
    (letter,) = mail.outbox
    assert letter.to == ["kou@example.jp"]
    assert "今月末です" in letter.body
    assert "報告" in letter.body


def test_a_company_sees_the_answer(crew: Project) -> None:
    ask(crew, "報告", "いつまでですか")
    client_of("editor").post(thread(crew), {"text": "今月末です"})
    page = html(client_of("kou").get(f"/tasks/small/{uid_of(crew, '報告')}/"))
    assert "今月末です" in page


def test_an_empty_answer_is_an_error_in_words(crew: Project) -> None:
    ask(crew, "報告", "いつまでですか")
    page = html(client_of("editor").post(thread(crew), {"text": " "}), 400)
    assert "内容を入力してください" in page
    assert Message.objects.count() == 1


def test_a_question_is_closed_and_opened_again(crew: Project) -> None:
    question = ask(crew, "報告", "いつまでですか")
    seen = question.messages.get().pk
    client_of("editor").post(thread(crew), {"close": "1", "seen": seen})
    assert Question.objects.get().state == "closed"
    client_of("editor").post(thread(crew), {"reopen": "1"})
    assert Question.objects.get().state == "open"
    client_of("editor").post(thread(crew), {"text": "今月末です"})
    client_of("editor").post(thread(crew), {"close": "1", "seen": seen})
    client_of("editor").post(thread(crew), {"reopen": "1"})
    assert Question.objects.get().state == "answered"


def test_what_the_company_said_meanwhile_is_not_closed_unread(crew: Project) -> None:
    question = ask(crew, "報告", "いつまでですか")
    seen = question.messages.get().pk
    ask(crew, "報告", "もう一つあります")
    data = {"close": "1", "seen": seen, "text": "書きかけ"}
    page = html(client_of("editor").post(thread(crew), data), 409)
    assert "新しい発言があります" in page
    assert "もう一つあります" in page
    assert "書きかけ" in page
    assert Question.objects.get().state == "open"


def test_the_company_is_told_when_its_question_is_closed_or_reopened(
    crew: Project, django_capture_on_commit_callbacks: Any
) -> None:
    seen = ask(crew, "報告", "いつまでですか").messages.get().pk
    for data in ({"close": "1", "seen": seen}, {"reopen": "1"}):
        for _ in range(2):  # the second time nothing is new
            with django_capture_on_commit_callbacks(execute=True):
                client_of("editor").post(thread(crew), data)
    closed, reopened = mail.outbox
    assert closed.to == reopened.to == ["kou@example.jp"]
    assert "解決済みにしました" in closed.body
    assert "再開しました" in reopened.body
    assert "報告" in closed.body


def test_a_text_beside_closing_is_said_before(
    crew: Project, django_capture_on_commit_callbacks: Any
) -> None:
    seen = ask(crew, "報告", "いつまでですか").messages.get().pk
    data = {"close": "1", "seen": seen, "text": "今月末です"}
    with django_capture_on_commit_callbacks(execute=True):
        client_of("editor").post(thread(crew), data)
    assert Question.objects.get().state == "closed"
    assert Message.objects.get(side="pmo").text == "今月末です"
    (letter,) = mail.outbox
    assert "今月末です" in letter.body


def test_too_long_a_text_beside_closing_is_kept_and_nothing_is_closed(crew: Project) -> None:
    seen = ask(crew, "報告", "いつまでですか").messages.get().pk
    data = {"close": "1", "seen": seen, "text": "長" * 4001}
    assert "長" * 4001 in html(client_of("editor").post(thread(crew), data), 400)
    assert (Question.objects.get().state, Message.objects.count()) == ("open", 1)


def test_a_text_beside_reopening_is_an_answer(crew: Project) -> None:
    seen = ask(crew, "報告", "いつまでですか").messages.get().pk
    client_of("editor").post(thread(crew), {"close": "1", "seen": seen})
    client_of("editor").post(thread(crew), {"reopen": "1", "text": "今月末です"})
    assert Question.objects.get().state == "answered"
    assert Message.objects.get(side="pmo").text == "今月末です"


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_lose_nothing(crew: Project) -> None:
    question = ask(crew, "報告", "いつまでですか")
    people = {m.user.username: m.user for m in crew.memberships.select_related("user")}
    together = threading.Barrier(2)

    def answer(name: str) -> None:
        together.wait()
        inbox.answer(question, f"{name}の回答", by=people[name])
        connection.close()

    threads = [threading.Thread(target=answer, args=(name,)) for name in ("manager", "editor")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    texts = set(question.messages.filter(side="pmo").values_list("text", flat=True))
    assert texts == {"managerの回答", "editorの回答"}


def test_who_may_read_and_answer(crew: Project) -> None:
    ask(crew, "報告", "いつまでですか")
    read = {"kou": 404, "stranger": 404, "viewer": 200, "editor": 200, "manager": 200}
    assert statuses("get", LIST) == read
    assert statuses("get", thread(crew)) == read
    answered = {"kou": 404, "stranger": 404, "viewer": 403, "editor": 302, "manager": 302}
    assert statuses("post", thread(crew), text="はい") == answered
    assert client_of("manager").post(LIST).status_code == 405
    assert client_of("manager").put(thread(crew)).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_mail_about_a_question_leads_to_its_thread(crew: Project) -> None:
    User.objects.filter(username="manager").update(email="manager@example.jp")
    data = {"company": company().uid, "text": "いつまでですか"}
    answer = client_of("kou").post(f"/tasks/small/{uid_of(crew, '報告')}/say/", data)
    assert answer.status_code == 302
    (letter,) = mail.outbox
    assert f"http://testserver{thread(crew)}" in letter.body


def test_the_page_as_a_company_sees_it_leads_back_to_the_board(crew: Project) -> None:
    page = html(client_of("manager").get(place("tasks/")))
    assert f'href="{BASE}companies/"' in page
