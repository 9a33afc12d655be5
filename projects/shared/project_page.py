"""Load the project that a page's address names, for the person who asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from projects.models import BySlug
from raci.access import Right, load, person

R = TypeVar("R", bound=HttpResponseBase)


def project_page(
    right: Right, *, post: Right | None = None, even_archived: bool = False
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Pass a view the project instead of the slug in its address.

    Http404 for an outsider, 403 for a member without the right. A POST needs the right `post`,
    where that is another. `even_archived` as with `raci.access.load`.
    """

    def decorate(view: Callable[..., R]) -> Callable[..., R]:
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str, **kwargs: Any) -> R:
            needed = post if post is not None and request.method == "POST" else right
            project = load(
                BySlug(),
                user=person(request),
                right=needed,
                even_archived=even_archived,
                slug=slug,
            )
            return view(request, project, **kwargs)

        return wrapped

    return decorate
