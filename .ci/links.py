"""Find links in documents that lead nowhere: files that are not there, headings that are not."""

from __future__ import annotations

import re
import sys
from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)


def dead_links(document: Path) -> list[str]:
    """Return the relative links of a document that lead to nothing."""
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    targets = [one or other for one, other in LINK.findall(text)]
    return [target for target in targets if not _exists(document, target)]


def _exists(document: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    path, _, heading = target.partition("#")
    place = document.parent / path if path else document
    if not place.exists():
        return False
    return not heading or place.suffix != ".md" or heading in _anchors(place)


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in headings}


if __name__ == "__main__":
    found = [f"{name}: {link}" for name in sys.argv[1:] for link in dead_links(Path(name))]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(bool(found))
