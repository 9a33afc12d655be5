"""Validate the PMO's forms about companies."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.models import Project, Role
from projects.shared.form_fields import LineField


class CompanyForm(forms.Form):
    """A company by its name."""

    name = LineField(max_length=200, label="会社名", widget=forms.TextInput({"list": "companies"}))


class ContractForm(CompanyForm):
    role = forms.ModelChoiceField(Role.objects.none(), label="関連業者の列")
    field_order = ("role", "name")

    def __init__(self, data: Any, *, project: Project, **more: Any) -> None:
        super().__init__(data, **more)
        field: Any = self.fields["role"]
        field.queryset = Role.objects.filter(project=project).order_by("position", "pk")


class InviteForm(forms.Form):
    """The person to invite. The address, in lower case, is also the user name."""

    name = LineField(max_length=150, label="氏名")
    address = forms.EmailField(max_length=150, label="メールアドレス")

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).lower()
        try:
            address.rpartition("@")[2].encode("idna")
        except UnicodeError:
            raise forms.ValidationError("このアドレスにはメールを送れません。") from None
        return address
