"""When a page is at rest: all it asked for has come, and been drawn. Sooner than half a second without network."""

import re
import time
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Frame, Page, Request, expect

# Seconds. Costs nothing where all is well, and a busy machine is no fault of the page.
PATIENCE = 20.0
# Times that nothing is under way, with two pictures drawn between each and the next.
QUIET = 2
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"

# What scripts stumbled on since the test began: nobody looks at the browser's console.
script_faults: list[str] = []
# A script's own fault, caught and told or not; what the network refuses is what some tests are about.
_FAULT = re.compile(r"\b(Type|Reference|Range|Syntax)Error\b")

_under_way: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()


def watch(context: BrowserContext) -> None:
    """Count what the pages of this context ask for, from their first request on; keep the faults of their scripts."""
    context.on("page", _watch_page)
    context.on("weberror", lambda fault: script_faults.append(str(fault.error)))
    context.on(
        "console",
        lambda said: (
            script_faults.append(said.text) if said.type == "error" and _FAULT.search(said.text) else None
        ),
    )


def _watch_page(page: Page) -> None:
    asked: set[Request] = set()
    _under_way[page] = asked

    def began(request: Request) -> None:
        # What a shared worker loads is never said to have come.
        if not request.url.partition("?")[0].rpartition("/")[2].startswith("partage."):
            asked.add(request)

    def ended(request: Request) -> None:
        asked.discard(request)

    def arrived(frame: Frame) -> None:
        # What the page before asked for may never end.
        if frame == page.main_frame:
            asked.clear()

    page.on("request", began)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)
    page.on("framenavigated", arrived)


def live(page: Page) -> None:
    """Wait until the page of a salon follows it: it says who is there."""
    told = page.locator("[data-role=nombre-presents]").filter(visible=True)
    expect(told).to_have_text(re.compile(r"^(\d+ personnes|Vous êtes la seule)"))


def settle(page: Page) -> None:
    """Wait until the page is at rest. Its context must be watched."""
    page.wait_for_load_state("load")
    deadline, quiet = time.monotonic() + PATIENCE, 0
    while quiet < QUIET:
        page.evaluate(DRAWN)
        asked = _under_way[page]
        quiet = 0 if asked else quiet + 1
        assert time.monotonic() < deadline, f"{page.url} still asks for {[request.url for request in asked]}"
