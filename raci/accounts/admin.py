"""Show second factors in the admin, and remove those that somebody has lost."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest

_NOT_OURS = ("account", "socialaccount", "mfa")


class FactorAdmin(admin.ModelAdmin[Authenticator]):
    """List second factors without their secrets."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__username", "user__last_name")
    fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def arrange(site: admin.AdminSite) -> None:
    """Unregister allauth's models and register what administrators need."""
    for label in _NOT_OURS:
        models = apps.get_app_config(label).get_models()
        site.unregister([model for model in models if site.is_registered(model)])
    site.register(Authenticator, FactorAdmin)
