"""PostgreSQL and Redis from wheels: started, stopped, healed after the worst."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from plateforme.local_services import ServiceError, Services

DEEP = f"{'tres-long-' * 8}/local avec espaces"


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """As root, the data lie elsewhere, under a name made of the folder's: pytest numbers its folders anew one day, and
    what a run left there long ago is not this one's."""
    folders = [Services(tmp_path / name, durable=False)._base for name in ("local", DEEP)]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    yield
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def start_holder(data: Path) -> subprocess.Popen[str]:
    """A process of its own that holds the services until it is stopped; returns once they answer."""
    code = (
        "import sys, time; from pathlib import Path; from plateforme.local_services import Services\n"
        "with Services(Path(sys.argv[1]), durable=False) as s:\n"
        "    print(s.environ['DATABASE_URL'], flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(data)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline().startswith("postgres://")
    return holder


def servers_of(base: Path) -> list[int]:
    """Process numbers of the servers whose command line names the folder they lie in."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(base).encode() in command and (b"postgres" in command or b"redis-server" in command):
                found.append(int(entry.name))
    return found


def test_it_works(tmp_path: Path) -> None:
    with Services(tmp_path / "local", durable=False) as services:
        with psycopg.connect(services.environ["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1 + 1").fetchone() == (2,)
        assert redis.Redis.from_url(services.environ["REDIS_URL"]).ping()
        url = services.environ["DATABASE_URL"]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)


def test_data_survive_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "local"
    with Services(data) as services:
        url = services.environ["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE preuve (mot text)")
            connection.execute("INSERT INTO preuve VALUES ('gardé')")
    holder = start_holder(data)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with Services(data) as services, psycopg.connect(services.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT mot FROM preuve").fetchone() == ("gardé",)


def test_nothing_is_left_behind_when_the_owner_is_killed(tmp_path: Path) -> None:
    base = Services(tmp_path / "local")._base
    holder = start_holder(tmp_path / "local")
    assert servers_of(base)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    deadline = time.monotonic() + 15
    while servers_of(base) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not servers_of(base)


def test_a_second_start_in_the_same_folder_is_told_of_the_first(tmp_path: Path) -> None:
    with Services(tmp_path / "local", durable=False, redis=False) as services:
        services.note_owner("http://localhost:8000")
        with pytest.raises(ServiceError, match=r"tourne déjà.*http://localhost:8000"):
            Services(tmp_path / "local").start()


def test_a_stale_pid_file_is_healed(tmp_path: Path) -> None:
    services = Services(tmp_path / "local", durable=False, redis=False)
    with services:
        pass
    # The number of a process that lives and has nothing to do with it: ours.
    cluster = services._base / "postgres"
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n")
    with Services(tmp_path / "local", durable=False, redis=False) as again:
        assert "DATABASE_URL" in again.environ


def test_an_interrupted_initialisation_starts_afresh(tmp_path: Path) -> None:
    services = Services(tmp_path / "local", durable=False, redis=False)
    services._base.mkdir(parents=True)
    draft = services._base / "postgres.nouveau"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")
    with services:
        assert "DATABASE_URL" in services.environ
    assert not draft.exists()


def test_data_of_another_version_are_left_alone(tmp_path: Path) -> None:
    services = Services(tmp_path / "local", durable=False, redis=False)
    cluster = services._base / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(ServiceError, match="PostgreSQL 15"), services:
        pass
    assert (cluster / "PG_VERSION").read_text() == "15\n"


def test_a_very_long_path_works(tmp_path: Path) -> None:
    deep = tmp_path / DEEP
    deep.mkdir(parents=True)
    with Services(deep, durable=False) as services:
        assert redis.Redis.from_url(services.environ["REDIS_URL"]).ping()


def test_the_command_line_gives_the_addresses_and_the_exit_code(tmp_path: Path) -> None:
    result = subprocess.run(
        [
            sys.executable, "-m", "plateforme.local_services", "run", "--data", str(tmp_path / "local"), "--",
            sys.executable, "-c", "import os; print(os.environ['DATABASE_URL']); raise SystemExit(7)",
        ],
        capture_output=True, text=True, env={k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}},
    )  # fmt: skip
    assert result.returncode == 7
    assert result.stdout.startswith("postgres://")
