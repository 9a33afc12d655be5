"""Forms of the admin. A row's form holds its texts and one choice of mark per role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from projects import store
from projects.domain.grid import (
    Grid,
    Item,
    clean_line,
    clean_text,
    moved_under,
    with_item,
    with_item_under,
)
from projects.models import Assignment, LegendMark, Project, Role, WorkItem

PREFIX = "role_"


class WorkItemForm(forms.ModelForm[WorkItem]):
    """A new row under a parent; `item_form` adds what an existing row has.

    `edit` is the pure change that the store applies. It is tried in `clean`, so that what the
    rules forbid is said at the form and not by an error page.
    """

    class Meta:
        model = WorkItem
        fields = ("project", "number", "name", "parent", "description")

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_description(self) -> str:
        return clean_text(self.cleaned_data["description"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        project = self.project
        parent = data.get("parent")
        if project and parent and parent.project_id != project.pk:
            self.add_error("parent", "同じ案件の項目を選んでください。")
        if project and not self.errors:
            self._try(store.load(project))
        return data

    @property
    def project(self) -> Project | None:
        return self.instance.project if self.instance.pk else self.cleaned_data.get("project")

    def edit(self, grid: Grid) -> Grid:
        """The grid with this form's row added or changed."""
        return self._changed(grid) if self.instance.pk else self._added(grid)

    def _try(self, grid: Grid) -> None:
        try:
            errors = self.edit(grid).errors()
        except ValueError as error:
            errors = [str(error)]
        if errors:
            raise ValidationError(errors)

    def _added(self, grid: Grid) -> Grid:
        data = self.cleaned_data
        blank = ("",) * len(grid.roles)
        item = Item(self.instance.uid, 1, "", data["name"], data["description"], blank)
        return with_item_under(grid, item, _uid(data["parent"]))

    def _changed(self, grid: Grid) -> Grid:
        uid, data = self.instance.uid, self.cleaned_data
        texts = {name: data[name] for name in ("number", "name", "description")}
        marks = tuple(data[f"{PREFIX}{pk}"] for pk in self._role_keys())
        grid = with_item(grid, uid, lambda item: replace(item, **texts, marks=marks))
        if "parent" in self.changed_data:
            grid = moved_under(grid, uid, _uid(data["parent"]))
        return grid

    def _role_keys(self) -> list[str]:
        return [n.removeprefix(PREFIX) for n in self.fields if n.startswith(PREFIX)]


def item_form(item: WorkItem) -> type[WorkItemForm]:
    """The form class of an existing row: a choice of mark for each role of its project."""
    marks = Assignment.objects.filter(project=item.project, item=item).order_by()
    chosen = dict(marks.values_list("role", "symbol"))
    legend = LegendMark.objects.filter(project=item.project).order_by("position")
    choices = [("", "空白"), *((mark.symbol, mark.symbol) for mark in legend)]
    roles = Role.objects.filter(project=item.project).order_by("position")
    fields: dict[str, forms.Field] = {
        f"{PREFIX}{role.pk}": forms.ChoiceField(
            choices=choices,
            required=False,
            label=role.short_name or role.name,
            initial=chosen.get(role.pk, ""),
        )
        for role in roles
    }
    siblings = WorkItem.objects.filter(project=item.project).order_by("position")
    fields["parent"] = forms.ModelChoiceField(siblings, required=False, label="上位の項目")
    return type("ItemForm", (WorkItemForm,), fields)


class RoleForm(forms.ModelForm[Role]):
    """A column. Its place and its name are its own within the project, which stays as it is."""

    class Meta:
        model = Role
        fields = ("project", "position", "name", "short_name", "kind", "aliases")

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        project = self.instance.project if self.instance.pk else data.get("project")
        others = Role.objects.filter(project=project).exclude(pk=self.instance.pk)
        for name, label in (("position", "順序"), ("name", "名称")):
            if name in data and others.filter(**{name: data[name]}).exists():
                self.add_error(name, f"この{label}の列は既にあります。")
        return data


class LegendFormSet(forms.BaseInlineFormSet[LegendMark, Project, forms.ModelForm[LegendMark]]):
    """The 凡例 of a project: a mark that is in use stays, no two stand on one place."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        places = [form.cleaned_data["position"] for form in kept if "position" in _data(form)]
        if len(places) != len(set(places)):
            raise ValidationError("凡例の順序が重複しています。")
        for form in self.deleted_forms:
            mark = form.instance
            count = Assignment.objects.filter(project=self.instance, symbol=mark.symbol).count()
            if count:
                message = (
                    f"記号「{mark.symbol}」は{count:,}個のセルで使われているため削除できません。"
                )
                raise ValidationError(message)


def _data(form: forms.ModelForm[LegendMark]) -> dict[str, Any]:
    """What was entered so far; an empty extra form has nothing."""
    return getattr(form, "cleaned_data", {})


def _uid(item: WorkItem | None) -> str | None:
    return item.uid if item else None
