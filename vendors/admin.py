from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from projects.admin import RecordedAdmin
from vendors.models import Contract, Member, Vendor


class ContractForm(forms.ModelForm[Contract]):
    """Check that project and role belong together, as the database does."""

    class Meta:
        model = Contract
        fields = ("project", "role")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role, project = data.get("role"), data.get("project")
        if role and project and role.project_id != project.pk:
            self.add_error("role", "選んだ案件の列を選んでください。")
        return data


class ContractInline(admin.TabularInline[Contract, Vendor]):
    model = Contract
    form = ContractForm
    extra = 0
    autocomplete_fields = ("role",)


class MemberInline(admin.TabularInline[Member, Vendor]):
    model = Member
    extra = 0
    fields = ("user", "project", "active")
    autocomplete_fields = ("user", "project")


@admin.register(Vendor)
class VendorAdmin(RecordedAdmin):
    list_display = ("name",)
    search_fields = ("name",)
    inlines = (ContractInline, MemberInline)
