"""Set ETags that depend on a revision and the person: an unchanged page costs a 304."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response, patch_vary_headers

from raci.access import person

_PARTS = ("raci", "projects", "vendors", "templates", "static")


def respond(
    request: HttpRequest, *state: object, build: Callable[[], HttpResponse]
) -> HttpResponse:
    """Return the built page with its ETag, or 304 without building it.

    `state` is all that the page depends on besides the person, the URL and the release. A page with
    messages for the person is always built.
    """
    tag = _tag(request, state)
    has_messages = len(get_messages(request)) > 0
    unchanged = None if has_messages else get_conditional_response(request, etag=tag)
    response = build() if unchanged is None else unchanged
    if response.status_code in (200, 304):
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Cookie"])
    return response


def cache_key(*state: object) -> str:
    """Return a key for what this release builds from that state."""
    return hashlib.sha256(repr((release(), state)).encode()).hexdigest()


def _tag(request: HttpRequest, state: tuple[object, ...]) -> str:
    user = person(request)
    get_token(request)  # the page carries one; without this the first answer's tag would differ
    view = (user.pk, user.get_username(), request.get_full_path(), request.META["CSRF_COOKIE"])
    return f'"{cache_key(view, state)[:32]}"'


@cache
def release() -> str:
    """Return a fingerprint of the running code and templates: an upgrade changes every ETag."""
    digest = hashlib.sha256()
    for part in _PARTS:
        for path in sorted(Path(settings.BASE_DIR, part).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js"}:
                status = path.stat()
                digest.update(f"{path.name}:{status.st_size}:{status.st_mtime_ns};".encode())
    return digest.hexdigest()[:16]
