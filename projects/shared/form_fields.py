"""Fields, choices and small forms that several features use. They return domain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from projects.domain.grid import MAX_NAME, clean_line, clean_text

POSSIBLE_DAYS = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
ALL = ("", "すべて")


class LineField(forms.CharField):
    """A text in one line; spaces at its ends and runs of them do not count."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class ParagraphField(forms.CharField):
    """A text in several lines."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class DayField(forms.DateField):
    """A day between 1900 and 2999, with the browser's calendar."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput({"type": "date"})
        super().__init__(widget=widget, validators=[*POSSIBLE_DAYS], **more)


class FilterChoices(forms.MultipleChoiceField):
    """Choices of a filter. The empty one, 「すべて」 of a `<select>`, means no filter."""

    def to_python(self, value: Any) -> list[str]:
        return [choice for choice in super().to_python(value) if choice]


class ReasonForm(forms.Form):
    """Why something is done, where the project asks for it."""

    reason = forms.CharField(required=False, max_length=MAX_NAME, label="変更理由")

    def __init__(self, data: Any, *, required: bool) -> None:
        super().__init__(data)
        self.fields["reason"].required = required


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """Return a form's field of choices. TypeError for another kind of field."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    return field


def offer(form: forms.Form, name: str, values: Iterable[tuple[Any, Any]]) -> None:
    """Give a filter's field its choices, with 「すべて」 before them."""
    choice_field(form, name).choices = [ALL, *values]
