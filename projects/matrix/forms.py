"""Parse the filters and the fold in the URL of a matrix."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from django import forms
from django.http import QueryDict

from projects.checks import CHECKS
from projects.checks.locations import Whereabouts
from projects.domain.grid import UID_LENGTH, Grid
from projects.domain.matrix_filter import BLANK, Selection, words_of
from projects.domain.text.match_key import match_key
from projects.matrix.page import Request
from projects.render.matrix_table import Fold
from projects.shared.form_fields import FilterChoices, choice_field

ANY = "any"
BLANK_WORDS = ("空白", "blank", "none")


class MatrixForm(forms.Form):
    """The filters and the fold in the URL of a matrix → Selection and Fold."""

    q = forms.CharField(required=False, max_length=200, label="項番・作業項目・作業内容")
    role = forms.CharField(required=False, label="関連業者")
    mark = FilterChoices(required=False, label="記号")
    level = forms.IntegerField(required=False, min_value=1, max_value=20, label="階層")
    fold = forms.IntegerField(required=False, min_value=1, max_value=20, label="折りたたむ階層")
    flip = forms.RegexField(
        rf"^[0-9a-z]{{{UID_LENGTH}}}(\.[0-9a-z]{{{UID_LENGTH}}})*$", required=False
    )

    finding = FilterChoices(
        required=False,
        label="要確認",
        choices=[(ANY, "いずれか"), *((code.value, check.title) for code, check in CHECKS.items())],
    )

    def __init__(
        self,
        data: QueryDict,
        *,
        grid: Grid,
        top: str = "",
        found: Callable[[], Whereabouts] = Whereabouts,
    ) -> None:
        """`found` tells where the open findings are, when they are asked for."""
        super().__init__(data)
        self._query = data
        self._grid, self._top, self._found = grid, top, found
        self.columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
        marks = (*grid.symbols, *BLANK_WORDS)
        choice_field(self, "mark").choices = [(mark, mark) for mark in marks]

    def clean_role(self) -> str:
        """Return the role's name, given its name, short name, alias or place (from 1)."""
        text = self.cleaned_data["role"].strip()
        if not text:
            return ""
        key = match_key(text)
        for place, role in enumerate(self._grid.roles, 1):
            if key in {match_key(t) for t in (role.name, role.short_name, *role.aliases)}:
                return role.name
            if text == str(place):
                return role.name
        raise forms.ValidationError(f"「{text}」という関連業者の列はありません。")

    def clean_mark(self) -> frozenset[str]:
        chosen = self.cleaned_data["mark"]
        return frozenset(BLANK if value in BLANK_WORDS else value for value in chosen)

    def clean_finding(self) -> frozenset[str] | None:
        """Return the uids of the rows with such findings, None without a filter.

        Where they are about columns only, the rows with a mark there, or all when there is none.
        """
        chosen = set(self.cleaned_data["finding"])
        if not chosen:
            return None
        found = self._found()
        self.columns = tuple(
            (name, tuple(codes)) for name, codes in found.columns.items() if _any_of(codes, chosen)
        )
        rows = frozenset(uid for uid, codes in found.rows.items() if _any_of(codes, chosen))
        return rows or (self._marked_in_columns() if self.columns else rows)

    def _marked_in_columns(self) -> frozenset[str]:
        names = {name for name, _ in self.columns}
        at = [place for place, role in enumerate(self._grid.roles) if role.name in names]
        items = self._grid.items
        marked = frozenset(item.uid for item in items if any(item.marks[i] for i in at))
        return marked or frozenset(item.uid for item in items)

    @property
    def selection(self) -> Selection:
        """Return the filter, or all rows when something in the URL is wrong."""
        if not self.is_valid():
            return Selection(top=self._top)
        data = self.cleaned_data
        words = words_of(data["q"])
        only = data["finding"]
        return Selection(data["role"], data["mark"], words, data["level"], self._top, only)

    @property
    def folding(self) -> Fold:
        if not self.is_valid():
            return Fold()
        flipped = frozenset(self.cleaned_data["flip"].split(".")) - {""}
        return Fold(self.cleaned_data["fold"], flipped)

    def asked(self, path: str) -> Request:
        """Return the filter for the page at that path, with the errors in words."""
        errors = (
            f"{self.fields[name].label}: {error}"
            for name, found in self.errors.items()
            for error in found
        )
        return Request(
            path=path,
            query=self._query.urlencode(),
            words=self["q"].value() or "",
            errors=tuple(errors),
            selection=self.selection,
            finding=tuple(filter(None, self["finding"].value() or ())),
            columns=self.columns,
            fold_level=self.folding.level,
        )


def _any_of(codes: Iterable[str], chosen: Collection[str]) -> bool:
    return ANY in chosen or any(code in chosen for code in codes)
