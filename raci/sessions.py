"""Sessions and people of requests: Django's own, read by statements that are made once."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from raci.compiled import Compiled
from raci.second_factor import told

_session: Compiled[Session] = Compiled(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    "-key-",
    datetime(1, 1, 2, tzinfo=UTC),
)
_user: Compiled[User] = Compiled(lambda key: User._default_manager.filter(pk=key), -1)
_told: Compiled[User] = Compiled(lambda key: told(User.objects.filter(pk=key)), -1)


class SessionStore(db.SessionStore):
    """Django's store in the database; its name is part of what signs the sessions."""

    def load(self) -> dict[str, object]:
        """What the session holds; nothing when it is unknown or over."""
        try:
            found = _session.get(self.session_key, timezone.now())
        except Session.DoesNotExist:
            self._session_key = None
            return {}
        return self.decode(found.session_data)


class Backend(ModelBackend):
    """Django's accounts with passwords."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, unless they may no longer sign in."""
        try:
            user = (_told if settings.REQUIRE_MFA else _user).get(user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None
