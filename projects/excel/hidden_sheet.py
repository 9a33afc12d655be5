"""Name the sheet that identifies an exported workbook. The child reads it, so it is light."""

from __future__ import annotations

HIDDEN_SHEET = "_raci"
