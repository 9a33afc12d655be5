"""What statements that are made once win over querysets, for what every request asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from tests.bench import site
from tests.bench.figures import Figure, faster, run

COMPARED = """The session, the person and the project with the person's right, each by a statement
made once (raci.database.prepared_query) and by the queryset that it was made from."""
ROUNDS, REPEATS = 15, 200
LEAST = 2.0


def measure() -> Iterator[Figure]:
    with site.opened(pages=True):
        site.real_project()
        cookie = site.signed_in("editor")
        for name, (ours, theirs) in _pairs(cookie).items():
            pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(ROUNDS)]
            one, other = (median(side) for side in zip(*pairs, strict=True))
            yield faster(f"prepared, {name}", one, other, at_least=LEAST)


def _pairs(cookie: str) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    from django.contrib.auth.models import User
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from projects.models import BySlug, Project
    from raci.accounts import sessions

    key, now = cookie.partition("=")[2], timezone.now()
    user = User.objects.get(username="editor")
    session = Session.objects.filter(session_key=key, expire_date__gt=now)
    by_slug, visible = BySlug().visible_to(user), Project.objects.visible_to(user)
    return {
        "session": (lambda: sessions._session.get(key, now), lambda: session.all().get()),
        "person": (
            lambda: sessions._user.get(user.pk),
            lambda: User._default_manager.filter(pk=user.pk).get(),
        ),
        "project": (
            lambda: by_slug.get(slug="besshi10"),
            lambda: visible.get(slug="besshi10"),
        ),
    }


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    for _ in range(REPEATS):
        work()
    return (perf_counter() - start) / REPEATS


if __name__ == "__main__":
    run(measure, COMPARED)
