"""The site in processes of its own, under the one or the other server, to be killed at will."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import databases

KINDS = ("daphne", "uvicorn")
START = 120.0  # seconds: a busy machine is no fault of the server


def environment(database: str, redis: str, prefix: str, folder: Path, **more: str) -> dict[str, str]:
    """What the processes of one site share. As in production but for `demo`: pool, prepared queries, caches."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.realtime.reel.reglages",
        "PLATEFORME_MODE": "demo",
        "SECRET_KEY": "temps-reel-" * 6,
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "REDIS_PREFIX": prefix,
        "MEDIA_ROOT": str(folder / "fichiers"),
        "STATIC_ROOT": str(folder / "static"),
        "MAINTENANCE_FILE": str(folder / "maintenance"),
        "DIRECT_BATTEMENT_S": "2",
        **more,
    }


def make_world(env: Mapping[str, str], people: int) -> dict[str, Any]:
    """`people` members of a community with a salon: `{"salon", "communaute", "agents": [[number, session], …]}`."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.realtime.reel.monde", str(people)],
        cwd=databases.ROOT,
        env=dict(env),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    world: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return world


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Serveur:
    """One web process on a port of its own."""

    def __init__(self, kind: str, env: Mapping[str, str], log: Path) -> None:
        self.kind, self.port, self._log = kind, free_port(), log
        self._env = {**env, "SITE_URL": f"http://localhost:{self.port}"}
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start it; `wait` says when it answers."""
        daphne = ["daphne", "-b", "127.0.0.1", "-p", str(self.port), "--verbosity", "0"]
        uvicorn = ["uvicorn", "--host", "127.0.0.1", "--port", str(self.port), "--lifespan", "off", "--no-access-log",
                   "--log-level", "warning", "--ws", "websockets-sansio", "--ws-max-size", "1048576"]  # fmt: skip
        command = daphne if self.kind == "daphne" else uvicorn
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command, "plateforme.asgi:application"],
                cwd=databases.ROOT,
                env=self._env,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://localhost:{self.port}/sante/vivant", timeout=3):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"{self.kind} did not start:\n{self._log.read_text(errors='replace')[-2000:]}")

    def kill(self) -> None:
        """As a power cut does. Harmless when it does not run."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
