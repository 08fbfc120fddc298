"""One's own profile: kept as typed, or saved whole."""

from typing import Any

import pytest
from django.test import Client

from annuaire.models import Agent, DeclarationExpertise
from plateforme.socle.models import EntreeJournal
from tests.factories import declare, make_agent

pytestmark = pytest.mark.django_db

WHERE = "/annuaire/moi/modifier/"


@pytest.fixture
def agent() -> Agent:
    return make_agent("Nadia")


def fields(agent: Agent, *lines: dict[str, Any], **changes: str) -> dict[str, Any]:
    data = {
        "prenom": agent.prenom,
        "nom": agent.nom,
        "fonction": "Instructrice",
        "telephone": "04 66 00 00 00",
        "disponibilite": "limitee",
        "biographie": "Hauts bassins du Tarn et du Lot.",
        "type_service": str(agent.service.type_id),
        "territoire": "48",
        "expertises-TOTAL_FORMS": str(len(lines)),
        "expertises-INITIAL_FORMS": "0",
    }
    for number, line in enumerate(lines):
        data |= {f"expertises-{number}-{name}": str(value) for name, value in line.items()}
    return data | changes


def signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def test_say_who_one_is_and_what_one_knows(agent: Agent) -> None:
    first, second = declare(make_agent(), "Loi sur l’eau"), declare(make_agent(), "Zones humides")
    client = signed_in(agent)
    lines = [
        {"expertise": first.pk, "niveau": 4, "depuis": 2011},
        {"expertise": second.pk, "niveau": 1, "depuis": ""},
        {"expertise": "", "niveau": 2, "depuis": ""},
    ]
    answer = client.post(WHERE, fields(agent, *lines))
    assert answer["Location"] == agent.get_absolute_url()
    page = client.get(agent.get_absolute_url()).content.decode()
    assert "Disponibilité limitée" in page
    assert "Hauts bassins du Tarn" in page
    assert page.index("Loi sur l’eau") < page.index("Zones humides")
    # Taking a line out takes the expertise out.
    client.post(WHERE, fields(agent, lines[1]))
    assert [row.expertise for row in DeclarationExpertise.objects.filter(agent=agent)] == [second]
    assert EntreeJournal.objects.filter(action="agent.update_profile").count() == 2


def test_show_that_one_writes_or_not(agent: Agent) -> None:
    client = signed_in(agent)
    page = client.get(WHERE).content.decode()
    assert "Montrer que j’écris" in page
    assert (
        'name="montre_ecriture" aria-describedby="id_montre_ecriture-aide" id="id_montre_ecriture" checked'
        in page
    )
    client.post(WHERE, fields(agent))
    agent.refresh_from_db()
    assert not agent.montre_ecriture
    client.post(WHERE, fields(agent, montre_ecriture="on"))
    agent.refresh_from_db()
    assert agent.montre_ecriture


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fonction": ""}, "Ce champ est obligatoire"),
        ({"territoire": ""}, "Choisissez le territoire de votre service."),
        ({"nom": "N" * 200}, "caractères"),
        ({"disponibilite": "peut-être"}, "Sélectionnez un choix valide"),
        ({"expertises-0-depuis": "1850"}, "1970"),
        ({"expertises-1-expertise": "même"}, "Une expertise est citée deux fois"),
    ],
)
def test_what_is_refused_is_told_and_nothing_is_half_saved(
    agent: Agent, change: dict[str, str], said: str
) -> None:
    known = declare(make_agent(), "Loi sur l’eau")
    line = {"expertise": known.pk, "niveau": 3, "depuis": 2015}
    change = {name: str(known.pk) if value == "même" else value for name, value in change.items()}
    answer = signed_in(agent).post(WHERE, fields(agent, line, line | {"expertise": ""}, **change))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert "Hauts bassins du Tarn et du Lot." in text
    agent.refresh_from_db()
    assert agent.biographie == ""
    assert not agent.declarations.exists()
