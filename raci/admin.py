"""The admin site. For signed-in people who are no staff it is not there (404)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse


class Site(admin.AdminSite):
    site_title = site_header = "役割分担表管理"
    index_title = "管理"

    def has_permission(self, request: HttpRequest) -> bool:
        if super().has_permission(request):
            return True
        if request.user.is_authenticated:
            raise Http404
        return False

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        return super().login(request, extra_context)
