"""Production does not start unsafe."""

import os
import subprocess
import sys

import pytest

GOOD = {
    "PLATEFORME_MODE": "production",
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "SITE_URL": "https://territoires.example.gouv.fr",
    "DATABASE_URL": "postgres://u@localhost/x",
    "REDIS_URL": "redis://localhost/0",
}


def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], **GOOD, **changes}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        env={name: value for name, value in env.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "court"}, "SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SITE_URL": "http://territoires.example.gouv.fr"}, "SITE_URL"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"PLATEFORME_MODE": "essai"}, "PLATEFORME_MODE"),
    ],
)
def test_production_refuses(changes: dict[str, str], said: str) -> None:
    result = run("check", **changes)
    assert result.returncode != 0
    assert said in result.stderr


def test_deploy_check_has_nothing_to_say() -> None:
    result = run("check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout
