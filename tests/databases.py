"""Databases for tests: one is made and migrated once, then copied, which takes PostgreSQL a fifth of a second."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.apps import apps
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
# Held while a model is made or copied: xdist's workers, and two runs on one server, wait for one another.
LOCK = 20261125


def address_of(name: str) -> str:
    """The address of a database on the tests' server."""
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


def run_command(env: dict[str, str], *command: str) -> None:
    """`manage.py` with these arguments, in a process of its own; raises when it fails."""
    subprocess.run([sys.executable, "manage.py", *command, "--verbosity", "0"], cwd=ROOT, env=env, check=True)


def model(kind: str, stamp: str, fill: Callable[[str], None], source: str = "template0") -> str:
    """Name of a database to copy, made from `source` and by `fill(its address)` if none has this kind and stamp.

    Those of the same kind with another stamp are removed. A cut half-way leaves none that looks finished.
    """
    name, draft = f"modele_{kind}_{stamp}", f"modele_{kind}_nouveau"
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        known = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"modele\\_{kind}\\_%"]
        ).fetchall()
        if (name,) not in known:
            for (old,) in known:
                _drop(server, old)
            _copy(server, source, draft)
            fill(address_of(draft))
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
            )
    return name


def copy(source: str, name: str) -> None:
    """Make the database `name` anew from `source`, to which nobody may be connected."""
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _copy(server, source, name)


def migrated() -> str:
    """Name of an empty database to copy, migrated as the code is now. Django must be set up."""

    def migrate(address: str) -> None:
        run_command({**os.environ, "PLATEFORME_MODE": "test", "DATABASE_URL": address}, "migrate")

    # Third parties' migrations may read files beside them: the locked versions stand for those.
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return model("migre", digest.hexdigest()[:16], migrate)


def _copy(server: psycopg.Connection, source: str, name: str) -> None:
    _drop(server, name)
    server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
    )


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
