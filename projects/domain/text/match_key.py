"""Fold a text to its match key, for comparing only: the third layer under raw and shown."""

from __future__ import annotations

import re
import unicodedata

_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")


def match_key(text: str) -> str:
    """Fold a text by NFKC, dashes alike, no spaces, no case."""
    folded = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return "".join(folded.split()).casefold()
