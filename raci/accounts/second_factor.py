"""Determine who has a second factor, who needs one, and which session passed one."""

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

# Recovery codes alone are no factor: they replace one that was lost.
_KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def with_factor(people: QuerySet[User]) -> QuerySet[User]:
    """Annotate people with `has_factor` and `in_pmo`: whether they are in any project."""
    members = User.objects.filter(memberships__isnull=False)
    return people.annotate(
        has_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=_KINDS)),
        in_pmo=Exists(members.filter(pk=OuterRef("pk"))),
    )


def has_one(user: User) -> bool:
    """Return whether the person has a second factor; queries unless annotated or known."""
    known: bool | None = getattr(user, "has_factor", None)
    if known is None:
        known = Authenticator.objects.filter(user=user, type__in=_KINDS).exists()
        setattr(user, "has_factor", known)  # noqa: B010 — as `with_factor` does
    return known


def needs_one(user: User) -> bool:
    """Return whether the person needs a second factor; `with_factor` must have annotated them."""
    return user.is_staff or user.is_superuser or getattr(user, "in_pmo", False)


def passed(request: HttpRequest, user: User) -> bool:
    """Return whether the session passed a second factor that the person still has.

    Single sign-on may count as one: the provider then requires it.
    """
    methods = {record["method"] for record in get_authentication_records(request, user)}
    if settings.OIDC_COUNTS_AS_MFA and "socialaccount" in methods:
        return True
    return "mfa" in methods and has_one(user)


@receiver(authenticator_added)
def _just_proved(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Record that this session has passed the factor that was just set up."""
    if authenticator.type in _KINDS:
        record_authentication(request, user, "mfa", type=authenticator.type)
