"""Validate columns and the 凡例. The forms return domain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.domain.grid import MAX_NAME, MAX_SYMBOL, Mark, Role, RoleKind, clean_line
from projects.domain.role_edits import Keep, Wanted
from projects.models import Role as RoleRow
from projects.shared.form_fields import choice_field

NEW_ROWS = 1


class RoleForm(forms.Form):
    """One column."""

    old = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=MAX_NAME, label="名称")
    short_name = forms.CharField(required=False, max_length=MAX_NAME, label="略称")
    kind = forms.ChoiceField(choices=RoleRow.Kind.choices, initial="vendor", label="種別")
    aliases = forms.CharField(
        required=False, label="別名（1行に1つ）", widget=forms.Textarea({"rows": 1})
    )

    @property
    def wanted(self) -> Wanted:
        data = self.cleaned_data
        aliases = [clean_line(line) for line in data["aliases"].splitlines()]
        role = Role(
            clean_line(data["name"]),
            clean_line(data["short_name"]),
            RoleKind(data["kind"]),
            tuple(dict.fromkeys(alias for alias in aliases if alias)),
        )
        return Wanted(data["old"], role)


class MarkForm(forms.Form):
    """One entry of the 凡例; `instead` is what its cells become when it goes."""

    old = forms.CharField(required=False, widget=forms.HiddenInput)
    symbol = forms.CharField(max_length=MAX_SYMBOL, label="記号")
    label = forms.CharField(required=False, max_length=MAX_NAME, label="意味")
    leads = forms.BooleanField(required=False, label="主たる作業者")
    instead = forms.CharField(
        required=False, max_length=MAX_SYMBOL, label="削除するとき、使用中のセルに入れる記号"
    )

    @property
    def mark(self) -> Mark:
        data = self.cleaned_data
        return Mark(clean_line(data["symbol"]), clean_line(data["label"]), data["leads"])


class _Ordered(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows with a place to give and a box to remove them."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = "順序"
        form.fields["DELETE"].label = "削除"


def kept(rows: Any) -> list[Any]:
    """Return the forms that are not deleted, in the order given or else as they were."""
    found = [
        (_order(form.cleaned_data.get("ORDER"), place), form)
        for place, form in enumerate(rows.forms, 1)
        if form.has_changed() or form.initial
        if not form.cleaned_data.get("DELETE")
    ]
    return [form for _, form in sorted(found, key=lambda row: row[0])]


def _order(wanted: int | None, place: int) -> tuple[int, int, int]:
    """Sort a row with another's place before it when it moves up, after it when down."""
    at = place if wanted is None else wanted
    return (at, (at > place) - (at < place), place)


RoleForms = forms.formset_factory(
    RoleForm, formset=_Ordered, extra=NEW_ROWS, can_order=True, can_delete=True, max_num=500
)
MarkForms = forms.formset_factory(
    MarkForm, formset=_Ordered, extra=NEW_ROWS, can_order=True, can_delete=True, max_num=50
)


class MergeForm(forms.Form):
    """Which column goes into which, and which mark stays where both have one."""

    source = forms.ChoiceField(label="なくす列")
    target = forms.ChoiceField(label="残す列")
    keep = forms.ChoiceField(
        label="両方に異なる記号があるとき",
        choices=[
            (Keep.STRONGER.value, "強い方の記号を残す"),
            (Keep.TARGET.value, "残す列の記号にする"),
            (Keep.SOURCE.value, "なくす列の記号にする"),
        ],
    )

    def __init__(self, data: Any, *, roles: Sequence[Role]) -> None:
        super().__init__(data)
        names = [("", "選択してください"), *((role.name, role.name) for role in roles)]
        choice_field(self, "source").choices = choice_field(self, "target").choices = names

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("source") and data.get("source") == data.get("target"):
            raise forms.ValidationError("同じ列は統合できません。別の列を選んでください。")
        return data


def role_rows(roles: Sequence[Role]) -> list[dict[str, object]]:
    return [
        {
            "old": role.name,
            "name": role.name,
            "short_name": role.short_name,
            "kind": role.kind.value,
            "aliases": "\n".join(role.aliases),
        }
        for role in roles
    ]


def mark_rows(legend: Sequence[Mark]) -> list[dict[str, object]]:
    return [
        {"old": mark.symbol, "symbol": mark.symbol, "label": mark.label, "leads": mark.leads}
        for mark in legend
    ]
