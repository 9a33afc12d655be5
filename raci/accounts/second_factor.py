"""Second factors: who has one, which session passed one, who needs one."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.dispatch import receiver
from django.http import HttpRequest

# Recovery codes alone are none: they stand in for one that was lost.
_KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def told(people: QuerySet[User]) -> QuerySet[User]:
    """The people with `has_factor` and `in_pmo`: whether they are a member of any project."""
    members = User.objects.filter(memberships__isnull=False)
    return people.annotate(
        has_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=_KINDS)),
        in_pmo=Exists(members.filter(pk=OuterRef("pk"))),
    )


def has_one(user: User) -> bool:
    """Asked once per person object; nothing is asked when `told` has told it."""
    known: bool | None = getattr(user, "has_factor", None)
    if known is None:
        known = Authenticator.objects.filter(user=user, type__in=_KINDS).exists()
        setattr(user, "has_factor", known)  # noqa: B010 — as `told` sets it
    return known


def needs_one(user: User) -> bool:
    """For people that `told` has told of."""
    return user.is_staff or user.is_superuser or getattr(user, "in_pmo", False)


def passed(request: HttpRequest, user: User) -> bool:
    """Whether the session came by a second factor that the person still has.

    Single sign-on may count as one: then the provider has asked for it.
    """
    methods = {record["method"] for record in get_authentication_records(request, user)}
    if settings.OIDC_COUNTS_AS_MFA and "socialaccount" in methods:
        return True
    return "mfa" in methods and has_one(user)


@receiver(authenticator_added)
def _just_proved(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Who sets up a factor has just used it: this session has passed it."""
    if authenticator.type in _KINDS:
        record_authentication(request, user, "mfa", type=authenticator.type)
