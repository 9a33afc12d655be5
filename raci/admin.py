"""Restrict the admin site to staff; for others who are signed in it responds with 404."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from raci.access import known
from raci.accounts.adapters import challenge
from raci.accounts.second_factor import has_one, passed


class Site(admin.AdminSite):
    site_title = site_header = "役割分担表管理"
    index_title = "管理"

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the person is staff, and passed the second factor if they have one."""
        if super().has_permission(request):
            user = known(request.user)
            return not has_one(user) or passed(request, user)
        if request.user.is_authenticated:
            raise Http404
        return False

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect instead of a form: the person is signed in, but may lack the second factor."""
        way_back = self._way_back(request)
        allowed = self.has_permission(request)
        return redirect(way_back if allowed else challenge(request, way_back))

    def _way_back(self, request: HttpRequest) -> str:
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        hosts = {request.get_host()}
        safe = url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure())
        return wanted if safe else reverse("admin:index")
