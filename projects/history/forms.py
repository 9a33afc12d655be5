"""Filter a project's history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.domain.grid import MAX_NAME
from projects.history import LogFilter
from projects.history.row_history import KINDS
from projects.shared.form_fields import DayField, offer


class LogForm(forms.Form):
    """The filters of the history in the URL → LogFilter."""

    person = forms.ChoiceField(required=False, label="変更者")
    kind = forms.ChoiceField(required=False, label="種類")
    role = forms.ChoiceField(required=False, label="関連業者")
    item = forms.CharField(required=False, max_length=MAX_NAME, label="項番")
    since = DayField(required=False, label="開始日")
    until = DayField(required=False, label="終了日")

    def __init__(
        self, data: Any, *, people: Sequence[tuple[str, str]], roles: Sequence[str]
    ) -> None:
        super().__init__(data)
        offer(self, "person", people)
        offer(self, "kind", KINDS.items())
        offer(self, "role", [(name, name) for name in roles])

    @property
    def wanted(self) -> LogFilter:
        """Return the filter, or everything when something in the URL is wrong."""
        return LogFilter(**self.cleaned_data) if self.is_valid() else LogFilter()
