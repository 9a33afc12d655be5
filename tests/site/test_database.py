"""The choice and the life of the database: real clusters, real processes, no Django database."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from raci.database import UnreachableDatabaseError, address, explain, from_environment, programs
from raci.database.cluster import Cluster
from tests.support.temporary_folders import temporary_folder

ROOT = Path(__file__).resolve().parents[2]
IMPORTS = {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
AS_ROOT = os.geteuid() == 0

PREPARE = """
import os, signal, subprocess, sys
from pathlib import Path
from raci.database import programs
from raci.database.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]))
"""
USE = "cluster.use(); print('ready', flush=True); sys.stdin.read()"
DJANGO = """
import django, sys
from pathlib import Path
from django.conf import settings
from raci.database import UnusableDatabaseError, explain, from_environment, require
database = from_environment(dict([sys.argv[2:]]) if sys.argv[2:] else {}, Path(sys.argv[1]))
settings.configure(DATABASES={"default": database}, USE_TZ=True)
django.setup()
from django.core.management import call_command
from django.db import NotSupportedError, OperationalError, connection, connections
"""


class Process:
    """A Python process that runs a script and ends when its input does."""

    def __init__(
        self,
        script: str,
        *arguments: object,
        python: str = sys.executable,
        **options: Any,
    ) -> None:
        self.popen = subprocess.Popen(
            [python, "-c", script, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **IMPORTS, **options.pop("env", {})},
            **options,
        )

    def says(self) -> str:
        """The next line of its output; empty when it and its children are gone."""
        assert self.popen.stdout is not None
        line: str = self.popen.stdout.readline()
        return line.strip()

    def hears(self, line: str) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write(f"{line}\n")
        self.popen.stdin.flush()

    def end_input(self) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.close()

    def leave(self) -> None:
        self.end_input()
        assert self.popen.wait() == 0

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.popen.send_signal(number)
        self.popen.wait()


Start = Callable[..., Process]


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_folder() as path:
        yield path


@pytest.fixture
def new_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster of which nothing exists yet."""
    cluster = Cluster(folder / "data")
    yield cluster
    stop(cluster)


@pytest.fixture(scope="module")
def made_cluster() -> Iterator[Cluster]:
    with temporary_folder() as path:
        cluster = Cluster(path / "data")
        cluster.use()
        cluster.release()
        yield cluster


