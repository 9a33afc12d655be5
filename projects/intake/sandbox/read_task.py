"""The child's work: read a file and answer with the reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from projects.domain.grid import Mark
from projects.intake import read
from projects.intake.readers.json_codec import Json, as_json, role_from, with_lasting_uids
from projects.intake.text.column_definitions import parse_columns
from projects.intake.text.corrections import Choices


def read_task(data: bytes, arguments: Mapping[str, Any], report: Callable[[float], None]) -> Json:
    """The child's work: reads the file and answers with the reading.

    Arguments: "roles", "fixed", "legend", "choices" as below, "columns" the text of a CSV.
    """
    roles = tuple(role_from(value) for value in arguments.get("roles", ()))
    columns = arguments.get("columns", "")
    reading = read(
        data,
        roles=roles,
        columns=parse_columns(columns.encode(), role_count=len(roles)) if columns else None,
        fixed=arguments.get("fixed"),
        legend=tuple(Mark(*value) for value in arguments.get("legend", ())),
        choices=Choices.from_json(arguments.get("choices", {})),
    )
    report(0.8)
    return as_json(with_lasting_uids(reading, data))
