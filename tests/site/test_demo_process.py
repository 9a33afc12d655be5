"""The demo as a person starts it: one process that prints its address, serves, and cleans up."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import psutil
import pytest
from django.conf import settings

MANAGE = [sys.executable, str(Path(settings.BASE_DIR, "manage.py"))]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A short path of its own that the server's account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="raci-demo-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def environment(data_dir: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "DATABASE", "RACI"))}
    ours = {"RACI_DEMO_PASSWORD": "demo-pass-123", "RACI_METRICS_TOKEN": "t"}
    return {**kept, "RACI_DATA_DIR": str(data_dir), **ours}


@pytest.fixture(scope="module")
def port() -> int:
    """One whose neighbour is free too, for the streams."""
    while True:
        with socket.socket() as probe, socket.socket() as next_to, suppress(OSError):
            probe.bind(("127.0.0.1", 0))
            free: int = probe.getsockname()[1]
            next_to.bind(("127.0.0.1", free + 1))
            return free


@pytest.fixture(scope="module")
def demo(environment: dict[str, str], port: int, data_dir: Path) -> Iterator[list[str]]:
    """The running demo's first lines; after the tests it must go without a trace."""
    command = [*MANAGE, "demo", "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if "公開しました" in line:
                break
        yield lines
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


def fetch(port: int, path: str, **headers: str) -> Answer:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())


def test_it_prints_its_progress_people_password_and_address(demo: list[str], port: int) -> None:
    text = "\n".join(demo)
    assert "別紙10を取り込んでいます" in text
    assert "manager" in text
    assert "hoshu" in text
    assert "demo-pass-123" in text
    assert demo[-1].split("] ")[1].startswith(f"公開しました: http://localhost:{port}/")


def test_it_serves_pages_without_debug(demo: list[str], port: int) -> None:
    assert fetch(port, "/projects/besshi10/").status == 302
    missing = fetch(port, "/no-such-page/")
    assert missing.status == 404
    assert "ページが見つかりません" in missing.body.decode()


def test_static_files_are_hashed_compressed_and_kept_by_browsers(
    demo: list[str], port: int
) -> None:
    page = fetch(port, "/login/").body.decode()
    found = re.search(r'href="(/static/css/base\.[0-9a-f]{12}\.css)"', page)
    assert found
    style = fetch(port, found[1], **{"Accept-Encoding": "br"})
    assert style.headers["Content-Encoding"] == "br"
    assert "immutable" in style.headers["Cache-Control"]


def test_the_processes_count_together_for_prometheus(demo: list[str], port: int) -> None:
    assert fetch(port, "/metrics").status == 404
    for _ in range(8):
        fetch(port, "/login/")
    told = fetch(port, "/metrics", Authorization="Bearer t").body.decode()
    labels = '{method="GET",route="/login/",status="2xx"}'
    (count,) = re.findall(re.escape(f"raci_requests_total{labels}") + r" (\d+)", told)
    assert int(count) >= 8
    assert "raci_database_up 1.0" in told


def test_a_command_works_beside_the_running_server(
    demo: list[str], port: int, environment: dict[str, str]
) -> None:
    code = "from projects.models import WorkItem; print(WorkItem.objects.count())"
    command = [*MANAGE, "shell", "-v", "0", "-c", code]
    beside = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert beside.stdout.strip() == "648"
    assert fetch(port, "/login/").status == 200


def test_a_wrong_database_is_said_in_words(environment: dict[str, str]) -> None:
    nowhere = {**environment, "DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/x"}
    for command in ([*MANAGE, "migrate"], [sys.executable, "-c", "import raci.wsgi"]):
        run = subprocess.run(
            command, env=nowhere, capture_output=True, text=True, check=False, cwd=settings.BASE_DIR
        )
        assert run.returncode == 2
        assert "データベースに接続できません" in run.stderr
        assert "Traceback" not in run.stderr
        assert "secret" not in run.stderr


def opened(port: int) -> OpenerDirector:
    """A browser in which the manager has signed in."""
    browser = build_opener(HTTPCookieProcessor())
    address = f"http://127.0.0.1:{port}/login/"
    form = {
        "username": "manager",
        "password": "demo-pass-123",
        "csrfmiddlewaretoken": token(browser.open(address).read()),
    }
    assert browser.open(address, urlencode(form).encode()).url != address
    return browser


def token(page: bytes) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.decode())
    assert found
    return found[1]


def stream_process() -> psutil.Process:
    """The process that serves the streams, as soon as there is one."""
    while True:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if process.cmdline()[:1] == ["raci events"]:
                    return process


def test_streams_go_through_one_process_and_come_back_when_it_is_killed(
    demo: list[str], port: int
) -> None:
    browser, base = opened(port), f"http://127.0.0.1:{port}/projects/besshi10/"
    streams = f"http://127.0.0.1:{port + 1}/projects/besshi10/events/"
    page = browser.open(base).read()
    assert f'data-stream="{streams}"' in page.decode()
    row, before = re.findall(r'<tr id="(\w+)".*?</tr>', page.decode(), re.S)[5], ""
    first = stream_process()
    with browser.open(f"{streams}?since=99") as stream:
        assert stream.readline() == b"retry: 2000\n"
        body = {"act": "text", "item": row, "field": "description", "after": "x", "before": before}
        request = Request(f"{base}outline/", json.dumps(body).encode())  # noqa: S310
        request.add_header("Content-Type", "application/json")
        request.add_header("X-CSRFToken", token(page))
        number = json.load(browser.open(request))["revision"]
        assert f"id: {number}\n".encode() in iter(stream.readline, b"")
        assert first.cmdline()[0] == "raci events"
        first.kill()
        with pytest.raises(IncompleteRead):
            stream.read()
        first.wait(timeout=30)  # its sockets close one after the other
    second = stream_process()
    assert second.pid != first.pid
    with browser.open(f"{streams}?since={number - 1}") as stream:
        assert f"id: {number}\n".encode() in iter(stream.readline, b"")


def test_nothing_outlives_the_process_that_was_started(
    demo: list[str], port: int, environment: dict[str, str], data_dir: Path
) -> None:
    """The last test here: it kills what the others ask."""
    master = stream_process().parent()
    assert master is not None
    processes = master.children()
    master.kill()
    gone, alive = psutil.wait_procs(processes, timeout=30)
    assert (len(gone) > 2, alive) == (True, [])
    with pytest.raises(OSError, match="refused"):
        fetch(port, "/healthz")
    # The database that was left running is stopped by the next process that uses it.
    subprocess.run([*MANAGE, "migrate", "--check"], env=environment, check=True)
    assert not (data_dir / "postgres" / "postmaster.pid").exists()