@pytest.fixture
def cluster(made_cluster: Cluster) -> Iterator[Cluster]:
    """A cluster that exists and does not run; shared by the tests, which leave it stopped."""
    yield made_cluster
    stop(made_cluster)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process on a cluster; those that still run at the end are killed."""
    started: list[Process] = []

    def process(cluster: Cluster, script: str = USE, **options: Any) -> Process:
        started.append(Process(PREPARE + script, cluster.data_dir, **options))
        return started[-1]

    yield process
    for one in started:
        with one.popen:
            one.popen.kill()


def stop(cluster: Cluster) -> None:
    """Stop what a failed test left running."""
    if cluster.running:
        cluster.use()
    cluster.release()


def query(cluster: Cluster, sql: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(host=str(cluster.socket_dir), user="postgres", dbname="postgres")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def server_pid(cluster: Cluster) -> int:
    return int((cluster.directory / "postmaster.pid").read_text().split()[0])


def run_django(script: str, *arguments: object, **options: Any) -> str:
    """The output of a script in a process with Django set up on the database in question."""
    process = Process(DJANGO + script, *arguments, stderr=subprocess.STDOUT, **options)
    output, _ = process.popen.communicate()
    assert process.popen.returncode == 0, output
    return str(output)


# ---- the life of the server


def test_server_starts_and_stops_with_its_process(cluster: Cluster, start: Start) -> None:
    process = start(cluster)
    assert process.says() == "ready"
    assert cluster.running
    process.leave()
    assert not cluster.running


def test_server_stops_when_sigterm_becomes_an_exit(cluster: Cluster, start: Start) -> None:
    process = start(cluster, "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0));" + USE)
    assert process.says() == "ready"
    process.kill(signal.SIGTERM)
    assert not cluster.running


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_last_process_out_stops_the_server(
    cluster: Cluster, start: Start, order: tuple[int, int]
) -> None:
    processes = [start(cluster), start(cluster)]
    assert [process.says() for process in processes] == ["ready", "ready"]
    processes[order[0]].leave()
    assert cluster.running
    processes[order[1]].leave()
    assert not cluster.running


def test_server_of_a_killed_process_is_taken_over(cluster: Cluster, start: Start) -> None:
    killed, successor = start(cluster), start(cluster, "sys.stdin.readline();" + USE)
    assert killed.says() == "ready"
    pid = server_pid(cluster)
    killed.kill()
    assert cluster.running
    successor.hears("go")
    assert successor.says() == "ready"
    assert server_pid(cluster) == pid
    successor.leave()
    assert not cluster.running


def test_killed_server_comes_back_with_its_data(cluster: Cluster) -> None:
    cluster.use()
    query(cluster, "CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(server_pid(cluster), signal.SIGKILL)
    cluster.use()
    assert query(cluster, "SELECT one FROM kept") == [(1,)]
    cluster.release()
    assert not cluster.running


def test_processes_starting_at_once_share_one_server(new_cluster: Cluster, start: Start) -> None:
    processes = [start(new_cluster) for _ in range(4)]
    assert [process.says() for process in processes] == ["ready"] * 4
    for process in processes:
        process.end_input()
    assert [process.popen.wait() for process in processes] == [0] * 4
    assert not new_cluster.running


def test_forked_child_does_not_stop_the_server(cluster: Cluster, start: Start) -> None:
    process = start(cluster, "cluster.use()\nif os.fork() == 0: sys.exit()\nos.wait()\n" + USE)
    assert process.says() == "ready"
    assert cluster.running
    process.leave()
    assert not cluster.running


def test_forked_child_with_a_share_outlives_its_parent(cluster: Cluster, start: Start) -> None:
    script = """
cluster.use()
reading, writing = os.pipe()
if os.fork() != 0:
    os.read(reading, 1)
    sys.exit()
cluster.use()
os.write(writing, b".")
sys.stdin.read()
"""
    process = start(cluster, script)
    assert process.popen.wait() == 0
    assert cluster.running
    process.end_input()
    assert process.says() == ""
    assert not cluster.running


# ---- crashes and leftovers


@pytest.mark.parametrize("content", ["{pid}\n", ""], ids=["of another process", "empty"])
@pytest.mark.parametrize("name", ["postmaster.pid", f"{address.SOCKET}.lock"])
def test_stale_lock_file_is_no_obstacle(cluster: Cluster, name: str, content: str) -> None:
    owner = cluster.directory.stat()
    switch: dict[str, Any] = {"user": owner.st_uid, "extra_groups": []} if AS_ROOT else {}
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, **switch) as other:
        lock_file = cluster.directory / name
        lock_file.write_text(content.format(pid=other.pid))
        os.chown(lock_file, owner.st_uid, owner.st_gid)
        cluster.use()
        assert cluster.running
        cluster.release()
        assert other.poll() is None


def test_initdb_killed_before_its_end_is_begun_anew(new_cluster: Cluster, start: Start) -> None:
    start(
        new_cluster, "Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL);" + USE
    ).popen.wait()
    assert (new_cluster.data_dir / "postgres.new" / "PG_VERSION").exists()
    assert not new_cluster.directory.exists()
    new_cluster.use()
    assert not (new_cluster.data_dir / "postgres.new").exists()
    assert query(new_cluster, "SELECT 1") == [(1,)]
    new_cluster.release()


def test_orphaned_initdb_is_waited_for(new_cluster: Cluster, start: Start) -> None:
    script = """
