"""What `make run` starts: services, data, the web server and the worker; and what Ctrl-C stops, in order.

python -m plateforme.launcher --host 127.0.0.1 --port 8000
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from plateforme.local_services import (
    ServiceError,
    Services,
    die_with_parent,
    explain_output,
    services_for,
    stop_child,
)

ROOT = Path(__file__).resolve().parent.parent
FIRST_PAGE_TIMEOUT = 60.0  # seconds
# What makes the preparation (migrations, reference data, demo, static files) worth doing again.
PREPARED_FROM = (
    "requirements.txt",
    "*/migrations/*.py",
    "**/static/**/*",
    "**/referentiels/*.json",
    "**/contenu/*.toml",
)


class Stop(Exception):
    """Somebody asked for the end (Ctrl-C, SIGTERM)."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m plateforme.launcher")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=ROOT / ".local", help="where all data lie")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, _on_signal)
    signal.signal(signal.SIGTERM, _on_signal)
    signal.signal(signal.SIGHUP, _on_signal)
    started = time.monotonic()
    try:
        _check_port(options.host, options.port)
        options.data.mkdir(parents=True, exist_ok=True)
        with services_for(options.data, durable=True) as services:
            address = _address(options.host, options.port)
            services.note_owner(address)
            env = _environment(address, services)
            _say(started, "PostgreSQL et Redis sont prêts")
            _run_site(options.host, options.port, address, env, services, started)
    except Stop:
        print(f"\n  Arrêt demandé : tout est arrêté, vos données sont conservées dans {options.data}.")
        return 0
    except (ServiceError, LaunchError) as error:
        print(f"\n  {error}\n", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n  {error.strerror or error}\n", file=sys.stderr)
        return 1
    return 0


class LaunchError(Exception):
    """A start that failed, with a whole French sentence on what to do."""


def _run_site(
    host: str, port: int, address: str, env: dict[str, str], services: Services, started: float
) -> None:
    children: list[tuple[str, subprocess.Popen[bytes]]] = []
    try:
        _prepare(env, services, started)
        web = [sys.executable, "-m", "daphne", "-b", host, "-p", str(port), "--no-server-name"]
        web += ["--verbosity", "0", "plateforme.asgi:application"]
        worker = [sys.executable, "manage.py", "procrastinate", "worker"]
        children.append(("le serveur web", _spawn(web, env)))
        children.append(("le traitement des tâches", _spawn(worker, env)))
        _wait_for_page(host, port, children[0][1])
        _say(started, "Le serveur web et le traitement des tâches sont prêts")
        _welcome(address, env)
        while True:
            time.sleep(0.5)
            for name, child in children:
                if child.poll() is not None:
                    raise LaunchError(
                        f"{name.capitalize()} s’est arrêté (code {child.returncode}) : voir plus haut."
                    )
            gone = services.check()
            if gone is not None:
                raise LaunchError(
                    f"{gone} s’est arrêté : son journal est dans {services.data}. Relancez « make run »."
                )
    finally:
        # A second Ctrl-C must not leave half of it running.
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        for _, child in reversed(children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for _, child in reversed(children):
            stop_child(child, signal.SIGTERM, 8)


def _environment(address: str, services: Services) -> dict[str, str]:
    env = {**os.environ, **services.environ}
    env.setdefault("PLATEFORME_MODE", "demo")
    env.setdefault("SITE_URL", address)
    env.setdefault("SECRET_KEY", _secret(services.data))
    if env["PLATEFORME_MODE"] == "demo":
        env.setdefault("VAPID_CLE_PRIVEE", _kept(services.data / "cle-vapid", _new_vapid_key))
    env.setdefault("MEDIA_ROOT", str(services.data / "fichiers"))
    env.setdefault("STATIC_ROOT", str(services.data / "static"))
    env.setdefault("MAINTENANCE_FILE", str(services.data / "maintenance"))
    return env


def _secret(data: Path) -> str:
    return _kept(data / "secret", lambda: secrets.token_urlsafe(64))


def _kept(path: Path, make: Callable[[], str]) -> str:
    """What `path` holds; made once, readable by its owner alone."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
    return path.read_text().strip()


def _new_vapid_key() -> str:
    """A P-256 private key as `VAPID_CLE_PRIVEE` takes it. Its own few lines: Django is not set up here."""
    from base64 import urlsafe_b64encode

    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _prepare(env: dict[str, str], services: Services, started: float) -> None:
    """Migrations, data and static files; skipped when nothing they are made from has changed."""
    fingerprint = _fingerprint(env)
    stamp = services.data / "prepare"
    if stamp.exists() and stamp.read_text() == fingerprint and "DATABASE_URL" in services.environ:
        _say(started, "Base de données et contenus déjà à jour")
        return
    stamp.unlink(missing_ok=True)
    steps = [
        # First what may fill the disk, before the database is touched.
        ("Feuilles de style et images rassemblées", ["collectstatic", "--noinput", "--verbosity", "0"]),
        ("Base de données à jour", ["migrate", "--verbosity", "0"]),
        ("Territoires, services et expertises chargés", ["charger_referentiels", "--verbosity", "0"]),
    ]
    if env["PLATEFORME_MODE"] == "demo":
        steps.append(("Monde de démonstration chargé", ["charger_demo", "--verbosity", "0"]))
    for done, command in steps:
        result = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=env,
            preexec_fn=die_with_parent,
            stderr=subprocess.PIPE,
            text=True,
        )
        if result.returncode:
            raise LaunchError(
                explain_output(f"L’étape « {command[0]} » a échoué ; rien n’est perdu", result.stderr)
            )
        _say(started, done)
    stamp.write_text(fingerprint)


def _fingerprint(env: dict[str, str]) -> str:
    digest = hashlib.sha256(env.get("DATABASE_URL", "").encode())
    for pattern in PREPARED_FROM:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and ".local" not in path.parts and ".venv" not in path.parts:
                status = path.stat()
                digest.update(f"{path}{status.st_mtime_ns}{status.st_size}".encode())
    return digest.hexdigest()


def _spawn(command: Sequence[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(command),
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise LaunchError(
                f"Le port {port} de {host} n’est pas libre ({error.strerror}). "
                f"Choisissez-en un autre : make run PORT={port + 1}"
            ) from None


def _wait_for_page(host: str, port: int, web: subprocess.Popen[bytes]) -> None:
    near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    deadline = time.monotonic() + FIRST_PAGE_TIMEOUT
    while time.monotonic() < deadline:
        if web.poll() is not None:
            raise LaunchError("Le serveur web n’a pas démarré : la cause est plus haut.")
        try:
            with urllib.request.urlopen(f"http://{near}:{port}/sante/vivant", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise LaunchError(f"Le serveur web ne répond pas après {FIRST_PAGE_TIMEOUT:.0f} secondes.")


def _welcome(address: str, env: dict[str, str]) -> None:
    print(f"\n  La plateforme est ouverte : {address}\n")
    if env["PLATEFORME_MODE"] == "demo":
        from plateforme.demo.comptes import COMPTES, MOT_DE_PASSE

        print("  Comptes de démonstration (un clic suffit depuis la page de connexion) :")
        for compte in COMPTES:
            print(f"    {compte.email}  ·  {MOT_DE_PASSE}  ·  {compte.description}")
    print("\n  Ctrl-C pour tout arrêter.\n", flush=True)


def _address(host: str, port: int) -> str:
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}"


def _say(started: float, what: str) -> None:
    print(f"  [{time.monotonic() - started:5.1f} s] {what}", flush=True)


def _on_signal(number: int, frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    sys.exit(main())
