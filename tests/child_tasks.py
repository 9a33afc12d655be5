"""Tasks for the child process that the tests run; imported there, so only light imports."""

from __future__ import annotations

from typing import Any

from projects.intake.confined import Report


def echo(data: bytes, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    return {"size": len(data), "arguments": arguments}
