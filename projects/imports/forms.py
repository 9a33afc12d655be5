"""Forms of the import pages. They return domain values: bytes, Choices, Wishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe

from projects.domain.grid import Mark, Role, clean_line
from projects.imports.compare import Blank, Doubt, Wishes
from projects.intake.tables.layout import ColumnLayout, Layout, SheetLayout
from projects.intake.text.corrections import LEVELS_IN_WORDS, SKIP, Choices, Levels
from projects.intake.text.remarks import Place
from projects.shared.form_fields import choice_field
from raci.http.upload_limit import MAX_BYTES, MAX_MEGABYTES

TOO_LARGE = f"ファイルが大きすぎます。{MAX_MEGABYTES}MBまで取り込めます。"
PLACES_SHOWN = 8
MOST_LEVELS = 6
BLANK, MARK = "blank", "mark:"
HOW_WORDS = {
    "word": "見出しの言葉",
    "name": "列の名称",
    "alias": "列の別名",
    "similar": "似た名称",
    "shape": "列の内容",
    "chosen": "指定",
    "unknown": "不明",
}
_MEANINGS = (
    ("ignore", "取り込まない"),
    ("number", "項番"),
    ("name", "作業項目"),
    ("description", "作業内容"),
    ("level", "階層の番号"),
    *((f"level:{rank}", f"第{rank}階層の作業項目") for rank in range(1, MOST_LEVELS + 1)),
)


class PlainSelect(forms.Select):
    """A select joined in Python: a wide table has thousands of options."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = "".join(
            f'<option value="{escape(str(key))}"{" selected" if str(key) == str(value) else ""}>'
            f"{escape(str(label))}</option>"
            for key, label in self.choices
        )
        given = "".join(f' {k}="{escape(str(v))}"' for k, v in (attrs or {}).items() if v)
        return mark_safe(f'<select name="{escape(name)}"{given}>{options}</select>')  # noqa: S308


class UploadForm(forms.Form):
    """A file from the person's machine."""

    file = forms.FileField(
        label="ファイル",
        error_messages={
            "required": "ファイルを選んでください。",
            "empty": "ファイルが空です。",
            "missing": "ファイルを選んでください。",
        },
    )

    def __init__(self, data: Any = None, files: Any = None, *, length: int = 0) -> None:
        super().__init__(data, files)
        if length > MAX_BYTES:
            self.fields["file"].error_messages["required"] = TOO_LARGE

    @property
    def data_and_name(self) -> tuple[bytes, str]:
        file = self.cleaned_data["file"]
        return file.read(), file.name or "無題"


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of the file and the field that says what it means."""

    layout: ColumnLayout
    how: str
    field: forms.BoundField


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A sheet of the file with its fields."""

    layout: SheetLayout
    take: forms.BoundField
    header: forms.BoundField | None
    columns: tuple[ColumnRow, ...]


class LayoutForm(forms.Form):
    """What the file is taken to be → Choices. Only what was corrected becomes a choice."""

    levels = forms.ChoiceField(label="階層の読み取り方", required=False, widget=PlainSelect)

    def __init__(
        self, data: Any, *, layout: Layout, roles: Sequence[Role], choices: Choices
    ) -> None:
        super().__init__(data)
        self._layout, self._roles, self._choices = layout, roles, choices
        levels = choice_field(self, "levels")
        levels.choices = [(level.value, LEVELS_IN_WORDS[level]) for level in Levels]
        levels.initial = layout.levels.value
        for place, sheet in enumerate(layout.sheets):
            self._add(place, sheet)

    def _add(self, place: int, sheet: SheetLayout) -> None:
        self.fields[f"sheet-{place}"] = forms.BooleanField(
            required=False, label=f"「{sheet.name}」を取り込む", initial=not sheet.reason
        )
        if sheet.reason and not sheet.columns:
            return
        self.fields[f"header-{place}"] = forms.IntegerField(
            required=False,
            min_value=1,
            max_value=1_048_576,
            label=f"「{sheet.name}」の見出しの行",
            initial=sheet.top or None,
        )
        for column in sheet.columns:
            self.fields[f"column-{place}-{column.at}"] = forms.ChoiceField(
                required=False,
                label=f"{column.letters}列「{column.text}」の意味",
                choices=self._meanings(column),
                initial=column.meaning,
                widget=PlainSelect,
            )

    def _meanings(self, column: ColumnLayout) -> list[tuple[str, str]]:
        found = [*_MEANINGS, *((f"party:{role.name}", role.name) for role in self._roles)]
        known = {value for value, _ in found}
        if column.meaning not in known:
            found.append((column.meaning, f"新しい列「{column.meaning.partition(':')[2]}」"))
        elif column.text and f"party:{column.text}" not in known:
            found.append((f"new:{column.text}", f"新しい列「{column.text}」"))
        return found

    @property
    def sheets(self) -> Iterator[SheetRow]:
        """The sheets with their fields, in the order of the file."""
        for place, sheet in enumerate(self._layout.sheets):
            columns = tuple(
                ColumnRow(c, HOW_WORDS.get(c.how, c.how), self[f"column-{place}-{c.at}"])
                for c in sheet.columns
                if f"column-{place}-{c.at}" in self.fields
            )
            header = self[f"header-{place}"] if f"header-{place}" in self.fields else None
            yield SheetRow(sheet, self[f"sheet-{place}"], header, columns)

    @property
    def wanted(self) -> Choices:
        """The choices so far with what this form changes."""
        data, old = self.cleaned_data, self._choices
        taken = tuple(
            sheet.name for at, sheet in enumerate(self._layout.sheets) if data[f"sheet-{at}"]
        )
        found = tuple(sheet.name for sheet in self._layout.sheets if not sheet.reason)
        headers, columns = dict(old.headers), {k: dict(v) for k, v in old.columns.items()}
        for at, sheet in enumerate(self._layout.sheets):
            row = data.get(f"header-{at}")
            if row and row != sheet.top:
                headers[sheet.name] = row
                columns.pop(sheet.name, None)
            elif changed := self._changed_columns(at, sheet):
                columns[sheet.name] = {**columns.get(sheet.name, {}), **changed}
        levels = data["levels"]
        return replace(
            old,
            sheets=old.sheets if taken == found else taken,
            headers=headers,
            columns=columns,
            levels=old.levels if levels in ("", self._layout.levels) else Levels(levels),
        )

    def _changed_columns(self, place: int, sheet: SheetLayout) -> dict[int, str]:
        given = ((c, self.cleaned_data.get(f"column-{place}-{c.at}")) for c in sheet.columns)
        return {
            column.at: meaning for column, meaning in given if meaning and meaning != column.meaning
        }


