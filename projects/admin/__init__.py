"""The admin of the matrix. Edits go through the store or into its change sets, so the same
rules hold as everywhere and the history names the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects import store
from projects.admin.forms import PREFIX, LegendFormSet, RoleForm, WorkItemForm, item_form
from projects.domain.grid import Grid, without_item
from projects.models import LegendMark, Membership, Project, Role, WorkItem
from projects.store import waivers


class RecordedAdmin(admin.ModelAdmin[Any]):
    """Every change made here is one change set of kind «admin» under the person's name."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Archived projects are only looked at."""
        return super().has_change_permission(request, obj) and not _archived(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not _archived(obj)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """What is added belongs to a project that is in use."""
        if db_field.remote_field.model is Project:
            kwargs["queryset"] = Project.objects.archived(False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._recorded(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._recorded(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._recorded(request, super().changelist_view, *args, **kwargs)

    def _recorded(
        self, request: HttpRequest, view: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with store.change_set(by=request.user, kind=store.Kind.ADMIN):
            store.lock_all()
            return view(request, *args, **kwargs)


def _archived(obj: Any) -> bool:
    project = obj if isinstance(obj, Project) else getattr(obj, "project", None)
    return bool(project and project.archived_at)


class LegendInline(admin.TabularInline[LegendMark, Project]):
    model = LegendMark
    formset = LegendFormSet
    extra = 0


class MembershipInline(admin.TabularInline[Membership, Project]):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Project)
class ProjectAdmin(RecordedAdmin):
    list_display = ("slug", "title", "document_number", "date", "revision", "changed_at")
    search_fields = ("slug", "title")
    inlines = (LegendInline, MembershipInline)
    readonly_fields = ("revision", "changed_at", "archived_at")


@admin.register(Role)
class RoleAdmin(RecordedAdmin):
    form = RoleForm
    list_display = ("position", "name", "short_name", "kind", "project")
    list_display_links = ("name",)
    list_filter = ("project", "kind")
    search_fields = ("name", "short_name")
    ordering = ("project", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A column stays in its project."""
        return ("project",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        """What names the column follows it."""
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            waivers.rename_columns(obj.project, {form.initial["name"]: obj.name})


@admin.register(WorkItem)
class WorkItemAdmin(RecordedAdmin):
    """Rows in tree order; a row's marks are edited beside its texts, one field per role."""

    form = WorkItemForm
    list_display = ("number", "tree_name", "mark_summary", "project")
    list_display_links = ("tree_name",)
    list_filter = ("project",)
    search_fields = ("number", "name", "description")
    ordering = ("project", "position")
    list_per_page = 200
    show_full_result_count = False

    class Media:
        css = {"all": ("css/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkItem]:
        rows: QuerySet[WorkItem] = super().get_queryset(request).annotate(depth=_depth())
        return rows.select_related("project").prefetch_related("assignments__role")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        """The form with one field per role of the row's project."""
        if obj:
            kwargs["form"] = item_form(obj)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        texts = ("number", "name", "parent", "description")
        if obj is None:
            return ((None, {"fields": ("project", "name", "parent", "description")}),)
        marks = tuple(name for name in item_form(obj).declared_fields if name.startswith(PREFIX))
        return ((None, {"fields": texts}), ("役割分担", {"fields": (marks,) if marks else ()}))

    def save_model(self, request: HttpRequest, obj: WorkItem, form: Any, change: bool) -> None:
        """Through the store: renumbered where the project wants it, checked by the same rules."""
        store.change(obj.project, form.edit, by=request.user, kind=store.Kind.ADMIN)
        obj.pk = WorkItem.objects.get(project=obj.project, uid=obj.uid).pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: WorkItem) -> None:
        self._delete(request, obj.project, [obj.uid])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WorkItem]) -> None:
        for project in Project.objects.filter(items__in=queryset).distinct():
            uids = queryset.filter(project=project).values_list("uid", flat=True)
            self._delete(request, project, list(uids))

    def _delete(self, request: HttpRequest, project: Project, uids: list[str]) -> None:
        def without(grid: Grid) -> Grid:
            for uid in uids:
                if any(item.uid == uid for item in grid.items):
                    grid = without_item(grid, uid)
            return grid

        store.change(project, without, by=request.user, kind=store.Kind.ADMIN)

    @admin.display(description="作業項目", ordering="position")
    def tree_name(self, item: Any) -> SafeString:
        return format_html('<span class="level-{}">{}</span>', item.depth, item.name)

    @admin.display(description="分担")
    def mark_summary(self, item: WorkItem) -> str:
        marks = sorted(item.assignments.all(), key=lambda mark: mark.role.position)
        return "　".join(f"{mark.symbol}{mark.role.short_name or mark.role.name}" for mark in marks)


def _depth(deepest: int = 8) -> Combinable:
    """The level of a row by looking up that many parents, in the same query."""
    depth: Combinable = Value(1)
    for up in range(1, deepest):
        known = {"__".join(["parent"] * up) + "__isnull": False}
        depth = depth + Case(When(**known, then=1), default=0, output_field=IntegerField())
    return depth
