from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from projects.selection import words_of
from vendors.tasks import Task, TaskFilter


class TaskForm(forms.Form):
    """The filters of the company's list → TaskFilter. Choices come from the company's own rows."""

    phase = forms.ChoiceField(required=False, label="フェーズ")
    mark = forms.ChoiceField(required=False, label="記号")
    q = forms.CharField(required=False, max_length=200, label="検索")

    def __init__(self, data: Any, *, tasks: Iterable[Task]) -> None:
        super().__init__(data)
        rows = list(tasks)
        phases = dict.fromkeys(task.phase for task in rows if task.phase)
        marks = dict.fromkeys(mark for task in rows for mark in task.marks)
        self._offer("phase", phases)
        self._offer("mark", sorted(marks))
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": "項番・作業項目・作業内容"}
        )

    def _offer(self, name: str, values: Iterable[str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "すべて"), *((value, value) for value in values)]

    @property
    def filter(self) -> TaskFilter:
        """What was asked for; everything when the URL asks for what is not offered."""
        if not self.is_valid():
            return TaskFilter()
        data = self.cleaned_data
        return TaskFilter(data["phase"], data["mark"], words_of(data["q"]))
