"""A file as the answer to a request."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_response(data: bytes, file_name: str) -> HttpResponse:
    return download(data, file_name, XLSX)


def download(data: bytes, file_name: str, content_type: str) -> HttpResponse:
    """Respond with a download, which browsers never open in place. Slashes leave the name."""
    file_name = file_name.replace("/", "／")
    plain = f"export{PurePath(file_name).suffix}"
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name)}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
