"""Load sessions and people of requests as Django does, by prepared queries.

A session ends some time after the last activity, and in any case some hours after signing in. Its
row is written only when the stored end is a few minutes too early.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from raci.accounts import sign_in_attempts
from raci.accounts.second_factor import with_factor
from raci.database.prepared_query import Compiled

SINCE = "since"
NOTES_PER_IDLE_TIME = 12
FORMER_BACKEND = "raci.sessions.Backend"  # in sessions of people who signed in before it moved
V = TypeVar("V", bound=Callable[..., Any])

_session: Compiled[Session] = Compiled(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    "-key-",
    datetime(1, 1, 2, tzinfo=UTC),
)
_user: Compiled[User] = Compiled(lambda key: User._default_manager.filter(pk=key), -1)
_user_with_factor: Compiled[User] = Compiled(
    lambda key: with_factor(User.objects.filter(pk=key)), -1
)


class SessionStore(db.SessionStore):
    """Django's store in the database; its name is part of what signs the sessions."""

    ends: datetime | None = None  # as its row says; None before it is read

    def load(self) -> dict[str, Any]:
        """Return the session's data, empty when it is unknown or over."""
        try:
            found = _session.get(self.session_key, timezone.now())
        except Session.DoesNotExist:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(found.session_data)
        if SESSION_KEY in data and SINCE not in data:  # signed in before sessions had an end
            self._session_key = None
            return {}
        if data.get(BACKEND_SESSION_KEY) == FORMER_BACKEND:
            data[BACKEND_SESSION_KEY] = f"{Backend.__module__}.{Backend.__qualname__}"
        self.ends = found.expire_date
        return data

    def begin(self) -> None:
        """Start the lifetime of the session at signing in."""
        self[SINCE] = timezone.now().timestamp()

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return the end without further activity; an anonymous session ends with its cookie."""
        now = timezone.now()
        limit = self._limit()
        return min(limit, now + settings.SESSION_IDLE) if limit else now + settings.SESSION_LIFETIME

    def note_activity(self) -> None:
        """Postpone the end of a signed-in session if it moves enough."""
        limit = self._limit() if self.ends and self.session_key else None
        if limit is None or self.ends is None:
            return
        ends = self.get_expiry_date()
        step = settings.SESSION_IDLE / NOTES_PER_IDLE_TIME
        if ends > self.ends and (ends == limit or ends - self.ends >= step):
            Session.objects.filter(session_key=self.session_key).update(expire_date=ends)

    def _limit(self) -> datetime | None:
        since = self.get(SINCE)
        return datetime.fromtimestamp(since, UTC) + settings.SESSION_LIFETIME if since else None


def passive(view: V) -> V:
    """Mark a view that pages request by themselves, which is no activity of the person."""
    marked: Any = view
    marked.passive = True
    return view


class ActivityMiddleware:
    """Record activity of a session's person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if not getattr(request, "is_passive", False):
            session: Any = request.session
            session.note_activity()
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        about: Any = request
        about.is_passive = getattr(view, "passive", False)


class Backend(ModelBackend):
    """Authenticate by password; no form gets more attempts than `sign_in_attempts` allows."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the person whose password it is. Raises PermissionDenied after too many attempts.

        By `username`, or by `email` where one account has it. Names of accounts that do not exist
        are counted, and take as long, like all others.
        """
        name, email = username or "", kwargs.get("email") or ""
        if not (name or email) or password is None:
            return None
        user = _named(name) if name else _with_address(email)
        attempt = sign_in_attempts.begin(request, name=name or email, user=user)
        if attempt.wait:
            raise PermissionDenied
        if user is None:
            User().set_password(password)  # takes as long as checking one
            return None
        if not (user.check_password(password) and self.user_can_authenticate(user)):
            return None
        attempt.succeeded()
        return user

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, None if they may no longer sign in."""
        try:
            user = (_user_with_factor if settings.REQUIRE_MFA else _user).get(user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None


def _named(name: str) -> User | None:
    return User._default_manager.filter(username=name).first()


def _with_address(email: str) -> User | None:
    found = list(User._default_manager.filter(email__iexact=email)[:2])
    return found[0] if len(found) == 1 else None
