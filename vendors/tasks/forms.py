from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from projects.domain.matrix_filter import words_of
from projects.shared.form_fields import ParagraphField, offer
from vendors.models import MAX_TEXT, Confirmation
from vendors.tasks.confirm import Chosen, chosen
from vendors.tasks.filter import ANSWERED, CHANGED, TaskFilter
from vendors.tasks.task import STATES, Task, Work

MORE_STATES = {CHANGED: "変更あり", ANSWERED: "回答あり"}


class TaskForm(forms.Form):
    """Return a TaskFilter from the query string; choices come from the company's own rows.

    Company and project are offered only where there are several.
    """

    company = forms.ChoiceField(required=False, label="会社")
    project = forms.ChoiceField(required=False, label="案件")
    phase = forms.ChoiceField(required=False, label="フェーズ")
    mark = forms.ChoiceField(required=False, label="記号")
    state = forms.ChoiceField(required=False, label="確認")
    q = forms.CharField(required=False, max_length=200, label="検索")

    def __init__(self, data: Any, *, tasks: Iterable[Task]) -> None:
        super().__init__(data)
        rows = list(tasks)
        self._offer_several("company", {t.seat.vendor_uid: t.seat.vendor for t in rows})
        self._offer_several("project", {t.seat.slug: t.seat.project for t in rows})
        offer(self, "phase", {t.phase: t.phase for t in rows}.items())
        offer(self, "mark", [(m, m) for m in sorted({m for t in rows for m in t.marks})])
        offer(self, "state", [*STATES.items(), *MORE_STATES.items()])
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": "項番・作業項目・作業内容"}
        )

    def _offer_several(self, name: str, values: Mapping[str, str]) -> None:
        if len(values) > 1:
            offer(self, name, values.items())
        else:
            del self.fields[name]

    @property
    def filter(self) -> TaskFilter:
        """Return the requested filter; everything when a value is not offered."""
        if not self.is_valid():
            return TaskFilter()
        data = dict(self.cleaned_data)
        return TaskFilter(words=words_of(data.pop("q")), **data)


class TasksField(forms.Field):
    """Return a Chosen for submitted task keys. Raises UnknownTaskError."""

    widget = forms.SelectMultiple
    default_error_messages = {"required": "作業を選んでから押してください。"}

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def to_python(self, value: Any) -> Chosen | None:
        return chosen(self._work, value) if value else None


class AnswerForm(forms.Form):
    """A company's answer to one or many tasks. A question needs its text."""

    state = forms.ChoiceField(choices=Confirmation.State.choices, label="確認")
    text = ParagraphField(required=False, max_length=MAX_TEXT, label="質問の内容")

    def __init__(self, data: Any, *, work: Work) -> None:
        super().__init__(data)
        self.fields["task"] = TasksField(work)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("state") == Confirmation.State.QUESTION and not data.get("text"):
            self.add_error("text", "質問の内容を入力してください。")
        return data


class ClosingForm(forms.Form):
    """The last message of a thread, optional."""

    text = ParagraphField(required=False, max_length=MAX_TEXT, label="内容")


class MessageForm(forms.Form):
    """A message in a thread."""

    text = ParagraphField(
        max_length=MAX_TEXT, label="内容", error_messages={"required": "内容を入力してください。"}
    )
