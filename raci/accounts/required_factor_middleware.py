"""Require a second factor of everybody who needs one, when the site requires it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from raci.accounts.adapters import challenge
from raci.accounts.second_factor import needs_one, passed

_FREE = {
    "logout",
    "account_logout",
    "invitation",
    "password_change",
    "password_change_done",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
# Scripts request these; they cannot use the page to which a redirect leads.
_BY_SCRIPT = {
    "projects:cells",
    "projects:outline",
    "projects:undo",
    "projects:changes",
    "projects:events",
    "projects:import_status",
}


class RequiredFactorMiddleware:
    """Redirect people without a second factor to the page that sets it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not settings.REQUIRE_MFA or not _is_held(request):
            return None
        if _name(request) in _BY_SCRIPT or _wants_json(request):
            raise PermissionDenied
        return redirect(challenge(request, request.get_full_path()))


def _is_held(request: HttpRequest) -> bool:
    user = request.user
    if not isinstance(user, User) or not needs_one(user) or _name(request) in _FREE:
        return False
    return not passed(request, user)


def _name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