run = subprocess.run
def orphan(command, **options):
    if command[0].name != "initdb":
        return run(command, **options)
    subprocess.Popen(command, **options)
    os.kill(os.getpid(), signal.SIGKILL)
subprocess.run = orphan
"""
    start(new_cluster, script + USE).popen.wait()
    new_cluster.use()
    assert new_cluster.running
    assert not (new_cluster.data_dir / "postgres.new").exists()
    new_cluster.release()


def test_data_of_another_version_is_refused_and_left_alone(new_cluster: Cluster) -> None:
    new_cluster.directory.mkdir(parents=True)
    (new_cluster.directory / "PG_VERSION").write_text("13\n")
    with pytest.raises(UnreachableDatabaseError, match=r"PostgreSQL 13 .*DATABASE_URL"):
        new_cluster.use()
    assert [path.name for path in new_cluster.directory.iterdir()] == ["PG_VERSION"]
    new_cluster.release()


def test_folder_that_is_no_cluster_is_refused_and_left_alone(new_cluster: Cluster) -> None:
    new_cluster.directory.mkdir(parents=True)
    (new_cluster.directory / "notes.txt").write_text("mine")
    with pytest.raises(UnreachableDatabaseError, match="PostgreSQL のデータではありません"):
        new_cluster.use()
    assert (new_cluster.directory / "notes.txt").read_text() == "mine"
    new_cluster.release()


def test_failed_start_tells_the_end_of_the_log(new_cluster: Cluster) -> None:
    new_cluster.use()
    new_cluster.release()
    with (new_cluster.directory / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_parameter = 1\n")
    with pytest.raises(OperationalError, match="no_such_parameter"):
        new_cluster.use()
    new_cluster.release()


def test_data_directory_that_cannot_be_made_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(UnreachableDatabaseError, match="権限"):
        Cluster(folder / "file" / "data").use()


def test_large_log_is_turned_at_the_start(cluster: Cluster) -> None:
    cluster.log.write_text("old\n" * 300_000)
    cluster.use()
    cluster.release()
    assert "old" not in cluster.log.read_text()
    assert (cluster.data_dir / "postgres.log.1").read_text().startswith("old")


# ---- places and accounts


@pytest.mark.parametrize("name", ["長い名前" * 20, "a, b 'c'"], ids=["long", "comma"])
def test_path_that_no_socket_can_have(folder: Path, name: str) -> None:
    cluster = Cluster(folder / name)
    assert cluster.socket_dir.parent == Path("/tmp")
    try:
        cluster.use()
        assert query(cluster, "SELECT 1") == [(1,)]
        assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
        cluster.release()
        assert not cluster.running
    finally:
        stop(cluster)
        shutil.rmtree(cluster.socket_dir)


def test_socket_folder_open_to_others_is_refused(folder: Path) -> None:
    cluster = Cluster(folder / ("x" * 100))
    cluster.socket_dir.mkdir()
    cluster.socket_dir.chmod(0o777)
    try:
        with pytest.raises(UnreachableDatabaseError, match="ほかの利用者"):
            cluster.use()
        cluster.release()
    finally:
        cluster.socket_dir.rmdir()


def test_only_the_owner_reaches_the_server(cluster: Cluster) -> None:
    cluster.use()
    shown = "('listen_addresses', 'fsync', 'TimeZone', 'server_encoding')"
    settings = dict(query(cluster, f"SELECT name, setting FROM pg_settings WHERE name IN {shown}"))
    locales = query(cluster, "SELECT DISTINCT datlocprovider, datlocale FROM pg_database")
    cluster.release()
    assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
    assert settings == {
        "listen_addresses": "",
        "fsync": "on",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
    }
    assert locales == [("b", "C.UTF-8")]


def test_environment_of_the_caller_does_not_redirect(cluster: Cluster, start: Start) -> None:
    elsewhere = {"PGPORT": "1", "PGHOST": "nowhere.invalid", "PGDATA": "/nowhere", "LC_ALL": "xx"}
    process = start(cluster, env=elsewhere)
    assert process.says() == "ready"
    process.leave()
    assert not cluster.running


def test_log_that_is_a_link_is_refused(folder: Path) -> None:
    (folder / "precious").write_text("")
    (folder / "postgres.log").symlink_to("precious")
    with pytest.raises(UnreachableDatabaseError, match=r"postgres\.log"):
        Cluster(folder).use()
    Cluster(folder).log.unlink()
    Cluster(folder).release()
    assert (folder / "precious").stat().st_uid == os.geteuid()


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_root_opens_parents_only_as_far_as_needed(folder: Path) -> None:
    closed, half_open = folder / "closed", folder / "closed" / "open"
    closed.mkdir(mode=0o700)
    half_open.mkdir()
    half_open.chmod(0o2751)
    cluster = Cluster(half_open / "data")
    cluster.use()
    cluster.release()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (closed, half_open, cluster.directory)]
    assert modes == [0o701, 0o2751, 0o700]
    assert cluster.directory.owner() == programs.SYSTEM_USER


@pytest.fixture
def as_nobody(folder: Path) -> dict[str, Any]:
    """Options of a process of the user nobody, who owns the folder.

    Skips where nobody can run no Python of this version that has the packages.
    """
    if not AS_ROOT:
        pytest.skip("needs root")
    shutil.chown(folder, "nobody")
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        options: dict[str, Any] = {"python": python, "user": "nobody", "extra_groups": []}
        script = "import psycopg2, raci.database.cluster"
        with suppress(OSError), Process(script, **options).popen as popen:
            if popen.wait() == 0:
                return options
    pytest.skip("the user nobody can run no Python with the packages")


def test_ordinary_user_has_a_server_of_their_own(
    new_cluster: Cluster, start: Start, as_nobody: dict[str, Any]
) -> None:
    process = start(new_cluster, **as_nobody)
    assert process.says() == "ready"
    assert new_cluster.running
    assert new_cluster.directory.owner() == "nobody"
    process.leave()
    assert not new_cluster.running
    assert stat.S_IMODE(new_cluster.data_dir.stat().st_mode) == 0o700


def test_root_and_the_owner_share_a_server(
    new_cluster: Cluster, start: Start, as_nobody: dict[str, Any]
) -> None:
    owner = start(new_cluster, **as_nobody)
    assert owner.says() == "ready"
    new_cluster.use()
    owner.leave()
    assert query(new_cluster, "SELECT 1") == [(1,)]
    new_cluster.release()
    assert not new_cluster.running
    new_cluster.use()
    successor = start(new_cluster, **as_nobody)
    assert successor.says() == "ready"
    new_cluster.release()
    assert new_cluster.running
    successor.leave()
    assert not new_cluster.running


def test_data_of_root_is_refused_to_an_ordinary_user(
    new_cluster: Cluster, start: Start, as_nobody: dict[str, Any]
) -> None:
    new_cluster.use()
    new_cluster.release()
    script = """
