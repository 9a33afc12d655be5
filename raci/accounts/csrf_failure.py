"""Respond to a CSRF token that is not the session's, mostly because the session ended.

The token lives in the session. People without a session sign in; a script of a new session gets the
new token with the refusal, which only pages of this site can read.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from raci.http.error_pages import is_script

OLD = "この画面は、ログインし直す前のものです。画面を開き直してから、もう一度操作してください。"
NO_SESSION = (
    "ログインの画面の有効期限が切れたか、Cookieが使えません。ログインの画面を開き直してください。"
)


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Respond to a CSRF failure (Django's CSRF_FAILURE_VIEW)."""
    if request.user.is_authenticated:
        if is_script(request):
            data = {"error": OLD, "token": get_token(request), "user": request.user.pk}
            return JsonResponse(data, status=403)
        return render(request, "403.html", {"exception": OLD}, status=403)
    if request.path == resolve_url(settings.LOGIN_URL):
        return render(request, "403.html", {"exception": NO_SESSION}, status=403)
    return redirect_to_login(_page_of(request))


def _page_of(request: HttpRequest) -> str:
    """Return the path of the page that sent the form, if it is one of this site."""
    referrer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()})
    return urlsplit(referrer).path if ours and referrer else "/"
