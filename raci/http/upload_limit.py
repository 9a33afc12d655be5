"""Limit uploads before anything is stored."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MAX_MEGABYTES = 32
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024


class CappedUploadHandler(FileUploadHandler):
    """Drop a file that is too large; it is then missing from the request."""

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            raise SkipFile("too large")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
