"""A message kept with a reminder, in the browser: the box, the mark live on the other device, the list, the reminder."""

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.parcours.conftest import Site
from tests.parcours.test_axe import look

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"


def test_keep_with_a_reminder_then_find_it_and_be_told(site: Site, sign_in: Callable[..., Page]) -> None:
    nadia, phone = sign_in("Nadia Ferhat"), sign_in("Nadia Ferhat", "telephone")
    nadia.goto(f"{C}forum/?genre=question")
    nadia.locator("main .rang__titre a").first.click()
    where = re.match(r".*(/sujets/\d+/)", nadia.url)[1]
    nadia.goto(f"{where}?page=1")
    phone.goto(f"{where}?page=1")
    title = nadia.locator("main h1").inner_text()
    message, other = nadia.locator("#message-1"), phone.locator("#message-1")

    # By keyboard: the menu, the box, Escape; what was typed waits there.
    menu = message.locator(".menu-message summary")
    menu.focus()
    nadia.keyboard.press("Enter")
    message.get_by_role("link", name="Garder dans mes favoris").focus()
    nadia.keyboard.press("Enter")
    box = nadia.get_by_role("dialog", name="Garder ce message")
    expect(box).to_be_visible()
    expect(box.get_by_label("Date", exact=True)).to_be_hidden()
    assert look(nadia) == []
    box.get_by_label("Note").fill("À relire avant la réunion")
    nadia.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    message.get_by_role("link", name="Garder dans mes favoris").click()
    expect(box.get_by_label("Note")).to_have_value("À relire avant la réunion")

    # Refused, it says why and keeps everything.
    box.get_by_text("À la date et à l’heure de mon choix").click()
    box.get_by_label("Heure", exact=True).fill("10:15")
    box.get_by_role("button", name="Garder").click()
    expect(box.get_by_text("Choisissez la date et l’heure")).to_be_visible()
    expect(box.get_by_label("Note")).to_have_value("À relire avant la réunion")
    assert look(nadia) == []
    box.get_by_text("Demain matin").click()
    box.get_by_role("button", name="Garder").click()
    expect(box).to_be_hidden()
    expect(nadia.locator("#annonces")).to_contain_text("Rappel demain à 9\u00a0h.")
    expect(message.get_by_role("link", name="Dans vos favoris")).to_be_visible()
    # The other device follows.
    expect(other.get_by_role("link", name="Dans vos favoris")).to_be_visible()

    # Removed there, put back at once; the first follows.
    other.get_by_role("link", name="Dans vos favoris").click()
    small = phone.get_by_role("dialog", name="Modifier le favori")
    expect(small.get_by_label("Note")).to_have_value("À relire avant la réunion")
    assert look(phone) == []
    small.get_by_role("button", name="Retirer de mes favoris").click()
    expect(other.get_by_role("link", name="Dans vos favoris")).to_have_count(0)
    expect(message.get_by_role("link", name="Dans vos favoris")).to_have_count(0)
    phone.get_by_role("button", name="Annuler le retrait").click()
    expect(message.get_by_role("link", name="Dans vos favoris")).to_be_visible()

    # The list, on the phone; changed from there, on its page.
    phone.goto("/forum/favoris/")
    row = phone.locator(".rang").filter(has_text="À relire avant la réunion")
    expect(row).to_contain_text("Rappel demain à 9\u00a0h")
    assert look(phone) == []
    row.get_by_role("link", name="Modifier").click()
    phone.get_by_label("Note").fill("À relire demain")
    assert look(phone) == []
    phone.get_by_role("button", name="Enregistrer").click()
    row = phone.locator(".rang").filter(has_text="À relire demain")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Retirer").click()
    expect(phone.get_by_text("Message retiré de vos favoris")).to_be_visible()
    assert look(phone) == []
    phone.get_by_role("button", name="Annuler le retrait").click()
    expect(row).to_be_visible()

    # Its time comes: the worker, here without waiting for the next minute, tells it live.
    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "UPDATE forum_favori SET rappel_le = now() - interval '1 minute' WHERE note = 'À relire demain'"
        )
    databases.run_command(
        site.env, "shell", "-c", "from forum.tasks import sweep_reminders; sweep_reminders.defer()"
    )
    told = nadia.locator("#annonces a").filter(has_text="Rappel")
    expect(told).to_be_visible(timeout=20_000)
    nadia.goto("/notifications/")
    reminder = nadia.get_by_role("link", name=re.compile("^Rappel")).first
    expect(nadia.locator(".rang").filter(has_text="À relire demain").first).to_be_visible()
    reminder.click()
    nadia.wait_for_url(re.compile(r"#message-1$"))
    assert nadia.locator("main h1").inner_text() == title
    phone.goto("/forum/favoris/")
    expect(phone.locator(".rang").filter(has_text="À relire demain")).to_contain_text("Rappel passé")


def test_without_script(site: Site, sign_in: Callable[..., Page]) -> None:
    """The same links and buttons lead to pages."""
    page = sign_in("Gaëlle Estaque")
    state = page.context.storage_state()
    context = page.context.browser.new_context(
        base_url=site.url, java_script_enabled=False, storage_state=state, locale="fr-FR"
    )
    try:
        plain = context.new_page()
        plain.goto(f"{C}forum/?genre=question")
        plain.locator("main .rang__titre a").first.click()
        message = plain.locator(".message").first
        message.locator(".menu-message summary").click()
        message.get_by_role("link", name="Garder dans mes favoris").click()
        plain.get_by_text("Lundi matin prochain").click()
        plain.get_by_role("button", name="Garder").click()
        plain.get_by_text("Gardé dans vos favoris. Rappel").wait_for()
        plain.get_by_role("link", name="Dans vos favoris").first.click()
        plain.get_by_role("button", name="Retirer de mes favoris").click()
        plain.get_by_role("button", name="Annuler le retrait").click()
        plain.get_by_text("Remis dans vos favoris.").wait_for()
        plain.locator(".rang").first.get_by_role("button", name="Retirer").click()
        plain.get_by_text("Message retiré de vos favoris").wait_for()
    finally:
        context.close()
