"""Render 503 when the database is unavailable, and 413 for bodies that are too large.

The database may be restarting, or another one is about to take over. The server rolled back the
statements of the lost connection, unless the commit was already on the way.
"""

from __future__ import annotations

import logging
import sys

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as plain_server_error

from raci.database.outage import Cause, cause_of
from raci.http.upload_limit import MAX_MEGABYTES

RETRY_SECONDS = 3
_log = logging.getLogger(__name__)
TOO_LARGE = (
    "送信された内容が大きすぎるため、受け付けませんでした。何も保存していません。"
    f"ファイルは{MAX_MEGABYTES}MBまで、そのほかの入力は1MBまでです。"
)
WORDS = {
    Cause.AWAY: "データベースに接続できません。切り替え中か再起動中の場合は、数秒で元に戻ります。",
    Cause.READ_ONLY: "データベースを切り替えています。数秒後にもう一度お試しください。",
    Cause.FULL: "サーバーの空き容量が足りないため、保存できません。運用担当に連絡してください。",
}


def server_error(request: HttpRequest) -> HttpResponse:
    """Respond with 503 where the database is the cause, else with 500 (Django's `handler500`).

    A connection to a read-only server is closed, so that the next one finds the writable server.
    """
    cause = cause_of(sys.exc_info()[1])
    if cause is None:
        return plain_server_error(request)
    if cause is Cause.READ_ONLY:
        connection.close()
    _log.warning("503: the database is %s", cause.value)
    answer = _answer(request, WORDS[cause])
    # Logged in one line: an outage would fill the log with tracebacks.
    vars(answer)["_has_been_logged"] = True
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def too_large(request: HttpRequest) -> HttpResponse:
    """Respond with 413 to a body over the limit; nothing of it was read."""
    if is_script(request):
        return JsonResponse({"error": TOO_LARGE}, status=413)
    return HttpResponse(render_to_string("413.html", {"words": TOO_LARGE}), status=413)


def _answer(request: HttpRequest, words: str) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"error": words}, status=503)
    context = {"words": words, "again": request.get_full_path() if request.method == "GET" else ""}
    return HttpResponse(render_to_string("503.html", context), status=503)


def is_script(request: HttpRequest) -> bool:
    """Return whether a script sent the request: it accepts or sends JSON."""
    return "application/json" in (request.headers.get("Accept", ""), request.content_type)
