"""A form taken in is told to the browser, once, by the next whole page: it forgets what it kept of it."""

from typing import Any

import pytest

from annuaire.models import Agent
from communautes.models import Communaute
from tests.factories import browser, declare, make_agent, make_communaute

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana)


def told(name: str) -> str:
    return f'<meta name="brouillon-envoye" content="{name}">'


def sent(ana: Agent, communaute: Communaute) -> dict[str, tuple[str, dict[str, Any]]]:
    """Where forms are sent, by the name under which the browser keeps what is typed in them."""
    other = make_agent("Bea")
    expertise = declare(other, "Loi sur l’eau")
    return {
        f"recommander-{other.pk}": (
            f"/annuaire/{other.identifiant}/recommander/",
            {"expertise": expertise.pk, "contexte": "Elle a repris notre dossier."},
        ),
        "proposer-expertise": (
            "/annuaire/moi/expertises/proposer/",
            {"libelle": "Girouettes", "domaine": expertise.domaine, "niveau": "2"},
        ),
        f"decision-{communaute.slug}": (
            f"/communautes/{communaute.slug}/decisions/nouvelle/",
            {"texte": "Le seuil est fixé à 60 m.", "prise_le": "2026-11-02"},
        ),
        f"tache-{communaute.slug}": (
            f"/communautes/{communaute.slug}/taches/nouvelle/",
            {"libelle": "Relire l’arrêté"},
        ),
        "communaute-nouvelle": (
            "/communautes/creer/",
            {
                "nom": "Bord de mer",
                "resume": "Le trait de côte",
                "genre": "communaute",
                "visibilite": "ouverte",
                "couleur": "purple-glycine",
            },
        ),
    }


def test_said_once_for_each_form(ana: Agent, communaute: Communaute) -> None:
    client = browser(ana)
    for name, (where, data) in sent(ana, communaute).items():
        form = client.get(where).content.decode()
        assert f'data-brouillon="{name}"' in form
        assert "brouillon-envoye" not in form
        answer = client.post(where, data)
        assert answer.status_code == 302, (name, answer.content.decode()[:2000])
        # A fragment that a page open elsewhere asks for meanwhile takes nothing away.
        client.get(f"/annuaire/{ana.identifiant}/carte/")
        assert told(name) in client.get(answer["Location"]).content.decode()
        assert "brouillon-envoye" not in client.get(answer["Location"]).content.decode()


def test_refused_nothing_is_forgotten(ana: Agent, communaute: Communaute) -> None:
    client = browser(ana)
    refused = client.post(f"/communautes/{communaute.slug}/taches/nouvelle/", {"libelle": ""})
    assert refused.status_code == 422
    assert "brouillon-envoye" not in refused.content.decode()
    assert "brouillon-envoye" not in client.get("/").content.decode()