class MarksForm(forms.Form):
    """What the texts mean that nobody can read → Choices."""

    def __init__(
        self,
        data: Any,
        *,
        asked: Mapping[str, Sequence[Place]],
        legend: Sequence[Mark],
        choices: Choices,
    ) -> None:
        super().__init__(data)
        self._choices = choices
        self._raw = [*asked, *(raw for raw in choices.marks if raw not in asked)]
        self._places = asked
        answers = [
            ("", "選んでください"),
            *((f"{MARK}{m.symbol}", f"{m.symbol}　{m.label}") for m in legend),
            (BLANK, "空欄（記号なし）"),
            (SKIP, "変更しない（案件の記号のまま）"),
        ]
        for place, raw in enumerate(self._raw):
            self.fields[f"mark-{place}"] = forms.ChoiceField(
                required=False,
                label=f"「{raw}」の読み方",
                choices=answers,
                initial=_answer(choices.marks.get(raw)),
                widget=PlainSelect,
            )

    @property
    def questions(self) -> Iterator[tuple[str, int, list[Place], forms.BoundField]]:
        """(text, cells, the first of their places, the field); no cells once answered."""
        for place, raw in enumerate(self._raw):
            places = self._places.get(raw, ())
            yield raw, len(places), list(places[:PLACES_SHOWN]), self[f"mark-{place}"]

    @property
    def wanted(self) -> Choices:
        answers = {raw: self.cleaned_data[f"mark-{at}"] for at, raw in enumerate(self._raw)}
        marks = {raw: _symbol(answer) for raw, answer in answers.items() if answer}
        return replace(self._choices, marks=marks)


def _answer(symbol: str | None) -> str:
    if symbol is None or symbol == SKIP:
        return symbol or ""
    return f"{MARK}{symbol}" if symbol else BLANK


def _symbol(answer: str) -> str:
    return "" if answer == BLANK else answer if answer == SKIP else answer.removeprefix(MARK)


class PolicyForm(forms.Form):
    """What blanks and missing columns of the file do."""

    blank = forms.ChoiceField(
        label="ファイルの空欄",
        choices=[(Blank.DELETE.value, "空欄＝削除"), (Blank.IGNORE.value, "空欄＝無視")],
        widget=forms.RadioSelect,
    )
    keep_columns = forms.BooleanField(required=False, label="ファイルにない列は、案件に残す")

    def wanted(self, wishes: Wishes) -> Wishes:
        data = self.cleaned_data
        return replace(wishes, blank=Blank(data["blank"]), keep_columns=data["keep_columns"])


class MatchesForm(forms.Form):
    """Whether rows matched on weak evidence are the same."""

    def __init__(self, data: Any, *, doubts: Sequence[Doubt], wishes: Wishes) -> None:
        super().__init__(data)
        self._doubts = doubts
        for doubt in doubts:
            self.fields[f"match-{doubt.file_uid}"] = forms.ChoiceField(
                label=f"{doubt.number} {doubt.name}",
                choices=[(doubt.uid, "同じ行"), ("", "別の行（追加と削除）")],
                required=False,
                initial=wishes.matches.get(doubt.file_uid, doubt.uid),
                widget=PlainSelect,
            )

    @property
    def rows(self) -> Iterator[tuple[Doubt, forms.BoundField]]:
        for doubt in self._doubts:
            yield doubt, self[f"match-{doubt.file_uid}"]

    def wanted(self, wishes: Wishes) -> Wishes:
        """The wishes with the answers."""
        answers = {d.file_uid: self.cleaned_data[f"match-{d.file_uid}"] for d in self._doubts}
        return replace(wishes, matches={**wishes.matches, **answers})


def left_out(data: Any, wishes: Wishes) -> Wishes:
    """The wishes with the boxes of one page: `leave` are checked, `was` those checked before."""
    before = frozenset(key.rstrip("\r") for key in data.get("was", "").split("\n"))
    now = frozenset(clean_line(key) for key in data.getlist("leave"))
    return replace(wishes, left_out=(wishes.left_out - before) | now)
