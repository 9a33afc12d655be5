"""Recognise devices on which a person has signed in before, by a cookie.

A stranger who knows an account's name can use up its attempts; a known device has attempts of its
own, so that its person is not locked out. The cookie grants no access, and is worth nothing for
another account.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

LIFETIME = timedelta(days=180)
_SALT = "raci.accounts.known_devices"


def known(request: HttpRequest | None, user: User | None) -> str | None:
    """Return the device's number if that person has signed in on it before."""
    if request is None or user is None:
        return None
    cookie = request.COOKIES.get(_name(user), "")
    try:
        person, number = signing.loads(cookie, salt=_SALT, max_age=LIFETIME)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return str(number) if person == user.pk else None


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Set the cookie that marks the device as the person's."""
    number = known(request, user) or secrets.token_urlsafe(16)
    response.set_cookie(
        _name(user),
        signing.dumps([user.pk, number], salt=_SALT),
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _name(user: User) -> str:
    """Name one cookie per person, so that two who share a browser are both known."""
    return f"device_{salted_hmac(_SALT, str(user.pk)).hexdigest()[:12]}"
