"""Record in the security log what happens to accounts and rights.

Django's signals cover pages, the admin and commands alike. Bulk statements send no signals; nothing
in the site changes people or members by them.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from raci import current_request
from raci.accounts import sign_in_attempts
from raci.accounts.sessions import SessionStore
from raci.security_log import log
from raci.security_log.log import Kind

_WATCHED = ("password", "is_active", "is_staff", "is_superuser")
_RIGHTS = ("is_staff", "is_superuser")


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    session: Any = request.session
    if isinstance(session, SessionStore):
        session.begin()
    sign_in_attempts.signed_in(request, user)
    log.record(Kind.LOGIN, by=user, address=sign_in_attempts.address_of(request))


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        log.record(Kind.LOGOUT, by=user, address=sign_in_attempts.address_of(request))


@receiver(user_login_failed)
def not_signed_in(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """Record a failed login; names of unknown accounts as a fingerprint only.

    Such a name may be a mistyped password.
    """
    throttled = getattr(request, "throttled_seconds", 0)
    if request is not None and throttled and sign_in_attempts.already_recorded(request):
        return
    details: dict[str, Any] = {"address": sign_in_attempts.address_of(request)} if request else {}
    person = getattr(request, "attempted_person", None)
    if person is None:
        name = sign_in_attempts.folded(
            credentials.get("username") or credentials.get("email") or ""
        )
        details["unknown"] = salted_hmac("raci.security_log.receivers", name).hexdigest()[:12]
    kind = Kind.THROTTLED if throttled else Kind.LOGIN_FAILED
    log.record(kind, by=person, **details)


@receiver(pre_save, sender=User)
def before_saving(instance: User, update_fields: frozenset[str] | None, **_: Any) -> None:
    watched = set(_WATCHED) & (update_fields or set(_WATCHED))
    found = User._default_manager.filter(pk=instance.pk).values(*watched).first() if watched else {}
    about: Any = instance
    about.values_before = found or {}


@receiver(post_save, sender=User)
def after_saving(
    instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any
) -> None:
    if created:
        _record(Kind.USER_CREATED, instance)
        before: dict[str, Any] = {}
    else:
        before = getattr(instance, "values_before", {})
    changed = {name for name, value in before.items() if getattr(instance, name) != value}
    # A hash that is renewed at signing in is saved alone, for a password that is not new.
    renewed = (
        update_fields == frozenset({"password"}) and getattr(instance, "_password", None) is None
    )
    if "password" in changed and not renewed:
        _record(Kind.PASSWORD_CHANGED, instance)
    if "is_active" in changed:
        _record(Kind.USER_ACTIVATED if instance.is_active else Kind.USER_DEACTIVATED, instance)
    rights = {name: getattr(instance, name) for name in _RIGHTS}
    if changed & set(_RIGHTS) or (created and any(rights.values())):
        _record(Kind.RIGHTS_CHANGED, instance, **rights)


@receiver(post_delete, sender=User)
def deleted(instance: User, **_: Any) -> None:
    _record(Kind.USER_DELETED, instance)


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
def granted(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any
) -> None:
    """Record changes of groups and permissions; from the group's side with all its people."""
    if not action.startswith("post_"):
        return
    what = "groups" if sender is User.groups.through else "user_permissions"
    keys = sorted(pk_set or ())
    about: dict[str, Any] = {"user": instance.pk, what: keys}
    if reverse:
        about = {"users": keys, what: [instance.pk]}
    log.record(Kind.RIGHTS_CHANGED, by=acting(), act=action[5:], **about)


@receiver(post_save, sender=LogEntry)
def in_the_admin(instance: LogEntry, **_: Any) -> None:
    """Record that the admin changed a person, without values."""
    if instance.content_type and instance.content_type.model_class() is User:
        log.record(
            Kind.USER_EDITED,
            by=instance.user,
            user=int(instance.object_id or 0),
            act={1: "add", 2: "change", 3: "delete"}[instance.action_flag],
        )


@receiver(post_save, sender=Authenticator)
def factor_added(instance: Authenticator, created: bool, **_: Any) -> None:
    if created:
        _record(Kind.MFA_ADDED, instance.user, what=instance.type)


@receiver(post_delete, sender=Authenticator)
def factor_removed(instance: Authenticator, **_: Any) -> None:
    """Record a removal by the person, or by an administrator for somebody who lost it."""
    _record(Kind.MFA_REMOVED, instance.user, what=instance.type)


def acting() -> User | None:
    """Return who acts; None on the command line, and for somebody who is not signed in."""
    now = current_request.now()
    user = getattr(now.request, "user", None) if now else None
    return user if isinstance(user, User) else None


def _record(kind: Kind, user: User, **details: Any) -> None:
    log.record(kind, by=acting(), user=user.pk, **details)
