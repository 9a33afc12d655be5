"""Somebody who imports two workbooks in turn and publishes a 版 after each."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.system.http import Answer
from tests.system.ledger import Done
from tests.system.people import NO_HEADERS, Person, Site

_BOUNDARY = "----system-tests"
_SEEN = re.compile(rb'name="seen" value="([^"]+)"')
_FIELD = rb'name="%s" value="([^"]*)"'
POLL_SECONDS, LOOKS = 0.3, 400
MULTIPART = f"multipart/form-data; boundary={_BOUNDARY}"
FORM = "application/x-www-form-urlencoded"


class OverError(Exception):
    """The tests are over."""


class Importer(Person):
    """`under_way` says what is being done, for whoever pulls the plug."""

    def __init__(
        self,
        site: Site,
        session: dict[str, Any],
        machine: int,
        files: dict[str, str],
        *,
        rest: float,
    ) -> None:
        super().__init__(site, session, machine)
        self._files = {name: base64.b64decode(data) for name, data in files.items()}
        self._rest, self._path = rest, f"/projects/{self.project}/"
        self.under_way = ""

    async def run(self) -> None:
        turn = 0
        try:
            while True:
                turn += 1
                await self._import("AB"[turn % 2])
                await self._publish()
                self.under_way = ""
                await self._wait(self._rest)
        except OverError:
            self.under_way = ""

    async def _import(self, name: str) -> None:
        """Until the file is applied; taken up again where it was interrupted."""
        while True:
            self.under_way = "reading"
            page = await self.uploaded(name)
            state = await self.when_over(page)
            while state in ("ready", "applying"):
                state = await self.applied(page)
            if state == "applied":
                key = int(page.rstrip("/").rsplit("/", 1)[1])
                self.site.ledger.done.append(Done(self.project, "import", key, name))
                return
            self.site.ledger.answers[f"import {state}, uploaded again"] += 1

    async def uploaded(self, name: str) -> str:
        body = _multipart(self._files[name], f"{name}.xlsx")
        headers = {"Content-Type": MULTIPART, "Accept": "application/json"}
        answer = await self._ask("upload", "POST", f"{self._path}imports/", body, headers)
        if answer.status != 200:  # the queue is full, or the file could not be kept
            self.site.ledger.answers[f"upload refused {answer.status}"] += 1
            await self._wait(1)
            return await self.uploaded(name)
        return str(json.loads(answer.body)["url"])

    async def applied(self, page: str) -> str:
        """Presses 反映 once; the state that comes of it."""
        shown = await self._ask("import page", "GET", page)
        seen = _SEEN.search(shown.body)
        if seen is None:
            await self._wait(POLL_SECONDS)
            return await self.when_over(page)
        self.under_way = "applying"
        body = urlencode({"seen": seen[1].decode(), "reason": ""}).encode()
        await self.ask("apply", "POST", f"{page}apply/", body, {"Content-Type": FORM})
        state = await self.when_over(page)
        if state == "ready":  # told on the page why
            await self._wait(POLL_SECONDS)
        return state

    async def when_over(self, page: str) -> str:
        """The state when no job works on it any more; "reading" of one that was interrupted."""
        for _ in range(LOOKS):
            answer = await self._ask("import status", "GET", f"{page}status/")
            told = json.loads(answer.body)
            if told["over"]:
                return str(told["state"])
            await self._wait(POLL_SECONDS)
        self.site.ledger.faults.append(f"{page} is never over")
        return "stuck"

    async def _publish(self) -> None:
        path = f"{self._path}editions/new/"
        known = None
        while True:
            self.under_way = "publishing"
            page = await self._ask("publish page", "GET", path)
            last = int(_field(page, b"last"))
            if known is not None and last > known:
                return  # the answer was lost, the 版 is there
            known = last
            form = {"title": f"第{last + 1}版", "date": "2026-04-01", "note": ""}
            form |= {"revision": _field(page, b"revision"), "last": str(last)}
            answer = await self.ask(
                "publish", "POST", path, urlencode(form).encode(), {"Content-Type": FORM}
            )
            if answer is not None and answer.status == 302:
                self.site.ledger.done.append(Done(self.project, "edition", last + 1))
                return
            await self._wait(1)

    async def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer:
        answer = await self.insist(kind, method, path, body, headers)
        if answer is None:
            raise OverError
        return answer

    async def _wait(self, seconds: float) -> None:
        if not await self.site.pause(seconds):
            raise OverError


def _field(page: Answer, name: bytes) -> str:
    found = re.search(_FIELD % name, page.body)
    if found is None:
        raise AssertionError(f"no field {name!r}: {page.status} {page.body[:300]!r}")
    return found[1].decode()


def _multipart(data: bytes, name: str) -> bytes:
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return head.encode() + b"\r\n" + data + f"\r\n--{_BOUNDARY}--\r\n".encode()
