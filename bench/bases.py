"""Databases of the benchmarks, on the server that `make` started for them; kept from one run to the next."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg


def open_base(name: str, settings: str, **more: str) -> tuple[dict[str, str], bool]:
    """The environment of processes that work in the database `name`, and whether it was there already; made if not.

    `settings`: the Django settings they have; `more`: variables of their own. Nothing is migrated.
    """
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    folder = Path(".local/banc").resolve()
    environment = {
        **os.environ,
        "PLATEFORME_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": settings,
        "SECRET_KEY": "banc-de-mesure-" * 4,
        "DATABASE_URL": f"{server}/{name}",
        "REDIS_PREFIX": name,
        "MEDIA_ROOT": str(folder / "fichiers"),
        "STATIC_ROOT": str(folder / "static"),
        **more,
    }
    return environment, known is not None


def run(environment: dict[str, str], *command: str) -> str:
    """What a Python command says; raises when it fails."""
    done = subprocess.run(
        [sys.executable, *command], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout
