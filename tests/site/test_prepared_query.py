"""Statements that are made once mean what their querysets mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from projects.models import BySlug, Membership, Project
from raci.access import Right
from raci.database.prepared_query import Compiled

pytestmark = pytest.mark.django_db
PEOPLE = ("outsider", "vendor", "vendor2", "viewer", "editor", "manager", "admin")


def found(query: Callable[[], Project]) -> tuple[dict[str, object], Right] | None:
    """All that is known of the project, and the person's right; None when there is none."""
    try:
        project = query()
    except Project.DoesNotExist:
        return None
    known = {name: value for name, value in vars(project).items() if name != "_state"}
    return known, project.right


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("slug", ["besshi10", "no-such", "-slug-"])
def test_a_project_by_slug_is_what_the_restricted_queryset_gives(
    name: str, slug: str, besshi10: Project, cast: dict[str, User]
) -> None:
    user, slug = cast[name], besshi10.slug if slug == "besshi10" else slug
    ordinary = found(lambda: Project.objects.visible_to(user).get(slug=slug))
    assert found(lambda: BySlug().visible_to(user).get(slug=slug)) == ordinary
    assert (ordinary is not None) == (
        slug == besshi10.slug and name in ("viewer", "editor", "manager", "admin")
    )


def test_a_right_that_was_taken_away_is_gone_at_once(
    besshi10: Project, cast: dict[str, User]
) -> None:
    own = BySlug().visible_to(cast["editor"])
    assert own.get(slug=besshi10.slug).right == Right.EDIT
    Membership.objects.filter(user=cast["editor"]).update(kind="viewer")
    assert own.get(slug=besshi10.slug).right == Right.VIEW
    Membership.objects.filter(user=cast["editor"]).delete()
    with pytest.raises(Project.DoesNotExist):
        own.get(slug=besshi10.slug)


def test_a_statement_must_ask_for_every_value() -> None:
    def all_of(_: str) -> QuerySet[User]:
        return User.objects.all()

    with pytest.raises(ValueError, match="does not ask"):
        Compiled(all_of, "-name-").get("somebody")


def test_a_value_inside_another_is_noticed() -> None:
    def like(name: str) -> QuerySet[User]:
        return User.objects.filter(username__contains=name)

    with pytest.raises(ValueError, match="does not ask"):
        Compiled(like, "-name-").get("somebody")


def test_more_than_one_is_an_error(cast: dict[str, User]) -> None:
    def with_password(no: str) -> QuerySet[User]:
        return User.objects.exclude(password=no)

    with pytest.raises(User.MultipleObjectsReturned):
        Compiled(with_password, "-none-").get("")


def _has_access(client: Client, project: Project) -> bool:
    return client.get(f"/projects/{project.slug}/").status_code == 200


def test_an_old_session_ends(besshi10: Project, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("viewer")
    assert _has_access(client, besshi10)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not _has_access(client, besshi10)


def test_a_deleted_session_ends(besshi10: Project, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("viewer")
    Session.objects.all().delete()
    assert not _has_access(client, besshi10)


def test_a_changed_session_is_none(besshi10: Project, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("viewer")
    other = sign_in("manager")
    data = Session.objects.get(pk=other.cookies["sessionid"].value).session_data
    head, _, signature = data.rpartition(":")
    key = client.cookies["sessionid"].value
    Session.objects.filter(pk=key).update(session_data=f"{head}x:{signature}")
    assert not _has_access(client, besshi10)


def test_a_new_password_ends_the_other_sessions(
    besshi10: Project, cast: dict[str, User], sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("viewer")
    assert _has_access(client, besshi10)
    cast["viewer"].set_password("another one")
    cast["viewer"].save(update_fields=["password"])
    assert not _has_access(client, besshi10)


def test_who_may_not_sign_in_any_more_is_out(
    besshi10: Project, cast: dict[str, User], sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("viewer")
    assert _has_access(client, besshi10)
    User.objects.filter(pk=cast["viewer"].pk).update(is_active=False)
    assert not _has_access(client, besshi10)


def test_a_person_who_is_deleted_is_out(
    besshi10: Project, cast: dict[str, User], sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("viewer")
    cast["viewer"].delete()
    assert not _has_access(client, besshi10)
