"""Adapt allauth to the site: its texts, its people, and no sign-up."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal.flows.login import record_authentication
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from raci.access import known, name_of
from raci.accounts.rate_limit import wait_message
from raci.accounts.second_factor import has_one

_log = logging.getLogger(__name__)
_MESSAGES = {
    "mfa/messages/totp_activated.txt": "認証アプリを登録しました。",
    "mfa/messages/totp_deactivated.txt": "認証アプリの登録を解除しました。",
    "mfa/messages/webauthn_added.txt": "パスキーを登録しました。",
    "mfa/messages/webauthn_removed.txt": "パスキーを削除しました。",
    "mfa/messages/recovery_codes_generated.txt": "リカバリーコードを作成しました。"
    "安全な場所に保管してください。",
}
_WAYS = {
    "reauthenticate": "パスワードで確認する",
    "mfa_reauthenticate": "確認コードで確認する",
    "mfa_reauthenticate:webauthn": "パスキーで確認する",
}
_CLOSED = "この利用者は現在ログインできません。管理者にお問い合わせください。"


class Accounts(DefaultAccountAdapter):
    """Adapt accounts with passwords."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_password": "パスワードが正しくありません。",
        "incorrect_code": "確認コードが正しくありません。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        message: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Show only messages that have a text here; a sign-in needs none."""
        text = message or _MESSAGES.get(message_template or "")
        if text:
            messages.add_message(request, level, text)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Return whether it is the person's password; the backend counts the attempt.

        Raises ValidationError after too many attempts.
        """
        found = authenticate(self.request, username=user.get_username(), password=password)
        seconds = getattr(self.request, "throttled_seconds", 0)
        if found is None and seconds:
            raise ValidationError(wait_message(seconds), code="throttled")
        return found is not None and found.pk == user.pk

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Offer only second factors to who has one: a password alone must not change factors."""
        found = super().get_reauthentication_methods(user)
        found = [way for way in found if way["id"].startswith("mfa")] or found
        return [{**way, "description": _WAYS[way["id"]]} for way in found]

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _CLOSED)
        return redirect("login")


class Factors(DefaultMFAAdapter):
    """Adapt second factors."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "確認できませんでした。コードまたはパスキーが正しくありません。",
        "cannot_delete_authenticator": "この登録は解除できません。",
        "cannot_generate_recovery_codes": "認証アプリかパスキーを登録すると作成できます。",
    }

    def get_totp_issuer(self) -> str:
        return "役割分担表管理"

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def build_totp_svg(self, url: str) -> SafeString:
        """Return the QR code as an inline <svg>: the policy forbids data: addresses."""
        drawn: str = super().build_totp_svg(url)
        return mark_safe(drawn[drawn.index("<svg") :])  # noqa: S308 — drawn, not written

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        return f"パスキー{Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.get_username(), "display_name": name_of(user)}


class SingleSignOn(DefaultSocialAccountAdapter):
    """Sign in existing people by the mail address that the provider has verified.

    No account of the provider is stored: the address is matched to a person at every sign-in.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Sign in and stop allauth's flow, which would connect or create accounts."""
        person = _verified_person(sociallogin)
        if person is None:
            raise ImmediateHttpResponse(refused(request, "nobody", 403))
        next_url = sociallogin.get_redirect_url(request)
        if request.user.is_authenticated:
            Accounts(request).logout(request)
        sociallogin.user = person
        record_authentication(request, sociallogin)
        login = Login(user=person, redirect_url=next_url)
        raise ImmediateHttpResponse(perform_login(request, login))

    def on_authentication_error(
        self,
        request: HttpRequest,
        *args: Any,
        error: str = "",
        exception: Exception | None = None,
        **kwargs: Any,
    ) -> None:
        _log.warning("Single sign-on failed (%s): %s", error, exception)
        raise ImmediateHttpResponse(refused(request, error, 401))


def challenge(request: HttpRequest, way_back: str) -> str:
    """Return the address where the person passes a second factor, or sets up a first one."""
    user = known(request.user)
    if not has_one(user):
        return reverse("mfa_index")
    first = Accounts(request).get_reauthentication_methods(user)[0]
    return f"{first['url']}?{urlencode({'next': way_back})}"


def _verified_person(sociallogin: SocialLogin) -> User | None:
    """Return the one active person with the address; None when it is not verified."""
    verified = [a.email for a in sociallogin.email_addresses if a.verified is True]
    if not verified:
        return None
    found = User.objects.filter(email__iexact=verified[0], is_active=True).order_by("pk")[:2]
    return found[0] if len(found) == 1 else None


def refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """Render the page with the reason why single sign-on failed."""
    return render(request, "accounts/sso_refused.html", {"why": why}, status=status)
