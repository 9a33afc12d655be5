"""Every address of the site with every parameter that the canary world has, and what comes back."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import get_messages
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from projects.models import Import
from tests.support.canary_texts import CANARY, KEY
from tests.support.canary_world import ABSENT, MAIN, OTHER, World
from vendors.models import Question

_DIGEST = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{16,}(?![0-9a-z])")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Minutes more: 40 addresses of each route, and every kind of person posts to five of them.
THOROUGH = os.environ.get("RACI_THOROUGH") == "1"
MOST_PER_ROUTE, MOST_POSTED_TO = (40, 5) if THOROUGH else (8, 2)
LOOKED, REFUSED, HIDDEN = {200, 400}, {302, 405}, 404
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One request."""

    method: str
    path: str
    data: Body = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.data or ''}"

    @property
    def canaries(self) -> set[str]:
        """What whoever sends it knows already."""
        return set(CANARY.findall(str(self)))


@dataclass(frozen=True, slots=True)
class Crawler:
    """A person who tries everything; `leaks` are the foreign canaries that came back."""

    world: World
    name: str
    client: Client
    leaks: dict[str, set[str]] = field(default_factory=dict)

    def look(self) -> None:
        """GET of every address, of lists that answer with every question, and HEAD."""
        for route in routes():
            for path in addresses(self.world, route):
                status = self.send(Sent("GET", path))
                if status in LOOKED and route.count("<") < 2:
                    for query in queries(self.world):
                        self.send(Sent("GET", path, query))
            self.send(Sent("HEAD", path))

    def speak(self) -> None:
        """POST of every body to every address; of some where it is hidden, of none if refused."""
        every = list(bodies(self.world))
        for route in routes():
            found = addresses(self.world, route)
            for path in found[:: -(-len(found) // MOST_POSTED_TO)]:
                status = self.send(Sent("POST", path))
                tried = [] if status in REFUSED else every[::5] if status == HIDDEN else every
                for body in tried:
                    self.send(Sent("POST", path, body))

    def send(self, sent: Sent) -> int:
        """The status; what came back is looked through."""
        mail.outbox.clear()
        known = self.world.known(self.name)
        response = answer(self.client, sent)
        found = self.world.canaries.foreign(received(response), known) - sent.canaries
        found |= {leak for letter in mail.outbox for leak in misdirected(self.world, letter)}
        if found:
            self.leaks[str(sent)] = found
        status: int = response.status_code
        return status


def crawler(world: World, person: str) -> Crawler:
    client = world.client(person)
    client.get("/password/")  # the session has its CSRF secret from here on
    return Crawler(world, person, client)


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every route with path converters, the admin's too; its few regular expressions are not."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            continue
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route


def addresses(world: World, route: str) -> list[str]:
    """The route with what its parameters may be: own, foreign and absent things alike."""
    parts = _PARAMETER.split(route)
    fixed, kinds, names = parts[::3], parts[1::3], parts[2::3]
    is_admin = route.startswith("admin/")
    values = [
        _keys(world) if is_admin else _values(world, kind or "str", name)
        for kind, name in zip(kinds, names, strict=True)
    ]
    combined = list(product(*values))
    step = -(-len(combined) // MOST_PER_ROUTE)
    return [_joined(fixed, chosen) for chosen in combined[::step]]


def queries(world: World) -> Iterator[Body]:
    """Filters, orders and pages; some ask for what is somebody else's."""
    for company in "AB":
        name = min(world.sheets[MAIN].shown(company))
        yield from ({"q": name}, {"phase": name}, {"role": name})
        yield {"company": world.companies[company].uid, "page": "all"}
    yield from ({"project": OTHER}, {"state": "question"}, {"state": "answered"})
    yield from ({"mark": "◎", "page": "2"}, {"sort": "-name", "page": "all"}, {"page": "-1"})
    yield {"before": "1", "after": "2", "edition": "1", "since": "0", "person": "x"}


def bodies(world: World) -> Iterator[Body]:
    """What companies send, each for themselves and in the name of others."""
    rows = uids(world)
    for company in (world.companies[letter].uid for letter in "AB"):
        keys = [f"{company}:{MAIN}:{uid}:2" for uid in rows]
        yield {"task": keys, "state": "confirmed", "back": f"{MAIN}/{rows[0]}/"}
        yield from ({"task": key, "state": "question", "text": "質問"} for key in keys[::8])
        yield {"task": keys[1], "state": "question"}
        yield from ({"company": company, "text": text} for text in ("質問", ""))
        yield {"company": company, "close": "1"}


def uids(world: World) -> list[str]:
    """Rows of each kind, of each company, and one that does not exist."""
    main, other = (world.sheets[slug].uids() for slug in (MAIN, OTHER))
    return [*main[1::5], *main[-7:], other[1], other[-2], ABSENT]


def answer(client: Client, sent: Sent) -> Any:
    """The answer, without what it wrote, and with the session as it was."""
    if sent.method != "POST":
        return client.generic(sent.method, sent.path, QUERY_STRING=urlencode(sent.data))
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        response = client.post(sent.path, sent.data)
        transaction.set_rollback(True)
    client.cookies.clear()
    for name, value in cookies.items():
        client.cookies[name] = value
    return response


def received(response: Any) -> str:
    """Return what the browser gets: status, headers, cookies, messages, body, unpacked files."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    cookies = response.cookies.output()
    messages = "\n".join(map(str, get_messages(response.wsgi_request)))
    return "\n".join([str(response.status_code), headers, cookies, messages, body(response)])


def keys(text: str) -> set[str]:
    """The primary keys in a text. Digests are left out: among so many digits some look like one."""
    return set(KEY.findall(_DIGEST.sub("", text)))


def misdirected(world: World, letter: EmailMessage) -> set[str]:
    """The canaries of a mail that one of its receivers must not read."""
    mails = {user.email: name for name, user in world.people.items()}
    text = f"{letter.message()}\n{letter.subject}\n{letter.body}"
    return {
        leak
        for address in letter.recipients()
        for leak in world.canaries.foreign(text, world.known(mails[address]))
    }


def answered_of_others(world: World, client: Client, known: Iterable[str]) -> set[str]:
    """Rows that the list calls answered though nobody of the person's companies asked."""
    response = client.get("/tasks/", {"state": "answered", "page": "all"})
    if response.status_code != 200:
        return set()
    asked = {uid for party in known for uid in world.asked.get(party, ())}
    return {row.record.line.uid for row in response.context["table"].rows} - asked


def body(response: Any) -> str:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    if not data.startswith(b"PK"):
        return str(data, "utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        return "\n".join([*book.namelist(), *parts])


def _values(world: World, kind: str, name: str) -> Sequence[str]:
    if name in {"slug", "project"}:
        return (MAIN, OTHER, ABSENT)
    if name == "company":
        return [*(world.companies[letter].uid for letter in "ABD"), ABSENT]
    if kind == "int":
        return ("1", *_keys(world))
    if kind == "path":
        return [row.item.number for row in world.sheets[MAIN].second[::4]]
    return uids(world)


def _keys(world: World) -> list[str]:
    """Primary keys of things of several kinds and owners."""
    of_imports = Import.objects.order_by("pk").values_list("pk", flat=True)
    of_questions = Question.objects.order_by("pk").values_list("pk", flat=True)[:20:10]
    return [str(pk) for pk in (world.companies["B"].pk, *of_imports, *of_questions)]


def _joined(fixed: Sequence[str], chosen: Sequence[str]) -> str:
    rest = zip(fixed[1:], chosen, strict=True)
    return "/" + fixed[0] + "".join(value + text for text, value in rest)
