"""Validate the filter of the progress page, and the companies to remind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from projects.shared.form_fields import choice_field, offer
from vendors.progress.reminders import Candidate


class PhaseForm(forms.Form):
    """The filter of the board."""

    phase = forms.ChoiceField(required=False, label="フェーズ")

    def __init__(self, data: Any, *, phases: Iterable[str]) -> None:
        super().__init__(data)
        offer(self, "phase", [(phase, phase) for phase in phases])

    @property
    def chosen(self) -> str:
        """Return the requested phase; "" for all, also for one that is not offered."""
        return self.cleaned_data["phase"] if self.is_valid() else ""


class RemindForm(forms.Form):
    """The companies to remind; `again` includes those reminded today."""

    company = forms.MultipleChoiceField(
        label="催促する会社", error_messages={"required": "催促する会社を選んでください。"}
    )
    again = forms.BooleanField(required=False, label="今日すでに催促した会社にも、もう一度送る")

    def __init__(self, data: Any, *, candidates: Iterable[Candidate]) -> None:
        super().__init__(data)
        vendors = [candidate.company.vendor for candidate in candidates]
        choice_field(self, "company").choices = [(vendor.uid, vendor.name) for vendor in vendors]
