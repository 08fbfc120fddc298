"""A whole site for the browser: its own database with the demo's world, Daphne and the worker."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from annuaire.notifications.push import generate_key
from tests import databases
from tests.parcours.calme import PATIENCE, script_faults, watch

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
# The same without windows, notifications nor extensions: a fifth quicker, and enough for most tests.
LIGHT = "/usr/bin/chromium-headless-shell"
SIZES = {"bureau": {"width": 1280, "height": 900}, "telephone": {"width": 390, "height": 844}}


class Site:
    """The site under test. `kill_web()` stops Daphne as a power cut would; `start_web()` brings it back.

    Each of xdist's workers has its own, so that a test may kill it; the demo's world is loaded once and copied.
    """

    def __init__(self, folder: Path, shared: Path) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "seul")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "journal"
        database = f"parcours_{worker}"
        self.env = {
            **os.environ,
            "PLATEFORME_MODE": "demo",
            "SECRET_KEY": "parcours-" * 8,
            "DATABASE_URL": databases.address_of(database),
            "DATABASE_POOL": "8",
            "REDIS_PREFIX": f"parcours-{worker}",
            "SITE_URL": self.url,
            "MEDIA_ROOT": str(folder / "fichiers"),
            "STATIC_ROOT": str(shared / "static"),
            "MAINTENANCE_FILE": str(folder / "maintenance"),
            "VAPID_CLE_PRIVEE": generate_key(),
            "PUSH_LOCAL": "oui",
        }
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:16]

        def load(address: str) -> None:
            env = {**self.env, "DATABASE_URL": address, "MEDIA_ROOT": str(shared / "fichiers")}
            with ThreadPoolExecutor() as pool:
                collected = pool.submit(databases.run_command, env, "collectstatic", "--noinput")
                for command in ("charger_referentiels", "charger_demo"):
                    databases.run_command(env, command)
                collected.result()

        databases.copy(databases.model("site", run, load, databases.migrated()), database)
        shutil.copytree(shared / "fichiers", folder / "fichiers")
        self.worker = self._spawn("manage.py", "procrastinate", "worker")
        self.start_web()

    def _spawn(self, *command: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *command], cwd=databases.ROOT, env=self.env, stdout=log, stderr=log
            )

    def start_web(self) -> None:
        self.web = self._spawn(
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(self.port),
            "--verbosity",
            "0",
            "plateforme.asgi:application",
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/sante/vivant", timeout=3):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the site did not start: {self.log.read_text()[-2000:]}")

    def kill_web(self) -> None:
        self.web.send_signal(signal.SIGKILL)
        self.web.wait()

    def stop(self) -> None:
        for child in (self.web, self.worker):
            child.kill()
            child.wait()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    base = tmp_path_factory.getbasetemp()
    # xdist gives each worker a folder in one that they share.
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "modele"
    site = Site(tmp_path_factory.mktemp("site"), shared)
    yield site
    site.stop()


@pytest.fixture(autouse=True)
def limits_forgotten(site: Site) -> None:
    """No rate limit counted by another test: the same few people do everything here."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.scan_iter(match=f"{site.env['REDIS_PREFIX']}:*limite:*"):
            client.delete(key)


@pytest.fixture(autouse=True)
def scripts_hold() -> Iterator[None]:
    """No script of a page stumbled, whatever the test looked at."""
    script_faults.clear()
    yield
    assert script_faults == []


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        yield playwright


def launch_browser(playwright: Playwright, *paths: str) -> Browser:
    """The first of these browsers that is there, or Playwright's own; without any, its tests are skipped."""
    found = next(
        (path for path in (*paths, playwright.chromium.executable_path) if Path(path).exists()), None
    )
    if not found:
        pytest.skip("Chromium est introuvable")
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch_browser(playwright, LIGHT, *CHROMIUM)
    yield browser
    browser.close()


def new_context(browser: Browser, site: Site, size: str = "bureau", scheme: str = "light") -> BrowserContext:
    """A browser of its own, for one person."""
    context = browser.new_context(
        base_url=site.url,
        viewport=SIZES[size],
        color_scheme=scheme,
        locale="fr-FR",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE * 1000)
    watch(context)
    return context


def sign_in_with(page: Page, name: str) -> None:
    """Sign in as one of the demo's people, by the form that one click sends: nothing is drawn."""
    login = page.context.request.get("/compte/login/")
    handle = re.search(rf'value="([-a-z]+)"><span><strong>{re.escape(name)}', login.text())
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', login.text())
    assert handle
    assert token
    entered = page.context.request.post(
        "/demo/connexion/",
        form={"identifiant": handle[1], "csrfmiddlewaretoken": token[1]},
        headers={"Referer": login.url},
        max_redirects=0,
    )
    assert entered.status == 302
    assert entered.headers["location"] == "/"


@pytest.fixture
def open_context(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Contexts of one test, closed at its end."""
    contexts = []

    def open_one(size: str = "bureau", scheme: str = "light") -> BrowserContext:
        contexts.append(new_context(browser, site, size, scheme))
        return contexts[-1]

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(open_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Sign in as one of the demo's people, in one click, in a browser of their own."""

    def enter(name: str, size: str = "bureau", scheme: str = "light") -> Page:
        page = open_context(size, scheme).new_page()
        sign_in_with(page, name)
        return page

    return enter