from raci.database import UnreachableDatabaseError
try:
    cluster.use()
except UnreachableDatabaseError as error:
    print(error)
"""
    process = start(new_cluster, script, **as_nobody)
    assert "権限" in process.says()
    process.leave()


# ---- the choice


def test_nothing_set_means_the_embedded_server(folder: Path) -> None:
    database = from_environment({}, folder / "data")
    assert database["ENGINE"] == "raci.database"
    assert (database["NAME"], database["USER"]) == ("raci", "postgres")
    assert database["HOST"] == str(folder / "data" / "postgres")
    assert database["RACI_CLUSTER"] == str(folder / "data")
    assert database["CONN_HEALTH_CHECKS"]
    assert from_environment({"DATABASE_URL": " "}, folder / "data") == database
    assert not (folder / "data").exists()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "pgsql"])
def test_url_chooses_a_server(scheme: str) -> None:
    url = f"{scheme}://me:p%40ss@db.example:5433/matrix?sslmode=require"
    database = from_environment({"DATABASE_URL": url}, Path("unused"))
    assert database["ENGINE"] == "raci.database"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "matrix")
    assert (database["USER"], database["PASSWORD"]) == ("me", "p@ss")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["CONN_HEALTH_CHECKS"]
    assert "RACI_CLUSTER" not in database


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:p%40ss@a.example:5432,b.example:5433/matrix?target_session_attrs=read-write",
        "postgresql://me:p%40ss@/matrix?host=a.example,b.example&port=5432,5433"
        "&target_session_attrs=read-write",
    ],
    ids=["in the address", "in the query"],
)
def test_url_names_several_hosts(url: str) -> None:
    database = from_environment({"DATABASE_URL": url}, Path("unused"))
    assert (database["HOST"], database["PORT"]) == ("a.example,b.example", "5432,5433")
    assert (database["PASSWORD"], database["NAME"]) == ("p@ss", "matrix")
    options = database["OPTIONS"]
    assert options["target_session_attrs"] == "read-write"
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (3, 10_000)


def test_url_says_itself_how_long_to_wait() -> None:
    url = "postgresql://a,b/matrix?connect_timeout=20"
    assert (
        from_environment({"DATABASE_URL": url}, Path("unused"))["OPTIONS"]["connect_timeout"] == 20
    )


def test_a_server_that_says_nothing_more_is_given_up() -> None:
    options = from_environment({"DATABASE_URL": "postgresql://a/b"}, Path("unused"))["OPTIONS"]
    assert options["connect_timeout"] == 10
    assert options["keepalives_idle"] + 3 * options["keepalives_interval"] < 15


def test_several_hosts_without_ports_and_with_ipv6() -> None:
    url = "postgresql://[::1]:5433,b.example/matrix"
    database = from_environment({"DATABASE_URL": url}, Path("unused"))
    assert (database["HOST"], database["PORT"]) == ("::1,b.example", "5433,")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://me:secret@db/matrix", "「mysql」"),
        ("secret", "種類がありません"),
        ("postgres://me:secret@db:port/matrix", "読めません"),
        ("postgres://me:secret@a:1,b:port/matrix", "読めません"),
        ("postgres://me:secret@[db/matrix", "読めません"),
        ("postgres://me:secret@db/", "データベース名がありません"),
    ],
)
def test_url_of_another_kind_is_refused(url: str, message: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=message) as caught:
        from_environment({"DATABASE_URL": url}, Path("unused"))
    assert "secret" not in explain(caught.value)


def test_other_errors_are_explained_in_one_paragraph() -> None:
    text = explain(OperationalError("deadlock detected\nDETAIL: two processes\n"))
    assert text.endswith("（OperationalError）。原因: deadlock detected DETAIL: two processes")


# ---- Django's engine


def test_django_creates_its_database_and_test_database(new_cluster: Cluster) -> None:
    script = """
