"""Render sign-in and account pages where allauth's or Django's views do not suffice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.mfa.base.views import IndexView
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from requests import RequestException

from raci.access import person
from raci.accounts.adapters import refused
from raci.accounts.forms import ResetForm, WelcomeForm
from raci.accounts.invitations import invited
from raci.accounts.second_factor import has_one, needs_one

_log = logging.getLogger(__name__)


class SignIn(LoginView):
    """Show the sign-in form, with passkey and single sign-on beside it."""

    template_name = "registration/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        configured = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect")
        sso = configured["APPS"][0] if configured else None
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sso": sso, "can_mail": settings.CAN_MAIL}


class Account(IndexView):
    """Show what protects the account, and whether a second factor is missing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        missing = settings.REQUIRE_MFA and needs_one(user) and not has_one(user)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"must_set_up": missing}


@method_decorator(login_not_required, name="dispatch")
class SignOut(auth.LogoutView):
    """Sign out, also between the first step and the second."""


class Reset(auth.PasswordResetView):
    """Request a mail for a new password; says so when the site sends no mails."""

    form_class = ResetForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"can_mail": settings.CAN_MAIL}


@login_not_required
@require_POST
def sso(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Redirect to the provider of single sign-on."""
    return _with_provider(oidc.login, request, provider_id)


@login_not_required
def sso_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Process the provider's redirect back."""
    return _with_provider(oidc.callback, request, provider_id)


def _with_provider(
    view: Callable[..., HttpResponse], request: HttpRequest, provider_id: str
) -> HttpResponse:
    """Return the view's response, or an error page when the provider's answer is unusable."""
    try:
        return view(request, provider_id=provider_id)
    except (RequestException, KeyError) as error:
        _log.warning("Single sign-on failed: %r", error)
        return refused(request, "provider", 401)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """Let an invited person choose a password, and sign them in."""
    user = invited(uidb64, token)
    if user is None:
        return render(request, "accounts/invitation_over.html", status=410)
    form = WelcomeForm(user, request.POST or None)
    if form.is_valid():
        return _welcome(request, form.save())
    return render(request, "accounts/invitation.html", {"form": form, "invited": user})


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in; people who already have a second factor go to the second step."""
    if request.user.is_authenticated:
        logout(request)
    response: HttpResponse = perform_login(request, Login(user=user))
    return response
