"""People at work on the site, and somebody who reads closely what it says when there is trouble."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from tests.system.http import Answer, ask
from tests.system.importer import FORM, Importer
from tests.system.ledger import now
from tests.system.people import JSON, NO_HEADERS, Person
from tests.system.play import Pace, Play, until
from tests.system.stage import Alone

PACE = Pace(edits=(0.3, 1.0), pages=(1.0, 2.0), imports=0, listeners=2)
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
_WORDS = re.compile("[ぁ-んァ-ヶ一-龠]")


class Watcher(Person):
    """A manager of a project in which nobody else works."""

    def __init__(self, stage: Alone, play: Play) -> None:
        session = stage.world["importers"][0]
        super().__init__(play.site, session, 0)
        self.stage, self.play = stage, play
        self.page = f"/projects/{session['project']}/"
        files = stage.world["files"]
        self.importer = Importer(play.site, session, 0, files, rest=0)
        self._marks = stage.world["projects"][session["project"]]["marks"]

    async def plain(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer:
        """The answer as it is; it is counted nowhere."""
        port = self.site.ports[0]
        return await ask(port, method, path, headers={**self._headers, **headers}, body=body)

    async def paste(self, symbol: str, cells: int) -> Answer:
        """Many marks at once, from what the page showed in the beginning."""
        operations = [
            {"item": uid, "role": role, "before": mark, "after": symbol}
            for uid, row in self._marks.items()
            for role, mark in row.items()
            if mark != symbol
        ][:cells]
        body = {"kind": "paste", "reason": "", "operations": operations}
        path = f"{self.page}cells/"
        return await self.plain("POST", path, json.dumps(body).encode(), JSON)

    async def uploaded(self, name: str) -> str:
        """The page of an import that waits to be applied."""
        page = await self.importer.uploaded(name)
        assert await self.importer.when_over(page) == "ready"
        return page

    async def applied(self, page: str) -> str:
        """The state after 反映 was pressed."""
        return await self.importer.applied(page)

    async def sign_in(self, name: str, password: str) -> Answer:
        """From now on this is that person, with a session of their own."""
        self._headers = {}
        form = await self.plain("GET", "/login/")
        found = _TOKEN.search(form.body)
        assert found
        fields = {"username": name, "password": password, "csrfmiddlewaretoken": found[1].decode()}
        self._headers = {"Cookie": _cookie(form)}
        answer = await self.plain(
            "POST", "/login/", urlencode(fields).encode(), {"Content-Type": FORM}
        )
        self._headers = {"Cookie": _cookie(answer)}
        return answer

    def take_token(self, page: Answer) -> None:
        """The token for scripts and forms, from a page of this session; the importer's too."""
        found = _TOKEN.search(page.body)
        assert found
        self._headers["X-CSRFToken"] = found[1].decode()
        self.importer.become(self._headers)

    async def everybody_works(self) -> None:
        """Waits until each of the editors has saved something from now on."""
        began = now()
        editors = self.play.editors
        await until(
            lambda: all(one.acknowledged and one.acknowledged[-1][0] > began for one in editors),
            "everybody at work",
        )


def _cookie(answer: Answer) -> str:
    return "; ".join(f"{name}={text}" for name, text in answer.cookies.items())


def said(answer: Answer) -> str:
    """The words of an answer, which must be Japanese."""
    text = answer.body.decode()
    if answer.headers["content-type"].startswith("application/json"):
        text = str(json.loads(text)["error"])
    assert _WORDS.search(text)
    return text
