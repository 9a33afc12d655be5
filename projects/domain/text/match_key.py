"""The match key: the third layer of a text, under raw and shown. Only for comparing."""

from __future__ import annotations

import re
import unicodedata

_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")


def match_key(text: str) -> str:
    """NFKC, dashes alike, no spaces, no case: equal for texts that a reader calls the same."""
    folded = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return "".join(folded.split()).casefold()
