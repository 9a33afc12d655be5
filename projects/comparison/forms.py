"""Choose two sources to compare and filter the result. The form returns domain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from projects.comparison.sources import NOW
from projects.domain.change_kinds import WORDS, Change
from projects.domain.comparison import KINDS, Pair, Wanted
from projects.render.difference_parts import USUAL

LIST, MATRIX = "list", "matrix"
VIEWS = {LIST: "一覧", MATRIX: "役割分担表"}
_SIDES = {"old": "旧", "new": "新"}
_WRONG = {"invalid_choice": "選べないものが指定されています。選び直してください。"}


class CompareForm(forms.Form):
    """What the URL asks for → keys of two sources, Wanted, view and page."""

    kind = forms.MultipleChoiceField(
        required=False,
        label="変更の種類",
        choices=[(kind.value, WORDS[kind]) for kind in KINDS],
        error_messages=_WRONG,
        widget=forms.CheckboxSelectMultiple,
    )
    role = forms.CharField(required=False, max_length=1_000, label="関連業者")
    phase = forms.CharField(required=False, max_length=12, label="フェーズ")
    q = forms.CharField(required=False, max_length=200, label="検索")
    view = forms.ChoiceField(
        required=False, label="表示", choices=tuple(VIEWS.items()), error_messages=_WRONG
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, label="ページ")

    def __init__(self, data: Any, *, labels: Mapping[str, str]) -> None:
        super().__init__(data)
        for name in _SIDES:
            self.fields[name] = forms.ChoiceField(
                required=False,
                label=_SIDES[name],
                choices=list(labels.items()),
                error_messages=_WRONG,
            )
        self._labels = labels

    @property
    def keys(self) -> tuple[str, str] | None:
        """Return the keys of old and new, None when there is nothing to compare with."""
        rest = [key for key in self._labels if key != NOW]
        old, new = self._valid_value("old"), self._valid_value("new")
        if not rest:
            return None
        if rest[0].startswith("edition:"):
            return (old or rest[0], new or NOW)
        return (old or NOW, new or rest[0])

    @property
    def wanted(self) -> Wanted:
        """Return the filter; without kinds in the URL the usual ones."""
        chosen = tuple(Change(value) for value in self._valid_value("kind") or ())
        texts = {name: self._valid_value(name) or "" for name in ("role", "phase")}
        return Wanted(chosen or USUAL, words=self._valid_value("q") or "", **texts)

    @property
    def layout(self) -> str:
        """Return LIST or MATRIX."""
        return self._valid_value("view") or LIST

    @property
    def number(self) -> int:
        return self._valid_value("page") or 1

    def fitting(self, pair: Pair) -> Wanted:
        """The same without a column or a phase that neither side has, which becomes an error."""
        wanted = self.wanted
        names = {role.name for grid in _grids(pair) for role in grid.roles}
        if wanted.role and wanted.role not in names:
            self.add_error("role", f"「{wanted.role}」という列は、どちらにもありません。")
            wanted = replace(wanted, role="")
        if wanted.phase and wanted.phase not in {item.uid for item in pair.phases}:
            self.add_error("phase", "このフェーズは、どちらにもありません。選び直してください。")
            wanted = replace(wanted, phase="")
        return wanted

    def _valid_value(self, name: str) -> Any:
        """Return the value of a field, None where it is wrong."""
        self.is_valid()
        return self.cleaned_data.get(name)


def _grids(pair: Pair) -> tuple[Any, Any]:
    return pair.plan.before, pair.plan.after
