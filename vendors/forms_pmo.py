"""Forms of the PMO about companies. They return domain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.timezone import localdate

from projects.grid import clean_line
from projects.models import Project, Role
from projects.models.edition import MAX_NOTE
from vendors.forms import SpokenField
from vendors.models import Question, Vendor
from vendors.publishing import Preview
from vendors.reminding import Candidate

_DAYS = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31)))


class LineField(forms.CharField):
    """A text in one line; spaces at its ends and runs of them do not count."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class PublishForm(forms.Form):
    """What a 版 is called. `revision` and `last` say which preview the person has seen."""

    title = LineField(max_length=100, label="名称")
    date = forms.DateField(
        label="日付", widget=forms.DateInput({"type": "date"}), validators=[*_DAYS]
    )
    note = SpokenField(
        required=False,
        max_length=MAX_NOTE,
        label="説明（業者も読めます）",
        widget=forms.Textarea({"rows": 4}),
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    last = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def about(cls, preview: Preview, data: Any = None) -> PublishForm:
        """A form for publishing what the preview shows, with the texts of `data` if given."""
        seen = {"revision": preview.revision, "last": preview.last}
        if data is None:
            return cls(initial={"title": f"第{preview.number}版", "date": localdate(), **seen})
        return cls({**data.dict(), **seen})


class PhaseForm(forms.Form):
    """The filter of the board."""

    phase = forms.ChoiceField(required=False, label="フェーズ")

    def __init__(self, data: Any, *, phases: Iterable[str]) -> None:
        super().__init__(data)
        _offer(self, "phase", [(phase, phase) for phase in phases])

    @property
    def chosen(self) -> str:
        """What was asked for; "" for everything, also when it is not offered."""
        return self.cleaned_data["phase"] if self.is_valid() else ""


class RemindForm(forms.Form):
    """Which companies are reminded; `again` also those that were today."""

    company = forms.MultipleChoiceField(
        label="催促する会社", error_messages={"required": "催促する会社を選んでください。"}
    )
    again = forms.BooleanField(required=False, label="今日すでに催促した会社にも、もう一度送る")

    def __init__(self, data: Any, *, candidates: Iterable[Candidate]) -> None:
        super().__init__(data)
        field = self.fields["company"]
        assert isinstance(field, forms.MultipleChoiceField)
        vendors = [candidate.company.vendor for candidate in candidates]
        field.choices = [(vendor.uid, vendor.name) for vendor in vendors]


class CompanyForm(forms.Form):
    """A company by its name, and optionally the role that it fills from now on."""

    name = LineField(max_length=200, label="会社名", widget=forms.TextInput({"list": "companies"}))


class ContractForm(CompanyForm):
    role = forms.ModelChoiceField(Role.objects.none(), label="関連業者の列")
    field_order = ("role", "name")

    def __init__(self, data: Any, *, project: Project, **more: Any) -> None:
        super().__init__(data, **more)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Role.objects.filter(project=project).order_by("position", "pk")


class InviteForm(forms.Form):
    """Who is invited. The address is also the name for signing in: in small letters."""

    name = LineField(max_length=150, label="氏名")
    address = forms.EmailField(max_length=150, label="メールアドレス")

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).lower()
        try:
            address.rpartition("@")[2].encode("idna")
        except UnicodeError:
            raise forms.ValidationError("このアドレスにはメールを送れません。") from None
        return address


class QuestionForm(forms.Form):
    """The filters of the list of questions."""

    state = forms.ChoiceField(required=False, label="状態")
    company = forms.ChoiceField(required=False, label="会社")

    def __init__(self, data: Any, *, companies: Iterable[Vendor]) -> None:
        super().__init__(data)
        _offer(self, "state", Question.State.choices)
        _offer(self, "company", [(vendor.uid, vendor.name) for vendor in companies])

    @property
    def wanted(self) -> dict[str, str]:
        """What was asked for; everything when the URL asks for what is not offered."""
        return self.cleaned_data if self.is_valid() else {}


def _offer(form: forms.Form, name: str, values: Iterable[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "すべて"), *values]
