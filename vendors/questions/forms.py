"""Validate the filters of the list of questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from projects.shared.form_fields import offer
from vendors.models import Question, Vendor


class QuestionForm(forms.Form):
    """The filters of the list of questions."""

    state = forms.ChoiceField(required=False, label="状態")
    company = forms.ChoiceField(required=False, label="会社")

    def __init__(self, data: Any, *, companies: Iterable[Vendor]) -> None:
        super().__init__(data)
        offer(self, "state", Question.State.choices)
        offer(self, "company", [(vendor.uid, vendor.name) for vendor in companies])

    @property
    def wanted(self) -> dict[str, str]:
        """Return the requested filters; none when a value is not offered."""
        return self.cleaned_data if self.is_valid() else {}
