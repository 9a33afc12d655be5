"""Answers of the site when it cannot do what was asked: 503 in words, 413 for too much.

The database may be restarting, or another one is about to take over. What Django asked of the
lost connection was rolled back by the server, unless its commit was already on the way.
"""

from __future__ import annotations

import logging
import sys

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as plain_server_error

from raci.database.outage import Cause, cause_of

RETRY_SECONDS = 3
_log = logging.getLogger(__name__)
TOO_LARGE = (
    "送信された内容が大きすぎるため、受け付けませんでした。何も保存していません。"
    "ファイルは32MBまで、そのほかの入力は1MBまでです。"
)
WORDS = {
    Cause.AWAY: "データベースに接続できません。切り替え中か再起動中の場合は、数秒で元に戻ります。",
    Cause.READ_ONLY: "データベースを切り替えています。数秒後にもう一度お試しください。",
    Cause.FULL: "サーバーの空き容量が足りないため、保存できません。運用担当に連絡してください。",
}


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: 503 where the database is the cause, else the page of errors.

    A connection to a server that only reads is given up, so that the next one finds the right one.
    """
    cause = cause_of(sys.exc_info()[1])
    if cause is None:
        return plain_server_error(request)
    if cause is Cause.READ_ONLY:
        connection.close()
    _log.warning("503: the database is %s", cause.value)
    answer = _answer(request, WORDS[cause])
    # Said in one line: an outage would fill the log with what led to each answer.
    vars(answer)["_has_been_logged"] = True
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413 to a body that the address does not take; nothing of it was read."""
    if is_script(request):
        return JsonResponse({"error": TOO_LARGE}, status=413)
    return HttpResponse(render_to_string("413.html", {"words": TOO_LARGE}), status=413)


def _answer(request: HttpRequest, words: str) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"error": words}, status=503)
    told = {"words": words, "again": request.get_full_path() if request.method == "GET" else ""}
    return HttpResponse(render_to_string("503.html", told), status=503)


def is_script(request: HttpRequest) -> bool:
    """Scripts of the pages ask for JSON, or send it."""
    return "application/json" in (request.headers.get("Accept", ""), request.content_type)
