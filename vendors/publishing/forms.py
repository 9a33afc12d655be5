"""Validate the form that publishes a 版."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate

from projects.models.edition import MAX_NOTE
from projects.shared.form_fields import DayField, LineField, ParagraphField
from vendors.publishing.publish import Preview


class PublishForm(forms.Form):
    """The title, date and note of a 版; `revision` and `last` identify the preview seen."""

    title = LineField(max_length=100, label="名称")
    date = DayField(label="日付")
    note = ParagraphField(
        required=False,
        max_length=MAX_NOTE,
        label="説明（業者も読めます）",
        widget=forms.Textarea({"rows": 4}),
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    last = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def about(cls, preview: Preview, data: Any = None) -> PublishForm:
        """Return a form for publishing the preview, with the texts of `data` if given."""
        seen = {"revision": preview.revision, "last": preview.last}
        if data is None:
            return cls(initial={"title": f"第{preview.number}版", "date": localdate(), **seen})
        return cls({**data.dict(), **seen})
