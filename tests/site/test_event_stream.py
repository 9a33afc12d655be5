"""The stream of changes: who may have it, what it says, and that it ends with the right."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, connections

from projects import store
from projects.live import event_hub
from projects.models import Membership, Project
from projects.store.cells import Operation, save
from tests.support.event_stream_reader import PATIENCE, Reader, address, cookie_of, fresh_hub

__all__ = ["fresh_hub"]
pytestmark = pytest.mark.django_db(transaction=True)

HOSHU = "保守業者"


def change(project: Project, by: User, before: str = "", after: str = "○") -> None:
    uid = store.load(project).items[3].uid
    save(project, [Operation(uid, HOSHU, before, after)], by=by)


def in_thread(work: Callable[..., Any], *arguments: Any) -> Any:
    """Database work beside the loop, on a connection that is closed afterwards."""

    def run() -> Any:
        try:
            return work(*arguments)
        finally:
            connections.close_all()

    return asyncio.get_running_loop().run_in_executor(None, run)


def test_a_change_reaches_everybody_who_listens(besshi10: Project, cast: dict[str, User]) -> None:
    cookies = [cookie_of(cast[name]) for name in ("viewer", "manager")]

    async def scene() -> list[dict[str, Any]]:
        readers = [Reader(address(besshi10), cookie) for cookie in cookies]
        assert [await reader.start() for reader in readers] == [200, 200]
        await in_thread(change, besshi10, cast["editor"])
        news = [await reader.until_changes() for reader in readers]
        for reader in readers:
            await reader.close()
        return news

    for news in asyncio.run(scene()):
        (act,) = news["changes"]
        assert (act["number"], act["name"], act["structure"]) == (
            besshi10.revision + 1,
            "editor",
            False,
        )
        assert act["cells"][0][1:] == [HOSHU, "○"]


def test_a_stream_goes_on_where_it_broke_off(besshi10: Project, cast: dict[str, User]) -> None:
    cookie = cookie_of(cast["viewer"])
    change(besshi10, cast["editor"])
    change(besshi10, cast["editor"], "○", "◎")

    async def scene() -> list[int]:
        last = str(besshi10.revision + 1)
        reader = Reader(address(besshi10), cookie, last_event_id=last)
        await reader.start()
        news = await reader.until_changes()
        await reader.close()
        return [act["number"] for act in news["changes"]]

    assert asyncio.run(scene()) == [besshi10.revision + 2]


@pytest.mark.parametrize(("name", "status"), [("outsider", 404), ("vendor", 404), ("", 302)])
def test_nobody_else_gets_a_stream(
    name: str, status: int, besshi10: Project, cast: dict[str, User]
) -> None:
    cookie = cookie_of(cast[name]) if name else ""

    async def scene() -> int:
        return await Reader(address(besshi10), cookie).start()

    assert asyncio.run(scene()) == status


def test_a_stream_ends_when_the_right_is_taken_away(
    besshi10: Project, cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_hub, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(event_hub, "CHECK_SECONDS", 0)
    cookie = cookie_of(cast["viewer"])

    async def scene() -> None:
        reader = Reader(address(besshi10), cookie)
        assert await reader.start() == 200
        await in_thread(Membership.objects.filter(user=cast["viewer"]).delete)
        await asyncio.wait_for(reader.task, PATIENCE)

    asyncio.run(scene())


def test_a_busy_stream_ends_too_when_the_right_is_taken_away(
    besshi10: Project, cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_hub, "BEAT_SECONDS", 10 * PATIENCE)
    monkeypatch.setattr(event_hub, "CHECK_SECONDS", 0)
    cookie = cookie_of(cast["viewer"])

    async def scene() -> None:
        reader = Reader(address(besshi10), cookie)
        assert await reader.start() == 200
        await in_thread(Membership.objects.filter(user=cast["viewer"]).delete)
        await in_thread(change, besshi10, cast["editor"])
        await asyncio.wait_for(reader.task, PATIENCE)

    asyncio.run(scene())


def test_a_lost_listener_is_replaced_and_tells_what_was_missed(
    besshi10: Project, cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_hub, "RECONNECT_SECONDS", 0.05)
    cookie = cookie_of(cast["viewer"])

    def lose() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
            )
        change(besshi10, cast["editor"])

    async def scene() -> list[int]:
        reader = Reader(address(besshi10), cookie)
        await reader.start()
        await in_thread(lose)
        first = await reader.until_changes()
        await in_thread(change, besshi10, cast["editor"], "○", "◎")
        second = await reader.until_changes()
        await reader.close()
        return [first["revision"], second["revision"]]

    assert asyncio.run(scene()) == [besshi10.revision + 1, besshi10.revision + 2]


def test_a_project_that_all_leave_in_an_outage_keeps_nobody_from_their_news(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = event_hub.Hub()
    hub._told[1] = 5
    monkeypatch.setattr(event_hub, "RECONNECT_SECONDS", 0)

    async def away(*_: Any) -> None:
        hub._told.clear()
        raise OperationalError

    monkeypatch.setattr(hub, "_run", away)
    assert asyncio.run(hub._read(1)) is None


def test_many_that_come_at_once_share_one_listener(
    besshi10: Project, cast: dict[str, User]
) -> None:
    cookie = cookie_of(cast["viewer"])

    def listeners() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
            )
            (count,) = cursor.fetchone() or (0,)
        return int(count)

    async def scene() -> tuple[int, int]:
        readers = [Reader(address(besshi10), cookie) for _ in range(5)]
        await asyncio.gather(*(reader.start() for reader in readers))
        count = await in_thread(listeners)
        await in_thread(change, besshi10, cast["editor"])
        news = [await reader.until_changes() for reader in readers]
        for reader in readers:
            await reader.close()
        return count, len(news)

    assert asyncio.run(scene()) == (1, 5)


def test_a_person_has_at_most_so_many_streams(
    besshi10: Project, cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert event_hub.MOST_STREAMS == 20
    monkeypatch.setattr(event_hub, "MOST_STREAMS", 2)
    own, other = cookie_of(cast["viewer"]), cookie_of(cast["editor"])

    async def scene() -> list[int]:
        readers = [Reader(address(besshi10), cookie) for cookie in (own, own, own, other)]
        statuses = [await reader.start() for reader in readers]
        await readers[0].close()
        again = Reader(address(besshi10), own)
        statuses.append(await again.start())
        for reader in (*readers[1:], again):
            await reader.close()
        return statuses

    assert asyncio.run(scene()) == [200, 200, 429, 200, 200]


def stop(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(user: User) -> None:
    user.set_password("another horse battery staple")
    user.save()


@pytest.mark.parametrize("act", [stop, change_password])
def test_all_streams_of_a_person_end_at_once(
    act: Callable[[User], None],
    besshi10: Project,
    cast: dict[str, User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_hub, "BEAT_SECONDS", 10 * PATIENCE)
    monkeypatch.setattr(event_hub, "CHECK_SECONDS", 10 * PATIENCE)
    monkeypatch.setattr(event_hub, "uniform", lambda _least, most: most)
    cookies = [cookie_of(cast[name]) for name in ("viewer", "viewer", "manager")]

    async def scene() -> None:
        first, second, other = (Reader(address(besshi10), cookie) for cookie in cookies)
        assert [await one.start() for one in (first, second, other)] == [200, 200, 200]
        await in_thread(act, cast["viewer"])
        await asyncio.wait_for(asyncio.gather(first.task, second.task), PATIENCE)
        await in_thread(change, besshi10, cast["editor"])
        assert (await other.until_changes())["changes"]
        await other.close()

    asyncio.run(scene())
    assert not event_hub.hub._people
