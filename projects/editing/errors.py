"""Name what the editor cannot do, and answer it as {"error": words}."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from projects import store
from projects.domain import outline_edits

View = Callable[..., HttpResponse]


class PayloadError(ValueError):
    """The request is not what the matrix page sends."""


class RowGoneError(Exception):
    """A row that the edit names is not there any more."""


class TextConflictError(Exception):
    """Somebody changed the text that this edit replaces."""

    def __init__(self, now: str) -> None:
        super().__init__("ほかの人が先に変更しました。")
        self.now = now


def answering(view: View) -> View:
    """Answer the errors of a view in JSON: 400 for what cannot be done, 409 for a conflict."""

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except (PayloadError, store.BrokenRulesError, outline_edits.OutlineError) as error:
            return JsonResponse({"error": str(error)}, status=400)
        except RowGoneError as error:
            return JsonResponse({"error": str(error)}, status=409)
        except TextConflictError as error:
            return JsonResponse({"error": str(error), "now": error.now}, status=409)
        except store.UndoConflictError as error:
            return JsonResponse(
                {
                    "error": "後から変更されているため、取り消せません。",
                    "stopped": [obstacle.what for obstacle in error.obstacles],
                },
                status=409,
            )

    return wrapped
