"""Says what pip-audit found, from its JSON report. Exit code 1 for a known vulnerability.

Where the advisories cannot be reached that is said by name: what was not checked is not clean.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

NAMES_SHOWN = 5


def main(path: Path) -> int:
    text = path.read_text(encoding="utf-8")
    if not text.strip():
        say("NOT CHECKED: pip-audit could not reach the advisories")
        return 0
    packages: list[dict[str, Any]] = json.loads(text)["dependencies"]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    bad = [(one, vulnerability) for one in packages for vulnerability in one.get("vulns", ())]
    for one, vulnerability in bad:
        fixed = ", ".join(vulnerability["fix_versions"]) or "no release yet"
        say(f"{one['name']} {one['version']}: {vulnerability['id']}, fixed in {fixed}")
    say(f"{len(packages) - len(skipped)} packages checked, {len(bad)} known vulnerabilities")
    if skipped:
        more = "…" if len(skipped) > NAMES_SHOWN else ""
        say(
            f"NOT CHECKED, no advisories: {len(skipped)} ({', '.join(skipped[:NAMES_SHOWN])}{more})"
        )
    return 1 if bad else 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
