"""One sees up to where the others have read, if one shows it too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.calme import live
from tests.parcours.test_axe import look
from tests.parcours.test_deux_agents import line_of
from tests.parcours.test_direct import say
from tests.parcours.test_presence import choose, states_forgotten  # noqa: F401  (a fixture)

pytestmark = pytest.mark.navigateur


def test_faces_follow_what_is_read(sign_in: Callable[..., Page]) -> None:
    nadia, aminata = sign_in("Nadia Ferhat"), sign_in("Aminata Sarr", size="telephone")
    nadia.goto("/salons/")
    nadia.get_by_role("link", name="Aminata Sarr").first.click()
    live(nadia)
    aminata.goto(nadia.url)
    live(aminata)
    say(nadia, "Avez-vous vu l’arrêté ?")
    line = nadia.locator(".ligne-salon", has=line_of(nadia, "Avez-vous vu l’arrêté ?"))
    face = line.get_by_role("img", name="Lu jusqu’ici par Aminata Sarr")
    expect(face).to_be_visible()
    assert look(nadia) == []
    # While she is invisible it stays there.
    aminata.evaluate("scrollTo(0, 0)")
    choose(aminata, "Invisible")
    say(nadia, "Et le plan ?")
    expect(line_of(aminata, "Et le plan ?")).to_be_visible()
    aminata.reload()
    nadia.reload()
    live(nadia)
    expect(face).to_be_visible()
    # Who would rather not show theirs sees nobody's.
    nadia.goto("/presence/")
    nadia.locator("label", has_text="Montrer ce que j’ai lu").click()
    nadia.get_by_role("button", name="Enregistrer mes préférences").click()
    expect(nadia.get_by_text("Vos préférences sont enregistrées.")).to_be_visible()
    nadia.goto(aminata.url)
    live(nadia)
    expect(line_of(nadia, "Et le plan ?")).to_be_visible()
    expect(nadia.locator(".ligne-salon__lus")).to_have_count(0)
