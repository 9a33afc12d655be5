"""The form to sign in, which says when there were too many attempts."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from raci import throttle


class LoginForm(AuthenticationForm):
    def get_invalid_login_error(self) -> ValidationError:
        return too_many(self.request) or super().get_invalid_login_error()


def too_many(request: HttpRequest | None) -> ValidationError | None:
    """The words to somebody whose attempt was one too many."""
    seconds = getattr(request, "throttled_seconds", 0)
    return ValidationError(throttle.told(seconds), code="throttled") if seconds else None
