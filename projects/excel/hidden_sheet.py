"""How an exported workbook is known again when it comes back. Read by the child, so it is light."""

from __future__ import annotations

HIDDEN_SHEET = "_raci"
