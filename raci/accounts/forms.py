"""Validate sign-in and account forms."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize

from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.base import forms as second_step
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth import forms as auth
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from raci.accounts import password_reset, rate_limit
from raci.accounts.rate_limit import wait_message

_NAME_LENGTH = 100


class SignInForm(auth.AuthenticationForm):
    """User name or mail address, and password. Every refusal has the same text."""

    error_messages = {
        "invalid_login": "利用者名（またはメールアドレス）とパスワードの組み合わせが"
        "正しくありません。大文字と小文字も区別されます。",
        "inactive": "この利用者は現在ログインできません。管理者にお問い合わせください。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "利用者名またはメールアドレス"
        self.fields["password"].label = "パスワード"

    def clean_username(self) -> str:
        """Return the user name; for a mail address of exactly one person, that person's."""
        given: str = self.cleaned_data["username"]
        if "@" not in given or User.objects.filter(username=given).exists():
            return given
        found = User.objects.filter(email__iexact=given, is_active=True).order_by("pk")[:2]
        return found[0].username if len(found) == 1 else given

    def get_invalid_login_error(self) -> ValidationError:
        """Return the time to wait when the sign-in was refused for too many attempts."""
        seconds = getattr(self.request, "throttled_seconds", 0)
        if seconds:
            return ValidationError(wait_message(seconds), code="throttled")
        return super().get_invalid_login_error()

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in; redirect to the second step or to the requested page."""
        request.session.cycle_key()
        login = Login(user=self.get_user(), redirect_url=redirect_url)
        response: HttpResponse = perform_password_login(request, {}, login)
        return response


class CodeField(forms.CharField):
    """A one-time code; full-width digits, blanks and hyphens are accepted."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        super().__init__(max_length=32, widget=forms.TextInput(attrs=attributes), **kwargs)

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s-]", "", normalize("NFKC", super().to_python(value) or ""))


class _CodeForm(forms.Form):
    """Count the attempt before allauth's form checks it, and refuse a used app code."""

    code = CodeField(label="確認コードまたはリカバリーコード")
    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        rate_limit.code(self.user)
        code: str = super().clean_code()  # type: ignore[misc]
        by_app = self.authenticator.type == Authenticator.Type.TOTP
        if by_app and not rate_limit.first_use(self.user, code):
            raise ValidationError(
                "このコードは使用済みです。次のコードが表示されるまで待ってください。"
            )
        return code


class SecondStepForm(_CodeForm, second_step.AuthenticateForm):
    """The second step of signing in."""


class ConfirmByCodeForm(_CodeForm, second_step.ReauthenticateForm):
    """Confirm the person's identity by a code."""


class ConfirmForm(ReauthenticateForm):
    """Confirm the person's identity by the password."""

    password = forms.CharField(
        label="パスワード",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def clean_password(self) -> str:
        rate_limit.old_password(self.user)
        password: str = super().clean_password()
        return password


class AppForm(ActivateTOTPForm):
    """The first code of a newly registered app."""

    code = CodeField(label="アプリに表示された6桁の確認コード")

    def clean_code(self) -> str:
        rate_limit.code(self.user)
        code: str = super().clean_code()
        return code


class PasskeyForm(AddWebAuthnForm):
    """A new passkey."""

    name = forms.CharField(label="パスキーの名前", required=False, max_length=_NAME_LENGTH)
    passwordless = forms.BooleanField(
        label="このパスキーだけでログインできるようにする",
        help_text="指紋、顔またはPINで本人を確認できる機器が必要です。",
        initial=True,
        required=False,
    )


class PasskeyNameForm(EditWebAuthnForm):
    name = forms.CharField(label="パスキーの名前", max_length=_NAME_LENGTH)


class ChangePasswordForm(auth.PasswordChangeForm):
    """Check the current password, a limited number of times."""

    def clean_old_password(self) -> str:
        rate_limit.old_password(self.user)
        return super().clean_old_password()


class ResetForm(auth.PasswordResetForm):
    """Request the mail with the link for a new password.

    Neither the response nor its time reveals whether the address is known: a job writes the mail.
    """

    def save(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        if request is None:
            raise TypeError("request")
        if rate_limit.may_ask(address := self.cleaned_data["email"]):
            password_reset.ask(address, host=request.get_host(), secure=request.is_secure())


class WelcomeForm(auth.SetPasswordForm):  # type: ignore[type-arg]
    """An invited person's name and first password."""

    last_name = forms.CharField(
        label="氏名", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("last_name", "new_password1", "new_password2")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"last_name": user.last_name} | kwargs.get("initial", {})
        super().__init__(user, *args, **kwargs)

    def save(self, commit: bool = True) -> User:
        self.user.last_name = self.cleaned_data["last_name"]
        user: User = super().save(commit=commit)
        return user
