"""A thread of a salon: in a pane beside the conversation, over it on a phone; nothing lost by a cut or a reload."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.parcours.calme import live
from tests.parcours.test_axe import look
from tests.parcours.test_lignes import line, menu_of, salon_of

pytestmark = pytest.mark.navigateur


def pane(page: Page) -> Locator:
    return page.locator("#fil")


def foot(page: Page, text: str) -> Locator:
    return line(page, text).locator("[data-role=pied-fil]")


def test_a_question_is_answered_in_its_thread(sign_in: Callable[..., Page]) -> None:
    nadia, aminata = sign_in("Nadia Ferhat"), sign_in("Aminata Sarr", "telephone")
    salon = salon_of(nadia)
    for page in (nadia, aminata):
        page.goto(salon)
        live(page)
    box = nadia.locator("#dire textarea")
    box.fill("Qui a les clés du pont-levis ?")
    box.press("Enter")
    expect(line(aminata, "pont-levis")).to_be_visible()

    # By the menu of the line on a desk: the pane opens beside, ready to write; Escape comes back to the line.
    menu_of(nadia, "pont-levis").get_by_role("menuitem", name="Répondre dans le fil").click()
    answer = nadia.get_by_label("Votre réponse dans le fil")
    expect(answer).to_be_focused()
    expect(box).to_be_visible()
    answer.press("Escape")
    expect(pane(nadia)).to_have_count(0)
    expect(line(nadia, "pont-levis").get_by_role("link", name=re.compile("Actions"))).to_be_focused()
    # By a key.
    nadia.keyboard.press("r")
    expect(answer).to_be_focused()
    answer.fill("Pas moi en tout cas")
    answer.press("Enter")
    expect(line(pane(nadia), "Pas moi")).to_be_visible()
    expect(foot(nadia, "pont-levis")).to_contain_text("1 réponse")
    # It stays in its thread.
    expect(nadia.locator("#salon > .salon__cadre").get_by_text("Pas moi")).to_have_count(0)

    # On a phone it covers the conversation; the back button returns to it.
    expect(foot(aminata, "pont-levis")).to_contain_text("1 réponse")
    foot(aminata, "pont-levis").click()
    expect(line(pane(aminata), "Pas moi")).to_be_visible()
    expect(aminata.locator("#dire textarea")).not_to_be_visible()
    assert look(aminata) == []
    aminata.go_back()
    expect(pane(aminata)).to_have_count(0)
    expect(aminata.locator("#dire textarea")).to_be_visible()
    foot(aminata, "pont-levis").click()
    reply = aminata.get_by_label("Votre réponse dans le fil")
    reply.press_sequentially("Moi")
    expect(pane(nadia).locator("[data-role=ecriture]")).to_have_text("Aminata Sarr écrit…")
    expect(nadia.locator("#salon > [data-role=ecriture]")).to_have_text("")
    reply.press("Enter")
    expect(line(pane(nadia), "Moi").last).to_be_visible()
    expect(pane(nadia).locator("[data-role=annonce]")).to_have_text(
        "Nouvelle réponse d’Aminata Sarr dans le fil"
    )
    assert look(nadia) == []

    # Shown in the salon too, a reply says where it comes from; its address opens the thread.
    pane(aminata).get_by_text("Montrer aussi dans le salon").click()
    reply.fill("Je les dépose à midi pile")
    reply.press("Enter")
    shown = nadia.locator("#salon > .salon__cadre .ligne-salon").filter(has_text="midi pile")
    expect(shown.get_by_role("link", name="Réponse dans un fil")).to_be_visible()
    expect(foot(nadia, "pont-levis")).to_contain_text("3 réponses")

    # Closed, the thread says what is not read; a draft waits where it was; the address keeps the pane over a reload.
    answer.fill("Merci, je passe")
    nadia.get_by_role("link", name="Fermer le fil").click()
    expect(pane(nadia)).to_have_count(0)
    reply.fill("Devant la mairie")
    reply.press("Enter")
    expect(foot(nadia, "pont-levis")).to_contain_text("1 non lue")
    foot(nadia, "pont-levis").click()
    expect(line(pane(nadia), "Devant la mairie")).to_be_visible()
    expect(answer).to_have_value("Merci, je passe")
    expect(foot(nadia, "pont-levis").get_by_text("non lue")).not_to_be_visible()
    nadia.reload()
    expect(line(pane(nadia), "Devant la mairie")).to_be_visible()

    # A page of its own, which lives too.
    address = str(foot(nadia, "pont-levis").get_attribute("href"))
    aminata.goto(address)
    expect(line(aminata, "Devant la mairie")).to_be_visible()
    answer.press("Enter")
    expect(line(aminata, "Merci, je passe")).to_be_visible()
    aminata.get_by_label("Votre réponse dans le fil").fill("À demain")
    aminata.get_by_label("Votre réponse dans le fil").press("Enter")
    expect(line(pane(nadia), "À demain")).to_be_visible()


def test_a_reply_written_without_a_line_leaves_when_it_is_back(
    sign_in: Callable[..., Page], site: object
) -> None:
    nadia = sign_in("Nadia Ferhat")
    nadia.goto(salon_of(nadia))
    live(nadia)
    box = nadia.locator("#dire textarea")
    box.fill("Une ligne pour un réseau qui tombe")
    box.press("Enter")
    menu_of(nadia, "Une ligne pour un réseau").get_by_role("menuitem", name="Répondre dans le fil").click()
    answer = nadia.get_by_label("Votre réponse dans le fil")
    expect(answer).to_be_focused()
    site.kill_web()  # type: ignore[attr-defined]
    answer.fill("Écrite pendant la coupure")
    answer.press("Enter")
    waiting = pane(nadia).locator(".ligne-salon--envoi")
    expect(waiting).to_contain_text("En attente de connexion")
    site.start_web()  # type: ignore[attr-defined]
    # Also when the page is loaded again meanwhile: what was written leaves from the thread's own page as well.
    nadia.reload()
    expect(line(pane(nadia), "Écrite pendant la coupure")).to_be_visible(timeout=20_000)
    expect(waiting).to_have_count(0)
    expect(foot(nadia, "Une ligne pour un réseau")).to_contain_text("1 réponse")