call_command("check")
assert not Path(sys.argv[1]).exists()
require(connection)
assert connection.connection is None
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database()")
    print(cursor.fetchone()[0])
name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database()")
    print(cursor.fetchone()[0], name)
connection.creation.destroy_test_db("raci", verbosity=0)
with connection._nodb_cursor() as cursor:
    cursor.execute("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")
    print(*[row[0] for row in cursor])
"""
    lines = run_django(script, new_cluster.data_dir).splitlines()
    assert lines[-3:] == ["raci", "test_raci test_raci", "postgres raci"]
    assert not new_cluster.running


def test_test_database_can_be_the_first_connection(new_cluster: Cluster) -> None:
    script = "print(connection.creation.create_test_db(verbosity=0, autoclobber=True))"
    assert run_django(script, new_cluster.data_dir).splitlines()[-1] == "test_raci"


def test_killed_server_comes_back_at_the_next_connection(cluster: Cluster) -> None:
    script = """
import os, signal
require(connection)
pid = int((Path(sys.argv[1]) / "postgres/postmaster.pid").read_text().split()[0])
os.kill(pid, signal.SIGKILL)
require(connection)
print("back")
"""
    assert run_django(script, cluster.data_dir).splitlines()[-1] == "back"


def test_a_connection_is_usable_until_the_server_has_ended_it(cluster: Cluster) -> None:
    script = """
