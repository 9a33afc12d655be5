"""Parse the JSON that the matrix page sends. PayloadError says what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from projects.domain.grid import MAX_NAME, clean_line
from projects.editing.errors import PayloadError
from projects.store import Kind
from projects.store.cells import Operation

MOST_OPERATIONS = 100_000
LONGEST_NUMBER = 18
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
E = TypeVar("E", bound=StrEnum)
CELL_KINDS = (Kind.EDIT, Kind.PASTE)


def body_of(request: HttpRequest) -> Mapping[str, Any]:
    """Parse the JSON object in the request's body."""
    try:
        body = json.loads(request.body)
    except RequestDataTooBig as error:
        raise PayloadError("一度に送れる量を超えています。分けて操作してください。") from error
    except (ValueError, RecursionError) as error:
        raise PayloadError("リクエストがJSONではありません。") from error
    if not isinstance(body, dict):
        raise PayloadError("リクエストがJSONのオブジェクトではありません。")
    return body


def text(body: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """Return a text of the body; without `default` it must be there."""
    value = body.get(name, default)
    if not isinstance(value, str):
        raise PayloadError(f"{name}が文字列ではありません。")
    return _storable(name, value)


def _storable(name: str, value: str) -> str:
    if _NOT_STORABLE.search(value):
        raise PayloadError(f"{name}に使えない文字（NULまたは不完全な文字）があります。")
    return value


def texts(body: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of at least one text."""
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise PayloadError(f"{name}が文字列の一覧ではありません。")
    return [_storable(name, one) for one in value]


def number(value: str, name: str) -> int:
    """Parse a whole number of a query string."""
    if not (value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER):
        raise PayloadError(f"{name}が数値ではありません。")
    return int(value)


def chosen(body: Mapping[str, Any], name: str, kinds: type[E]) -> E:
    """Return one of the values of an enumeration."""
    value = text(body, name)
    if value not in set(kinds):
        raise PayloadError(f"{name}「{value}」は使えません。")
    return kinds(value)


def reason_of(body: Mapping[str, Any]) -> str:
    reason = clean_line(text(body, "reason", ""))
    if len(reason) > MAX_NAME:
        raise PayloadError(f"変更理由が{MAX_NAME:,}文字を超えています。")
    return reason


def operations_of(body: Mapping[str, Any]) -> list[Operation]:
    """Parse the marks to set: {"operations": [{"item", "role", "before", "after"}]}."""
    rows = body.get("operations")
    if not isinstance(rows, list) or not rows:
        raise PayloadError("operationsがありません。")
    if len(rows) > MOST_OPERATIONS:
        raise PayloadError(f"一度に変更できるのは{MOST_OPERATIONS:,}セルまでです。")
    found = []
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise PayloadError(f"operationsの{place}番目がオブジェクトではありません。")
        found.append(Operation(*(text(row, name) for name in ("item", "role", "before", "after"))))
    return found


def base_of(body: Mapping[str, Any]) -> int | None:
    """Return the revision that the page showed, None where it names none."""
    value = body.get("base")
    if value is None or (type(value) is int and value >= 0):
        return value
    raise PayloadError("baseが改訂の番号ではありません。")


def kind_of(body: Mapping[str, Any]) -> Kind:
    """Return the kind of a change of marks: edit, or paste for many at once."""
    name = text(body, "kind", Kind.EDIT.value)
    if name not in CELL_KINDS:
        raise PayloadError(f"kind「{name}」は使えません。")
    return Kind(name)
