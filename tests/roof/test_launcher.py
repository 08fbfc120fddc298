"""`make run`: a first start, Ctrl-C, a second start; and what goes wrong, told in a sentence."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from plateforme.launcher import LaunchError, _check_port
from plateforme.local_services import Services, services_for
from tests.roof.test_local_services import nothing_left, servers_of

__all__ = ["nothing_left"]

EMBEDDED = {
    name: value
    for name, value in os.environ.items()
    if name not in {"DATABASE_URL", "REDIS_URL", "PLATEFORME_MODE", "REDIS_PREFIX", "PYTEST_XDIST_WORKER"}
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(data: Path, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "plateforme.launcher", "--data", str(data), "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=EMBEDDED,
    )


def read_until(process: "subprocess.Popen[str]", mark: str) -> str:
    text = ""
    assert process.stdout is not None
    for line in process.stdout:
        text += line
        if mark in line:
            return text
    raise AssertionError(text)


@pytest.mark.long
def test_run_stop_run_again(tmp_path: Path) -> None:
    data, port = tmp_path / "local", free_port()
    first = launch(data, port)
    said = read_until(first, "Ctrl-C pour tout arrêter")
    assert f"http://localhost:{port}" in said
    assert "nadia-ferhat@demo.gouv.fr" in said
    # Each step says how long it took.
    assert len(re.findall(r"\[ *\d+\.\d s\]", said)) >= 6
    with urllib.request.urlopen(f"http://localhost:{port}/compte/login/", timeout=10) as page:
        assert "Nadia Ferhat" in page.read().decode()
    # A second one in the same folder is told of the first.
    second = launch(data, free_port())
    assert f"tourne déjà dans ce dossier (http://localhost:{port})" in second.communicate(timeout=30)[0]
    assert second.returncode == 1

    first.send_signal(signal.SIGINT)
    assert "vos données sont conservées" in first.communicate(timeout=30)[0]
    assert first.returncode == 0
    assert servers_of(Services(data)._base) == []
    _check_port("127.0.0.1", port)

    # Cut as by a power failure, with all its children; the data are there and nothing is prepared again.
    third = launch(data, port)
    said = read_until(third, "Ctrl-C pour tout arrêter")
    assert "déjà à jour" in said
    third.kill()
    third.wait()
    fourth = launch(data, free_port())
    read_until(fourth, "Ctrl-C pour tout arrêter")
    fourth.terminate()
    fourth.communicate(timeout=30)
    assert fourth.returncode == 0


def test_a_port_already_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LaunchError, match=rf"port {port} .* n’est pas libre.*make run PORT={port + 1}"):
            _check_port("127.0.0.1", port)


def test_nothing_is_embedded_when_the_addresses_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://serveur/base")
    monkeypatch.setenv("REDIS_URL", "redis://serveur/0")
    with services_for(tmp_path / "local", durable=True) as services:
        assert services.environ == {}
        assert servers_of(services._base) == []
    assert not (tmp_path / "local" / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is made by root")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    small = tmp_path / "petit"
    small.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs", str(small)], capture_output=True
    )
    if made.returncode:
        pytest.skip("this machine does not let a disk be mounted")
    start = launch(small / "local", free_port())
    try:
        said = start.communicate(timeout=60)[0]
        assert start.returncode == 1
        assert "Le disque est plein" in said
        assert "Traceback" not in said
    finally:
        start.kill()
        start.wait()
        subprocess.run(["umount", "-l", str(small)], check=True)
