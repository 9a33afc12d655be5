"""Route sign-in and account pages one by one; nothing else of allauth is reachable."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy
from django.views.decorators.cache import never_cache

from raci.accounts import views
from raci.accounts.forms import ChangePasswordForm
from raci.accounts.single_sign_on import PROVIDER

_sign_in = views.SignIn.as_view()
_sign_out = views.SignOut.as_view()
_over = {"success_url": reverse_lazy("mfa_index")}
_sso = {"provider_id": PROVIDER}


def _page(name: str) -> str:
    return f"accounts/{name}.html"


signing_in = [
    path("login/", _sign_in, name="login"),
    path("login/", _sign_in, name="account_login"),
    path(
        "login/code/",
        mfa.AuthenticateView.as_view(template_name=_page("second_step")),
        name="mfa_authenticate",
    ),
    path("login/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("login/sso/", views.sso, _sso, name="openid_connect_login"),
    path("login/sso/callback/", views.sso_callback, _sso, name="openid_connect_callback"),
    path("logout/", _sign_out, name="logout"),
    path("logout/", _sign_out, name="account_logout"),
    path("invitations/<str:uidb64>/<str:token>/", views.invitation, name="invitation"),
]

passwords = [
    path(
        "password/",
        auth.PasswordChangeView.as_view(form_class=ChangePasswordForm),
        name="password_change",
    ),
    path("password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/reset/", views.Reset.as_view(), name="password_reset"),
    path("password/reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/reset/done/",
        auth.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
    path(
        "password/reset/<str:uidb64>/<str:token>/",
        auth.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
]

confirming = [
    path(
        "account/confirm/",
        account.ReauthenticateView.as_view(template_name=_page("confirm")),
        name="account_reauthenticate",
    ),
    path(
        "account/confirm/code/",
        mfa.ReauthenticateView.as_view(template_name=_page("confirm")),
        name="mfa_reauthenticate",
    ),
    path(
        "account/confirm/passkey/",
        webauthn.ReauthenticateWebAuthnView.as_view(template_name=_page("confirm_passkey")),
        name="mfa_reauthenticate_webauthn",
    ),
]

factors = [
    path("account/", views.Account.as_view(template_name=_page("account")), name="mfa_index"),
    path(
        "account/app/",
        never_cache(totp.ActivateTOTPView.as_view(template_name=_page("app"))),
        name="mfa_activate_totp",
    ),
    path(
        "account/app/remove/",
        totp.DeactivateTOTPView.as_view(template_name=_page("app_remove")),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/codes/",
        never_cache(codes.ViewRecoveryCodesView.as_view(template_name=_page("codes"))),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/codes/new/",
        codes.GenerateRecoveryCodesView.as_view(template_name=_page("codes_new")),
        name="mfa_generate_recovery_codes",
    ),
    path("account/codes/download/", codes.download_recovery_codes, name="mfa_download_codes"),
    path(
        "account/passkeys/add/",
        webauthn.AddWebAuthnView.as_view(template_name=_page("passkey_add")),
        name="mfa_add_webauthn",
    ),
    path(
        "account/passkeys/<int:pk>/",
        webauthn.EditWebAuthnView.as_view(template_name=_page("passkey_name"), **_over),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/passkeys/<int:pk>/remove/",
        webauthn.RemoveWebAuthnView.as_view(template_name=_page("passkey_remove"), **_over),
        name="mfa_remove_webauthn",
    ),
]

urlpatterns = [*signing_in, *passwords, *confirming, *factors]
