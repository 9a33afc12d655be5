"""Save marks, edits of the outline, undo and redo of the matrix page. JSON in, JSON out.

Errors come as {"error": words}. 400 for what cannot be done, 409 for what somebody else changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from projects import store
from projects.domain.grid import Grid, new_uid
from projects.editing import undo_stack
from projects.editing.changes import changes_as_json
from projects.editing.errors import PayloadError, RowGoneError, answering
from projects.editing.outline_acts import ACTS
from projects.editing.payloads import (
    base_of,
    body_of,
    kind_of,
    number,
    operations_of,
    reason_of,
    text,
)
from projects.history.row_history import people, shown_name
from projects.models import Numbering, Project
from projects.shared.project_page import project_page
from projects.store.cells import Outcome, Result, save
from raci.access import Right, person
from raci.accounts.sessions import passive
from raci.http.body_limit import accepts_large
from raci.http.etags import respond


@accepts_large("application/json")
@require_POST
@answering
@project_page(Right.EDIT)
def cells(request: HttpRequest, project: Project) -> HttpResponse:
    """Set marks and answer each operation in order. 409 when any of them conflicts.

    {"base": revision shown, "operations": [{"item", "role", "before", "after"}], "kind", "reason"}
    The conflict check goes by `before`, cell by cell; a base from the future is refused.
    """
    body, reason = _body_and_reason(request, project)
    if (base_of(body) or 0) > project.revision:
        raise PayloadError("baseがこの案件の改訂より新しい番号です。")
    saved = save(
        project, operations_of(body), by=person(request), kind=kind_of(body), reason=reason
    )
    names = people({result.by for result in saved.results if result.by})
    conflict = any(result.outcome is Outcome.CONFLICT for result in saved.results)
    return JsonResponse(
        {
            "revision": saved.revision,
            "changed": saved.changed,
            "results": [_result(result, names) for result in saved.results],
        },
        status=409 if conflict else 200,
    )


@require_POST
@answering
@project_page(Right.EDIT)
def outline(request: HttpRequest, project: Project) -> HttpResponse:
    """Edit rows: {"act": insert | text | delete | step | move, …}."""
    body, reason = _body_and_reason(request, project)
    act = text(body, "act")
    if act not in ACTS:
        raise PayloadError(f"act「{act}」は使えません。")
    if body.get("field") == "number" and project.numbering == Numbering.SEQUENTIAL:
        raise PayloadError("この案件の項番は通し番号のため、変更できません。")
    kind = store.Kind.EDIT if act == "text" else store.Kind.STRUCTURE
    uid = new_uid()

    def edit(grid: Grid) -> Grid:
        try:
            return ACTS[act](grid, body, uid)
        except KeyError as error:
            raise RowGoneError("その行はもうありません。") from error

    store.change(project, edit, by=person(request), kind=kind, reason=reason)
    return JsonResponse({"revision": project.revision, "uid": uid if act == "insert" else ""})


@require_POST
@answering
@project_page(Right.EDIT)
def undo(request: HttpRequest, project: Project) -> HttpResponse:
    """Undo the person's own latest act, or with {"way": "redo"} their latest undo."""
    body, reason = _body_and_reason(request, project, asks_reason=False)
    redo = text(body, "way", "undo") == "redo"
    find = undo_stack.next_redo if redo else undo_stack.next_undo
    kind = store.Kind.REDO if redo else store.Kind.UNDO
    nothing_left: set[int] = set()
    while (act := find(project, person(request), nothing_left)) is not None:
        if store.undo(project, act, by=person(request), kind=kind, reason=reason):
            return JsonResponse({"revision": project.revision, "number": act})
        nothing_left.add(act)
    raise PayloadError("やり直せる操作はありません。" if redo else "元に戻せる操作はありません。")


@passive
@require_safe
@answering
@project_page(Right.VIEW)
def changes(request: HttpRequest, project: Project) -> HttpResponse:
    """List the changes after revision ?since=, for pages without the stream. 304 without any."""
    since = number(request.GET.get("since", ""), "since")
    return respond(
        request,
        project.revision,
        build=lambda: JsonResponse(changes_as_json(project.pk, since, project.revision)),
    )


@passive
@require_safe
@project_page(Right.VIEW)
def events(request: HttpRequest, project: Project) -> HttpResponse:
    """Authorise an event stream: 204 with the project's id and the person's in headers, for
    `projects.live.event_hub`.

    Served without it, the 204 tells the browser to stop asking; the page then asks for changes.
    """
    user = person(request)
    let_in = {"X-Raci-Project": str(project.pk), "X-Raci-Person": str(user.pk)}
    return HttpResponse(status=204, headers=let_in)


def _body_and_reason(
    request: HttpRequest, project: Project, *, asks_reason: bool = True
) -> tuple[Mapping[str, Any], str]:
    body = body_of(request)
    reason = reason_of(body)
    if asks_reason and project.requires_reason and not reason:
        raise PayloadError("この案件では変更理由の入力が必要です。")
    return body, reason


def _result(result: Result, names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": result.outcome.value, "now": result.now}
    if result.outcome is Outcome.CONFLICT:
        found |= {
            "by": shown_name(result.by, names),
            "at": result.at.isoformat() if result.at else "",
        }
    return found
