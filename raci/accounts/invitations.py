"""Create and check the links by which an invited person chooses a password."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils.encoding import DjangoUnicodeDecodeError, force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

SECONDS = 7 * 24 * 3600


def link(user: User) -> str:
    """Return the path where the person chooses a password.

    It is valid for seven days, and until the password or the mail address changes.
    """
    token = _signer(user).sign(str(user.pk)).split(".", 1)[1]
    return reverse("invitation", args=[urlsafe_base64_encode(force_bytes(user.pk)), token])


def invited(uidb64: str, token: str) -> User | None:
    """Return the person of the link; None when it is not valid."""
    try:
        user = User.objects.get(pk=int(urlsafe_base64_decode(uidb64).decode()), is_active=True)
        _signer(user).unsign(f"{user.pk}.{token}", max_age=SECONDS)
    except (User.DoesNotExist, ValueError, OverflowError, DjangoUnicodeDecodeError, BadSignature):
        return None
    return user


def _signer(user: User) -> TimestampSigner:
    """Sign with the password hash and the address, so that the link ends when they change."""
    return TimestampSigner(sep=".", salt=f"raci.accounts.invitations:{user.password}:{user.email}")