from unittest.mock import patch
require(connection)
connection.ensure_connection()
with patch("django.db.backends.postgresql.base.DatabaseWrapper.is_usable") as asked:
    print(connection.is_usable(), asked.called)
pid = connection.connection.info.backend_pid
with connection.copy().cursor() as other:
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
print(connection.is_usable())
"""
    assert run_django(script, cluster.data_dir).splitlines()[-2:] == ["True False", "False"]


def test_dbshell_needs_no_installed_psql(cluster: Cluster) -> None:
    script = "call_command('dbshell', '--', '-At', '-c', 'SELECT current_database()')"
    output = run_django(script, cluster.data_dir, env={"PATH": "/usr/sbin:/sbin"})
    assert output.splitlines()[-1] == "raci"


REQUIRE = """
try:
    require(connection)
except UnusableDatabaseError as error:
    print(isinstance(error, OperationalError), isinstance(error, NotSupportedError))
    print(explain(error))
    print(connection.connection)
"""


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port on which nothing listens, and nothing can while the test runs."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_unreachable_server_is_named_without_the_password(folder: Path, silent_port: int) -> None:
    url = f"postgres://me:verysecret@127.0.0.1:{silent_port}/matrix"
    output = run_django(REQUIRE, folder, "DATABASE_URL", url)
    kinds, message, _ = output.splitlines()
    assert kinds == "True False"
    assert f"ホスト 127.0.0.1、ポート {silent_port}、データベース matrix" in message
    assert "DATABASE_URL" in message
    assert "Connection refused" in message
    assert "verysecret" not in output


def test_unknown_option_of_the_url_is_told(folder: Path, silent_port: int) -> None:
    url = f"postgres://me:verysecret@127.0.0.1:{silent_port}/matrix?colour=red"
    output = run_django(REQUIRE, folder, "DATABASE_URL", url)
    assert 'invalid connection option "colour"' in output
    assert "verysecret" not in output


def test_server_that_is_too_old_is_refused(cluster: Cluster) -> None:
    script = "type(connections['default']).pg_version = 130005\n"
    kinds, message, open_connection = run_django(script + REQUIRE, cluster.data_dir).splitlines()[
        -3:
    ]
    assert kinds == "False True"
    assert "PostgreSQL 14 以降" in message
    assert "found 13.5" in message
    assert open_connection == "None"


def test_embedded_server_that_fails_is_told_to_django(new_cluster: Cluster) -> None:
    new_cluster.directory.mkdir(parents=True)
    (new_cluster.directory / "PG_VERSION").write_text("13\n")
    kinds, message, _ = run_django(REQUIRE, new_cluster.data_dir).splitlines()
    assert kinds == "True False"
    assert "PostgreSQL 13" in message


def test_psql_gets_the_same_hosts_as_django(folder: Path) -> None:
    script = """
command, env = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
print(*command[1:], env["PGTARGETSESSIONATTRS"])
"""
    url = "postgres://me@a:1,b:2/matrix?target_session_attrs=read-write"
    output = run_django(script, folder, "DATABASE_URL", url)
    assert output.strip() == "-U me -h a,b -p 1,2 matrix read-write"


def test_address_is_the_same_through_a_link(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "link").symlink_to("real")
    through_link = address.socket_directory(folder / "link")
    assert through_link == address.socket_directory(folder / "real")
