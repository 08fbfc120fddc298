"""Addresses as hostile hands write them."""

import pytest

from tests.factories import browser, declare, make_agent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "adresse",
    [
        "/annuaire/?q=eau%00&communaute=%00",
        "/annuaire/?q=eau%0%000&territoire=%%0000",
        "/annuaire/couverture/?territoire=%00&q=a%00",
        "/annuaire/moi/expertises/ajouter/?q=%00",
        "/annuaire/nadia-ferhat/contributions/?q=%00",
        "/sollicitations/nouvelle/?a=%00",
        "/sollicitations/nouvelle/?appel=1&expertise=%00&territoire=%00",
        "/services/?q=%00&territoire=%00",
        "/recherche/?q=%00",
        "/communautes/?q=%00",
    ],
)
def test_a_nul_character_breaks_no_page(adresse: str) -> None:
    agent = make_agent("Nadia", "Ferhat")
    declare(agent, "Loi sur l’eau")
    assert browser(agent).get(adresse).status_code == 200


def test_what_is_left_of_the_question_is_looked_for() -> None:
    declare(make_agent("Gaëlle", "Estaque"), "Loi sur l’eau")
    page = browser(make_agent()).get("/annuaire/?q=loi%00+sur+l%27eau").content.decode()
    assert "Gaëlle Estaque" in page
