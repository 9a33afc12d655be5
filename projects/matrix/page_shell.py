"""Render the HTML before and behind the rows of a matrix once, and keep it in a cache."""

from __future__ import annotations

import secrets
from functools import lru_cache

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from projects.matrix.page import MatrixPage

# Stands in a template's output where bytes are put in; random, so no text can contain it.
ROWS = format_html("<!--{}-->", secrets.token_hex(16))
_ROWS_BYTES = ROWS.encode()
KEPT = 64


@lru_cache(maxsize=KEPT)
def shell_parts(page: MatrixPage) -> tuple[bytes, ...]:
    """Render the HTML before and behind the rows of the page; one part without rows."""
    context = {
        "page": page,
        "rows": ROWS,
        "query": QueryDict(page.asked.query),
        "history_url": reverse("projects:history", args=[page.slug]),
        "phase_url": reverse("projects:phase", args=[page.slug, "-"]).removesuffix("-/"),
    }
    html = render_to_string("projects/_matrix.html", context)
    return tuple(html.encode().split(_ROWS_BYTES))


def spliced(html: str, part: bytes) -> bytes:
    """Put the part in the place of ROWS in rendered HTML."""
    before, _, behind = html.encode().partition(_ROWS_BYTES)
    return b"".join((before, part, behind))
