"""How much one takes on and shows, names offered as one types, texts rendered again."""

import pytest

from annuaire.models import Agent
from annuaire.sollicitations import actions
from annuaire.sollicitations.actions import Bilan
from annuaire.sollicitations.models import Capacite, MessageFil, Sollicitation
from annuaire.sollicitations.rendus import rerender_sollicitations
from tests.factories import browser, make_agent
from tests.sollicitations.conftest import ask, thread

pytestmark = pytest.mark.django_db
WHERE = "/sollicitations/capacite/"


def test_limits_are_set_from_their_page(gaelle: Agent) -> None:
    client = browser(gaelle)
    assert client.post(WHERE, {"ouvertes": "0"}).status_code == 422
    client.post(WHERE, {"ouvertes": "3", "par_mois": "", "appels": "on"})
    row = Capacite.objects.get()
    assert (row.ouvertes, row.par_mois, row.appels, row.montre_aides) == (3, None, True, False)
    assert 'value="3"' in client.get(WHERE).content.decode()


def test_a_profile_says_how_often_and_nothing_else(nadia: Agent, gaelle: Agent) -> None:
    asked = ask(nadia, gaelle)
    fil = thread(asked, gaelle)
    actions.write(gaelle, fil, "Au-delà de 10 mètres.", reponse=True)
    actions.close(nadia, asked, {fil.pk: Bilan("oui")})
    reader = browser(make_agent())
    page = (
        reader.get(gaelle.get_absolute_url()).content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
    )
    assert "A répondu à 1 sollicitation, dont 1 jugée utile" in page
    assert "fossé" not in page and nadia.nom_complet not in page
    actions.set_capacity(gaelle, ouvertes=None, par_mois=None, appels=True, montre_aides=False)
    assert "A répondu à" not in reader.get(gaelle.get_absolute_url()).content.decode()
    assert "Vous avez répondu à" in browser(gaelle).get(gaelle.get_absolute_url()).content.decode()


def test_names_offered_as_one_types(nadia: Agent, gaelle: Agent) -> None:
    partner = make_agent("Gaston", partenaire=True, organisme="Université")
    found = browser(nadia).get("/sollicitations/personnes/?q=Yvon, Ga").json()["personnes"]
    assert [person["valeur"] for person in found] == [f"Gaëlle Estaque (@{gaelle.identifiant})"]
    assert browser(nadia).get("/sollicitations/personnes/?q=").json()["personnes"] == []
    assert browser(partner).get("/sollicitations/personnes/?q=Ga").status_code == 403


def test_rendered_again(nadia: Agent, gaelle: Agent) -> None:
    asked = ask(nadia, gaelle)
    actions.write(gaelle, thread(asked, gaelle), "Une **réponse**.")
    Sollicitation.objects.update(besoin_html="vieux")
    MessageFil.objects.exclude(texte="").update(html="vieux")
    assert rerender_sollicitations() == asked.pk and rerender_sollicitations(asked.pk) is None
    asked.refresh_from_db()
    assert "déclaration" in asked.besoin_html
    assert "<strong>réponse</strong>" in MessageFil.objects.exclude(texte="").get().html
