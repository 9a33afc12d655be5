"""A task for the guarded child: the sheets of a workbook with their looks, told as counts."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from projects.intake.files import preflight
from projects.intake.files.xlsx import read_xlsx

TASKS = {"sheets": "tests.bench.sheets_task:count"}


def count(
    data: bytes, arguments: dict[str, Any], report: Callable[[float], None]
) -> dict[str, Any]:
    """{"cells", "merges", "indents", "struck"}: how many the workbook has of each."""
    gc.disable()  # as the task of the application does
    preflight.check(data)
    sheets = read_xlsx(data).sheets
    return {
        "cells": sum(sheet.nonblank() for sheet in sheets),
        "merges": sum(len(sheet.merges) for sheet in sheets),
        "indents": sum(len(sheet.indents) for sheet in sheets),
        "struck": sum(len(sheet.struck) for sheet in sheets),
    }
