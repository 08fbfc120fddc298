"""The line and what goes through it, as browsers live it: shared pages, cuts, reloads, somebody else's session."""

import re
import statistics
from collections.abc import Callable
from itertools import pairwise

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from tests.parcours.calme import live
from tests.parcours.conftest import Site
from tests.parcours.test_deux_agents import line_of, salon_of

pytestmark = pytest.mark.navigateur

# What a browser without one of these has.
SANS_PARTAGE = "delete globalThis.SharedWorker;"
SANS_RIEN = SANS_PARTAGE + "delete globalThis.BroadcastChannel;"


def say(page: Page, text: str) -> None:
    page.locator("textarea[name=texte]").fill(text)
    page.keyboard.press("Enter")


def enter(context: BrowserContext, name: str) -> Page:
    page = context.new_page()
    page.goto("/compte/login/")
    page.get_by_role("button", name=re.compile(name)).click()
    page.get_by_role("heading", name=re.compile("Bonjour")).wait_for()
    return page


def watched(page: Page) -> list[WebSocket]:
    """The lines that this page itself opens; those of a worker are not its own."""
    lines: list[WebSocket] = []
    page.on("websocket", lambda line: lines.append(line))
    return lines


def open_lines(*watchers: list[WebSocket]) -> int:
    return sum(not line.is_closed() for lines in watchers for line in lines)


@pytest.mark.parametrize(("missing", "expected"), [("", 0), (SANS_PARTAGE, 1), (SANS_RIEN, 2)])
def test_pages_of_one_browser_share_a_line(
    open_context: Callable[..., BrowserContext], sign_in: Callable[..., Page], missing: str, expected: int
) -> None:
    context = open_context()
    if missing:
        context.add_init_script(missing)
    first = enter(context, "Nadia Ferhat")
    salon = salon_of(first)
    second = context.new_page()
    lines = watched(first), watched(second)
    first.goto(salon)
    second.goto(salon)
    gaelle = sign_in("Gaëlle Estaque")
    gaelle.goto(salon)
    mark = f"ligne partagée {expected}"
    say(gaelle, mark)
    for page in (first, second):
        expect(line_of(page, mark)).to_be_visible()
    expect(first.locator("[data-role=nombre-presents]").first).to_have_text(re.compile("2 personnes"))
    assert open_lines(*lines) == expected
    # Each says something, both see it; then one goes, the other stays live.
    say(first, f"de la première {expected}")
    expect(line_of(second, f"de la première {expected}")).to_be_visible()
    say(second, f"de la seconde {expected}")
    expect(line_of(first, f"de la seconde {expected}")).to_be_visible()
    second.close()
    say(gaelle, f"il en reste une {expected}")
    expect(line_of(first, f"il en reste une {expected}")).to_be_visible()
    say(first, f"elle parle encore {expected}")
    expect(line_of(gaelle, f"elle parle encore {expected}")).to_be_visible()


def test_what_was_written_survives_the_page(
    site: Site, open_context: Callable[..., BrowserContext], sign_in: Callable[..., Page]
) -> None:
    """Written while the server is down; the page is closed; another, later, sends it, once."""
    context = open_context()
    nadia = enter(context, "Nadia Ferhat")
    salon = salon_of(nadia)
    nadia.goto(salon)
    expect(nadia.locator("[data-role=nombre-presents]").first).to_have_text(re.compile("présente"))
    site.kill_web()
    try:
        for number in (1, 2):
            say(nadia, f"écrit sans serveur {number}")
        expect(nadia.locator(".ligne-salon--envoi .ligne-salon__etat").last).to_have_text(
            "En attente de connexion"
        )
        nadia.close()
    finally:
        site.start_web()
    back = context.new_page()
    back.goto(salon)
    gaelle = sign_in("Gaëlle Estaque")
    gaelle.goto(salon)
    for number in (1, 2):
        expect(line_of(gaelle, f"écrit sans serveur {number}")).to_have_count(1)
    expect(back.locator(".ligne-salon--envoi")).to_have_count(0)
    back.reload()
    for number in (1, 2):
        expect(line_of(back, f"écrit sans serveur {number}")).to_have_count(1)
    assert back.evaluate("Object.keys(localStorage).filter((nom) => nom.includes('.envois.')).length") == 0


def test_states_of_a_message_that_is_refused(sign_in: Callable[..., Page]) -> None:
    nadia = sign_in("Nadia Ferhat")
    nadia.goto(salon_of(nadia))
    expect(nadia.locator("[data-role=nombre-presents]").first).to_have_text(re.compile("présente"))
    # Longer than the page lets one type: the server refuses it in words.
    nadia.evaluate("document.querySelector('textarea[name=texte]').removeAttribute('maxlength')")
    say(nadia, "a" * 4001)
    state = nadia.locator(".ligne-salon--refusee .ligne-salon__etat")
    expect(state).to_contain_text("Échec : Un message de salon compte 4000 caractères au plus.")
    expect(state.get_by_role("button", name="Réessayer")).to_be_visible()
    state.get_by_role("button", name="Reprendre le texte").click()
    expect(nadia.locator("textarea[name=texte]")).to_have_value("a" * 4001)
    expect(nadia.locator(".ligne-salon--envoi")).to_have_count(0)


