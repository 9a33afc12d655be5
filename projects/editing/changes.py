"""Describe the latest change sets of a project to pages that show it."""

from __future__ import annotations

from typing import Any

from projects.history.row_history import people, shown_name
from projects.store.changes_since import happened_since


def changes_as_json(project: int, since: int, revision: int) -> dict[str, Any]:
    """Return the change sets after revision `since`; {"reload": true} when they are too many."""
    happened = happened_since(project, since) if revision > since else []
    if happened is None:
        return {"revision": revision, "reload": True, "changes": []}
    names = people({act.name for act in happened})
    return {
        "revision": max([revision, *(act.number for act in happened)]),
        "reload": False,
        "changes": [
            {
                "number": act.number,
                "user": act.user,
                "name": shown_name(act.name, names),
                "at": act.at.isoformat(),
                "structure": act.structure,
                "cells": act.cells,
                "texts": [] if act.structure else act.texts,
                "rows": act.fresh,
            }
            for act in happened
        ],
    }
