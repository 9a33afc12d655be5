"""Attempts to sign in: each is counted before the password is looked at.

From a known device they count for the device, from elsewhere for the account's name, which need
not exist, and for the address. The middleware answers 429 to one attempt too many, whatever form
it came from, and makes known the device on which somebody signed in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from raci.accounts import known_devices, rate_limit

PER_ACCOUNT, PER_ADDRESS = 10, 100
SECONDS = 15 * 60
_SUBSCRIBER_BITS = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that was counted: where, and the seconds to wait when it was one too many, else 0."""

    buckets: tuple[str, ...]
    wait: int

    def succeeded(self) -> None:
        """It was the right password: what was mistyped before does not count any more.

        The address keeps the others' attempts, or one account of the attacker's would clear it.
        """
        *addresses, own = self.buckets
        rate_limit.forget(own)
        for address in addresses:
            rate_limit.give_back(address)


def begin(request: HttpRequest | None, *, name: str, user: User | None) -> Attempt:
    """Counts an attempt for the account of that name, whose person is None when there is none.

    The request keeps the wait as `throttled_seconds`.
    """
    attempt = _counted(_buckets(request, name, user))
    if request is not None:
        about: Any = request
        about.attempt, about.attempted_person = attempt, user
        about.throttled_seconds = attempt.wait
    return attempt


def signed_in(request: HttpRequest, user: User) -> None:
    """The answer will make this device known to be the person's."""
    about: Any = request
    about.signed_in_person = user


def told_already(request: HttpRequest) -> bool:
    """Whether this refusal is one of many: the first of each quarter of an hour is enough."""
    attempt: Attempt | None = getattr(request, "attempt", None)
    own = attempt.buckets[-1] if attempt else ""
    return rate_limit.take(f"told:{own}", limit=1, seconds=SECONDS) > 0


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
            known_devices.remember(request, response, user)
        return response


def _buckets(request: HttpRequest | None, name: str, user: User | None) -> tuple[str, ...]:
    """The address's if it counts, then the device's or the account's."""
    if device := known_devices.known(request, user):
        return (f"device:{device}",)
    account = f"account:{folded(user.username if user else name)}"
    return (f"address:{_network(address_of(request))}", account) if request else (account,)


def _counted(buckets: tuple[str, ...]) -> Attempt:
    """Counts until one is full."""
    for bucket in buckets:
        limit = PER_ADDRESS if bucket.startswith("address:") else PER_ACCOUNT
        if wait := rate_limit.take(bucket, limit=limit, seconds=SECONDS):
            return Attempt(buckets, wait)
    return Attempt(buckets, 0)


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