def test_a_page_left_open_says_nothing_in_somebody_else_s_name(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    """The line of the page is cut and comes back with the session of whoever signed in meanwhile: it is not used."""
    context = open_context()
    nadia = enter(context, "Nadia Ferhat")
    salon = salon_of(nadia)
    nadia.goto(salon)
    live(nadia)
    (key,) = [cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid"]
    # Somebody else signs in, in the same browser, and opens the same salon.
    context.clear_cookies()
    other = enter(context, "Gaëlle Estaque")
    other.goto(salon)
    live(other)
    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DELETE FROM django_session WHERE session_key = %s", [key])
        expect(nadia.locator("[data-role=etat]")).to_contain_text("session est terminée")
        say(nadia, "écrit par Nadia, page oubliée")
        expect(nadia.locator(".ligne-salon--envoi")).to_contain_text("En attente de connexion")
        # Nor does the page of the other person send what waits in this browser.
        other.reload()
        live(other)
        say(other, "dit par Gaëlle")
        expect(line_of(other, "dit par Gaëlle")).to_be_visible()
        expect(line_of(other, "écrit par Nadia, page oubliée")).to_have_count(0)
        found = connection.execute(
            "SELECT count(*) FROM realtime_messagesalon WHERE texte LIKE %s", ["écrit par Nadia, page%"]
        ).fetchone()
        assert found == (0,)
    # It waits for its author, and leaves in her name.
    context.clear_cookies()
    back = enter(context, "Nadia Ferhat")
    back.goto(salon)
    line = back.locator(".ligne-salon", has_text="écrit par Nadia, page oubliée")
    expect(line.filter(has_not_text="En attente")).to_have_count(1)
    expect(line_of(other, "écrit par Nadia, page oubliée")).to_be_visible()


# The time that two hundred browsers wait before each of their next attempts, for a server that refuses them all.
ATTENTES = """async (adresse) => {
  const { Ligne } = await import(adresse);
  const attentes = [];
  const vrais = { WebSocket, setTimeout, setInterval };
  globalThis.setInterval = () => 0;
  globalThis.setTimeout = (suite, delai) => { attentes.at(-1).push(delai); return 0; };
  globalThis.WebSocket = class {
    static CLOSING = 2;
    readyState = 3;
    addEventListener(genre, suite) { if (genre === "close") this.fermer = suite; }
    close() {}
  };
  const lignes = Array.from({ length: 200 }, () => new Ligne("ws://ailleurs/", "1", { onTrame() {}, onEtat() {} }));
  for (let essai = 0; essai < 9; essai += 1) {
    attentes.push([]);
    for (const ligne of lignes) {
      ligne.ouvrir();
      ligne.socket.fermer({ code: 1006 });
    }
  }
  Object.assign(globalThis, vrais);
  return attentes;
}"""


def test_browsers_do_not_come_back_together(sign_in: Callable[..., Page]) -> None:
    """Each waits longer at each failure, up to a bound, and not as long as the others."""
    page = sign_in("Nadia Ferhat")
    page.goto("/charte/")
    waits = page.evaluate(ATTENTES, "/static/realtime/ligne.js")
    ceilings = [min(30_000, 500 * 2**failures) for failures in range(1, 10)]
    assert [len(some) for some in waits] == [200] * 9
    for some, ceiling in zip(waits, ceilings, strict=True):
        # A bound, above and below: nobody hammers, nobody is forgotten.
        assert ceiling / 2 <= min(some)
        assert max(some) <= ceiling
        # Spread over that whole half: each tenth of it has its browsers, none has a crowd.
        tenths = [0] * 10
        for wait in some:
            tenths[min(9, int((wait / ceiling - 0.5) * 20))] += 1
        assert min(tenths) >= 3, tenths
        assert max(tenths) <= 50, tenths
        assert len(set(some)) > 190
    growth = [statistics.median(some) for some in waits]
    assert all(after > before * 1.6 for before, after in pairwise(growth[:6]))


def test_an_ended_session_is_told_at_once(site: Site, sign_in: Callable[..., Page]) -> None:
    nadia = sign_in("Nadia Ferhat")
    nadia.goto(salon_of(nadia))
    expect(nadia.locator("[data-role=nombre-presents]").first).to_have_text(re.compile("présente"))
    (key,) = [cookie["value"] for cookie in nadia.context.cookies() if cookie["name"] == "sessionid"]
    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DELETE FROM django_session WHERE session_key = %s", [key])
    expect(nadia.locator("[data-role=etat]")).to_contain_text("session est terminée", timeout=8000)
