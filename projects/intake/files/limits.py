"""How much of a stranger's file is looked at; honest workbooks stay far below every one."""

from __future__ import annotations

MEGABYTE = 1024 * 1024

# The container.
ENTRIES = 2_000
EXPANDED_BYTES = 512 * MEGABYTE
PART_BYTES = 400 * MEGABYTE
# Deflate cannot pass 1,032; a million equal empty rows reach about 20.
RATIO = 250
RATIO_FROM_BYTES = 5 * MEGABYTE

# The text of the parts. Excel stops at 32,767 characters in a cell.
TEXT_BYTES = MEGABYTE
PROLOG_BYTES = 32 * 1024  # in which the root element must begin

# The sheets. Rows and columns are Excel's own; the readers hold every cell between A1 and the
# last row and column that have a value, in 40 bytes each: 400 of the child's 512 MB.
ROWS = 1_048_576
COLUMNS = 16_384
BOX_CELLS = 10_000_000
MERGES = 200_000

# What is worked on at a time.
PACKED_CHUNK_BYTES = 64 * 1024
CHUNK_BYTES = 256 * 1024
