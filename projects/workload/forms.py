"""The form of the workload page. It returns a domain value."""

from __future__ import annotations

from django import forms

from projects.domain.workload import PHASES, PROCESSES

_DEPTHS = {"": PHASES, "process": PROCESSES}


class WorkloadForm(forms.Form):
    """How deep the workload page divides the document, from the URL."""

    by = forms.ChoiceField(
        required=False, label="集計の単位", choices=[("", "フェーズ"), ("process", "工程")]
    )

    @property
    def depth(self) -> int:
        """The level of the headings; phases when something in the URL was wrong."""
        return _DEPTHS[self.cleaned_data["by"]] if self.is_valid() else PHASES
