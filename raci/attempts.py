"""Attempts to sign in: each is counted before the password is looked at.

From a known device they count for the device, from elsewhere for the account's name, which need
not exist, and for the address. The middleware answers 429 to one attempt too many, whatever form
it came from, and makes known the device on which somebody signed in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from raci import devices, throttle

PER_ACCOUNT, PER_ADDRESS = 10, 100
SECONDS = 15 * 60
_SUBSCRIBER_BITS = 64


def begin(request: HttpRequest | None, *, name: str, user: User | None) -> int:
    """Counts an attempt for the account of that name, whose person is None when there is none.

    0 to go on; else the seconds to wait, which the request keeps as `throttled_seconds`.
    """
    device = devices.known(request, user)
    account = f"account:{folded(user.username if user else name)}"
    bucket = f"device:{device}" if device else account
    wait = 0 if device or request is None else _from_address(request)
    wait = wait or throttle.take(bucket, limit=PER_ACCOUNT, seconds=SECONDS)
    if request is not None:
        about: Any = request
        about.attempt_bucket, about.attempted_person = bucket, user
        about.throttled_seconds = wait
    return wait


def succeeded(request: HttpRequest, user: User) -> None:
    """The person is signed in: what they mistyped before does not count any more."""
    about: Any = request
    about.signed_in_person = user
    if bucket := getattr(request, "attempt_bucket", None):
        throttle.forget(bucket)


def told_already(request: HttpRequest) -> bool:
    """Whether this refusal is one of many: the first of each quarter of an hour is enough."""
    bucket = getattr(request, "attempt_bucket", "")
    return throttle.take(f"told:{bucket}", limit=1, seconds=SECONDS) > 0


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: behind a proxy, whom the proxy saw."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    direct: str = request.META.get("REMOTE_ADDR", "")
    return seen if settings.BEHIND_PROXY and seen else direct


class AttemptsMiddleware:
    """The part of an answer that depends on how signing in went."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if (wait := getattr(request, "throttled_seconds", 0)) and response.status_code == 200:
            response.status_code = 429
            response.headers["Retry-After"] = str(wait)
        if (user := getattr(request, "signed_in_person", None)) is not None:
            devices.remember(request, response, user)
        return response


def _from_address(request: HttpRequest) -> int:
    bucket = f"address:{_network(address_of(request))}"
    return throttle.take(bucket, limit=PER_ADDRESS, seconds=SECONDS)


def _network(address: str) -> str:
    """An IPv6 address as the network of its subscriber, who has more addresses than can be told."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return hex(int(found) >> _SUBSCRIBER_BITS)
    return str(found)


def folded(name: str) -> str:
    """Names that pass for the same one count together."""
    return unicodedata.normalize("NFKC", name).casefold().strip()
