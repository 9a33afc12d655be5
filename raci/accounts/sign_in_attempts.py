"""Count attempts to sign in, each before the password is checked.

From a known device they count for the device; from elsewhere for the account's name, which need not
exist, and for the address. The middleware responds with 429 to one attempt too many, from any form,
and sets the cookie of a device on which somebody signed in.
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
    """A counted attempt: its counters, and the seconds to wait, 0 to go on."""

    buckets: tuple[str, ...]
    wait: int

    def succeeded(self) -> None:
        """Clear the counter after the right password.

        The address keeps the attempts of others, or one account of the attacker's would clear it.
        """
        *addresses, own = self.buckets
        rate_limit.forget(own)
        for address in addresses:
            rate_limit.give_back(address)


def begin(request: HttpRequest | None, *, name: str, user: User | None) -> Attempt:
    """Count an attempt for the account of that name; `user` is None when there is none.

    The request keeps the wait as `throttled_seconds`.
    """
    attempt = _counted(_buckets(request, name, user))
    if request is not None:
        about: Any = request
        about.attempt, about.attempted_person = attempt, user
        about.throttled_seconds = attempt.wait
    return attempt


def signed_in(request: HttpRequest, user: User) -> None:
    """Have the response mark this device as the person's."""
    about: Any = request
    about.signed_in_person = user


def already_recorded(request: HttpRequest) -> bool:
    """Return whether a refusal was recorded in this quarter of an hour."""
    attempt: Attempt | None = getattr(request, "attempt", None)
    own = attempt.buckets[-1] if attempt else ""
    return rate_limit.take(f"told:{own}", limit=1, seconds=SECONDS) > 0


def address_of(request: HttpRequest) -> str:
    """Return the client's address; behind a proxy, the one that the proxy saw."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    direct: str = request.META.get("REMOTE_ADDR", "")
    return seen if settings.BEHIND_PROXY and seen else direct


class AttemptsMiddleware:
    """Set status, headers and cookie that depend on the attempt to sign in."""

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
    """Return the counters: the address's if it counts, then the device's or the account's."""
    if device := known_devices.known(request, user):
        return (f"device:{device}",)
    account = f"account:{folded(user.username if user else name)}"
    return (f"address:{_network(address_of(request))}", account) if request else (account,)


def _counted(buckets: tuple[str, ...]) -> Attempt:
    """Count in each counter until one is full."""
    for bucket in buckets:
        limit = PER_ADDRESS if bucket.startswith("address:") else PER_ACCOUNT
        if wait := rate_limit.take(bucket, limit=limit, seconds=SECONDS):
            return Attempt(buckets, wait)
    return Attempt(buckets, 0)


def _network(address: str) -> str:
    """Return an IPv6 address as its subscriber's network: a subscriber has many addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return hex(int(found) >> _SUBSCRIBER_BITS)
    return str(found)


def folded(name: str) -> str:
    """Return the name such that names which look alike are counted together."""
    return unicodedata.normalize("NFKC", name).casefold().strip()
