"""Define the rights on projects, and the way every object is loaded.

An outsider gets 404, a member without the right 403. Everything else builds on this module, and it
knows no model.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest


class Right(IntEnum):
    """What a member may do with a project; each right includes those below it."""

    VIEW = 1
    EDIT = 2
    MANAGE = 3


class Guarded(Protocol):
    """An object that has the right of the person it was loaded for.

    `member_right` is the person's own right; `right` is what may be done with the object as it is
    now. `refusal` explains why that is less, "" where it is not.
    """

    @property
    def right(self) -> Right: ...

    @property
    def member_right(self) -> Right: ...

    @property
    def refusal(self) -> str: ...


T = TypeVar("T", bound=Guarded, covariant=True)


class Restrictable(Protocol[T]):
    """A queryset or manager that can be cut down to what one person may see."""

    def visible_to(self, user: User) -> Restricted[T]: ...


class Restricted(Protocol[T]):
    """A queryset cut down to one person."""

    def get(self, **lookup: object) -> T: ...


def load(
    objects: Restrictable[T],
    *,
    user: User,
    right: Right = Right.VIEW,
    even_archived: bool = False,
    **lookup: object,
) -> T:
    """Return the object for this person. Raises Http404, or PermissionDenied without the right.

    `even_archived` checks the member's own right, for views that do not change the object.
    """
    try:
        found = objects.visible_to(user).get(**lookup)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if (found.member_right if even_archived else found.right) < right:
        raise PermissionDenied(found.refusal)
    return found


def person(request: HttpRequest) -> User:
    """Return the signed-in person; LoginRequiredMiddleware guarantees one in a view."""
    return known(request.user)


def known(user: AbstractBaseUser | AnonymousUser) -> User:
    if not isinstance(user, User):
        raise Http404
    return user


def name_of(user: User) -> str:
    """Return the person's full name, or the user name without one."""
    return user.get_full_name() or user.get_username()
