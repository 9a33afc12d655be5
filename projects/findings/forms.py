"""Forms of the pages of the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from projects.checks import CHECKS, Code, Severity
from projects.checks.locations import about
from projects.domain.grid import MAX_NAME, UID_LENGTH, Grid, clean_line, index_of, subtree_ends
from projects.domain.phases import phases
from projects.findings.review import Judged, Review, State, headings_of
from projects.matrix.forms import ANY
from projects.models import Project
from projects.shared.form_fields import choice_field, offer

SEVERITIES = {Severity.ERROR: "誤り", Severity.WARNING: "注意"}
OPEN, WAIVED, ALL = "open", "waived", "all"
STATES = {OPEN: "未対応", State.AGAIN.value: "再確認", WAIVED: "見送り", ALL: "すべて"}
TITLES = [(code.value, f"{code} {check.title}") for code, check in CHECKS.items()]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings a person asked for: about one of the `rows`, by uid, and about the column."""

    code: str = ""
    severity: str = ""
    state: str = OPEN
    rows: frozenset[str] | None = None
    column: str = ""

    def chosen(self, review: Review) -> list[Judged]:
        return [one for one in review.judged if self._fits(one)]

    def _fits(self, one: Judged) -> bool:
        finding = one.finding
        return (
            self.code in ("", finding.code.value)
            and self.severity in ("", finding.severity.value)
            and self._fits_state(one.state)
            and (self.rows is None or any(uid in self.rows for uid, _ in about(finding)))
            and (not self.column or ("", self.column) in finding.cells)
        )

    def _fits_state(self, state: State) -> bool:
        if self.state == OPEN:
            return state is not State.WAIVED
        return self.state in (ALL, state.value)


class FindingForm(forms.Form):
    """The filters of the checks in the URL → Wanted."""

    code = forms.ChoiceField(required=False, label="種類", choices=[("", "すべて"), *TITLES])
    severity = forms.ChoiceField(
        required=False,
        label="重要度",
        choices=[("", "すべて"), *((key.value, name) for key, name in SEVERITIES.items())],
    )
    state = forms.ChoiceField(required=False, label="状態", choices=list(STATES.items()))
    phase = forms.ChoiceField(required=False, label="工程")
    row = forms.CharField(required=False, max_length=UID_LENGTH, widget=forms.HiddenInput)
    column = forms.CharField(required=False, max_length=MAX_NAME, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, grid: Grid) -> None:
        super().__init__(_with_code(data))
        self._grid = grid
        offer(self, "phase", _headings(grid))

    @property
    def wanted(self) -> Wanted:
        """Return the filter, or everything open when something in the URL is wrong."""
        if not self.is_valid():
            return Wanted()
        data = self.cleaned_data
        rows = _below(self._grid, data["phase"]) if data["phase"] else None
        if data["row"]:
            rows = frozenset([data["row"]])
        state = data["state"] or OPEN
        return Wanted(data["code"], data["severity"], state, rows, data["column"])


def _with_code(data: QueryDict) -> QueryDict:
    """`finding`, as the matrix calls it, is another name of `code`."""
    wanted = data.get("finding", "")
    if data.get("code") or wanted in ("", ANY):
        return data
    named = data.copy()
    named["code"] = wanted
    return named


def _headings(grid: Grid) -> list[tuple[str, str]]:
    """Return (項番, 項番 and name) of フェーズ and 工程."""
    found = []
    for phase in phases(grid):
        for depth, part in ((0, phase), *((1, child) for child in phase.children)):
            if part.item.number:
                label = f"{'　' * depth}{part.item.number} {part.item.name}"
                found.append((part.item.number, label))
    return found


def _below(grid: Grid, number: str) -> frozenset[str]:
    start = next(i for i, item in enumerate(grid.items) if item.number == number)
    end = subtree_ends(grid.items)[start]
    return frozenset(item.uid for item in grid.items[start:end])


class ChosenForm(forms.Form):
    """Which findings an act is about: ticked ones, `one` by its button, or all open of a code."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    one = forms.CharField(required=False)
    all_of = forms.ChoiceField(required=False, choices=[("", ""), *TITLES])
    sure = forms.BooleanField(required=False)
    back = forms.CharField(required=False)

    def __init__(self, data: Any, *, review: Review) -> None:
        super().__init__(data)
        self._review = review
        self._keys: Sequence[str] = data.getlist("key")

    @property
    def chosen(self) -> list[Judged]:
        """Return the chosen findings that are open."""
        if not self.is_valid():
            return []
        data = self.cleaned_data
        if data["all_of"]:
            return [one for one in self._review.open if one.finding.code == data["all_of"]]
        keys = [data["one"]] if data["one"] else self._keys
        return [one for one in self._review.named(keys) if one.is_open]


class WaiveForm(forms.Form):
    """Why findings are let be: each as it is now, or by a rule below a heading."""

    reason = forms.CharField(
        max_length=MAX_NAME,
        label="見送る理由",
        error_messages={"required": "見送る理由を入力してください。"},
    )
    below = forms.ChoiceField(required=False, label="範囲")
    role = forms.ChoiceField(required=False, label="関連業者")

    def __init__(self, data: Any, *, grid: Grid, chosen: Sequence[Judged]) -> None:
        super().__init__(data)
        (own, *_), several = chosen, len(chosen) > 1
        uid, roles = own.finding.uid, own.finding.roles
        self.offers_rule = bool(uid) and not several and own.finding.code is not Code.WORDING
        uids = headings_of(grid, uid) if self.offers_rule else []
        rows = [grid.items[index_of(grid, above)] for above in uids]
        below = [(row.uid, f"「{row.number} {row.name}」のすべて（今後も）") for row in rows]
        self._choose("below", [("", "この指摘だけ（内容が変わるまで）"), *below])
        self._choose("role", [("", "すべて"), *((name, name) for name in roles)])

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        choice_field(self, name).choices = list(choices)

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])


class ShareForm(forms.ModelForm[Project]):
    """From which share of the tasks on one column leads too much."""

    class Meta:
        model = Project
        fields = ("lead_share",)
