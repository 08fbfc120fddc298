"""One's own profile, one part at a time: saved whole or kept as typed; two tabs lose nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent, DeclarationExpertise
from annuaire.notifications.actions import settings_of
from annuaire.profils.models import Mission, Profil
from annuaire.profils.presentation import days_said
from annuaire.profils.rendus import rerender_biographies
from annuaire.profils.sections import SECTIONS, fingerprint, missing
from plateforme.socle.models import EntreeJournal
from tests.factories import add_member, browser, declare, make_agent, make_communaute, make_territoire

pytestmark = pytest.mark.django_db

HUB = "/annuaire/moi/modifier/"


@pytest.fixture
def agent() -> Agent:
    return make_agent("Nadia")


def identity(agent: Agent, **changes: Any) -> dict[str, Any]:
    return {
        "depart": fingerprint(agent, "identite"),
        "prenom": agent.prenom,
        "nom": agent.nom,
        "fonction": "Instructrice",
        "type_service": str(agent.service.type_id),
        "territoire": "48",
        **changes,
    }


def lines(agent: Agent, section: str, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    data = {
        "depart": fingerprint(agent, section),
        f"{section}-TOTAL_FORMS": str(len(rows)),
        f"{section}-INITIAL_FORMS": "0",
    }
    for number, row in enumerate(rows):
        data |= {f"{section}-{number}-{name}": str(value) for name, value in row.items()}
    return data | changes


def test_say_who_one_is(agent: Agent) -> None:
    make_territoire("12", "Aveyron")
    client = browser(agent)
    data = identity(agent, couverts=["12"], langues=["oc", "fsl", "en"])
    assert client.post(f"{HUB}identite/", data)["Location"] == HUB
    page = client.get(agent.get_absolute_url()).content.decode()
    assert "Aveyron" in page
    assert "Langue des signes française, Anglais, Occitan" in page
    assert EntreeJournal.objects.filter(action="agent.update_profile").count() == 1


def test_say_what_one_knows(agent: Agent) -> None:
    first, second = declare(make_agent(), "Loi sur l’eau"), declare(make_agent(), "Zones humides")
    client = browser(agent)
    rows = [
        {"expertise": first.pk, "niveau": 4, "depuis": 2011},
        {"expertise": second.pk, "niveau": 1, "depuis": ""},
        {"expertise": "", "niveau": 2, "depuis": ""},
    ]
    assert client.post(f"{HUB}expertises/", lines(agent, "expertises", *rows)).status_code == 302
    page = client.get(agent.get_absolute_url()).content.decode()
    assert page.index("Loi sur l’eau") < page.index("Zones humides")
    # Taking a line out takes the expertise out.
    client.post(f"{HUB}expertises/", lines(agent, "expertises", rows[1]))
    assert [row.expertise for row in DeclarationExpertise.objects.filter(agent=agent)] == [second]


def test_presentation_is_formatted_and_harmless(agent: Agent) -> None:
    client = browser(agent)
    text = "Hauts bassins du **Tarn** et du Lot. <script>alert(1)</script>"
    client.post(f"{HUB}presentation/", {"depart": fingerprint(agent, "presentation"), "biographie": text})
    page = client.get(agent.get_absolute_url()).content.decode()
    assert "<strong>Tarn</strong>" in page
    assert "<script>alert" not in page
    agent.refresh_from_db()
    assert agent.biographie == text


def test_a_presentation_of_before_is_formatted_too(agent: Agent) -> None:
    Agent.objects.filter(pk=agent.pk).update(biographie="Du **Tarn**")
    assert "<strong>Tarn</strong>" in browser(agent).get(agent.get_absolute_url()).content.decode()
    assert rerender_biographies() == agent.pk
    assert rerender_biographies(agent.pk) is None
    assert "<strong>" in Profil.objects.get(agent=agent).biographie_html


def test_limited_availability_ends_by_itself(agent: Agent) -> None:
    client = browser(agent)
    end = timezone.localdate() + timedelta(days=3)
    data = {
        "depart": fingerprint(agent, "disponibilite"),
        "disponibilite": "limitee",
        "jusqu_au": end.isoformat(),
        "aides": ["avis", "visite"],
    }
    assert client.post(f"{HUB}disponibilite/", data).status_code == 302
    page = client.get(agent.get_absolute_url()).content.decode()
    assert "Disponibilité limitée jusqu’au" in page
    assert "Venir sur place" in page
    Agent.objects.filter(pk=agent.pk).update(disponibilite_jusqu_au=timezone.localdate() - timedelta(days=1))
    assert "Disponible pour aider" in client.get(agent.get_absolute_url()).content.decode()
    # Saying anything else leaves no date behind.
    agent.refresh_from_db()
    again = {**data, "disponibilite": "non", "depart": fingerprint(agent, "disponibilite")}
    assert client.post(f"{HUB}disponibilite/", again).status_code == 302
    agent.refresh_from_db()
    assert (agent.disponibilite, agent.disponibilite_jusqu_au) == ("non", None)


def test_a_date_gone_by_is_refused(agent: Agent) -> None:
    data = {
        "depart": fingerprint(agent, "disponibilite"),
        "disponibilite": "limitee",
        "jusqu_au": "2020-01-01",
    }
    answer = browser(agent).post(f"{HUB}disponibilite/", data)
    assert answer.status_code == 422
    assert "Cette date est passée" in answer.content.decode()


def test_days_worked_are_those_of_notifications(agent: Agent) -> None:
    client = browser(agent)
    data = {"depart": fingerprint(agent, "contact"), "telephone": "04 66 00 00 00", "jours": ["0", "1", "3"]}
    assert client.post(f"{HUB}contact/", data).status_code == 302
    assert settings_of(agent).jours == [0, 1, 3]
    agent.refresh_from_db()
    assert not agent.montre_ecriture
    assert "Jours travaillés" not in client.get(agent.get_absolute_url()).content.decode()
    again = {**data, "depart": fingerprint(agent, "contact"), "montre_jours": "on", "montre_ecriture": "on"}
    client.post(f"{HUB}contact/", again)
    agent.refresh_from_db()
    assert agent.montre_ecriture
    assert "Lundi, mardi et jeudi" in client.get(agent.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([0, 1, 2, 3, 4], "du lundi au vendredi"),
        ([4], "vendredi"),
        ([0, 1], "lundi et mardi"),
        (list(range(7)), "tous les jours"),
    ],
)
def test_days_in_words(days: list[int], said: str) -> None:
    assert days_said(days) == said


def test_missions_in_order_of_years(agent: Agent) -> None:
    client = browser(agent)
    rows = [
        {"titre": "Révision du plan de prévention", "debut": 2015, "fin": 2018, "precision": ""},
        {"titre": "Contournement de Mende", "debut": 2021, "fin": "", "precision": "Volet eau"},
        {"titre": "", "debut": "", "fin": "", "precision": ""},
    ]
    assert client.post(f"{HUB}missions/", lines(agent, "missions", *rows)).status_code == 302
    page = client.get(agent.get_absolute_url()).content.decode()
    assert page.index("Contournement de Mende") < page.index("Révision du plan")
    assert "2015 – 2018" in page


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"titre": "", "debut": 2020}, "Nommez cette mission"),
        ({"titre": "Sans date", "debut": ""}, "Indiquez l’année."),
        ({"titre": "À rebours", "debut": 2020, "fin": 2010}, "vient après"),
        ({"titre": "Ancien", "debut": 1850}, "1970"),
    ],
)
def test_a_mission_refused_is_kept_as_typed(agent: Agent, row: dict[str, Any], said: str) -> None:
    answer = browser(agent).post(
        f"{HUB}missions/", lines(agent, "missions", {"precision": "Gardé", "fin": "", **row})
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Gardé" in answer.content.decode()
    assert not agent.missions.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fonction": ""}, "Ce champ est obligatoire"),
        ({"territoire": ""}, "Choisissez le territoire de votre service."),
        ({"nom": "N" * 200}, "caractères"),
        ({"langues": ["klingon"]}, "Sélectionnez un choix valide"),
        ({"couverts": ["999"]}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_refused_is_told_and_nothing_is_half_saved(
    agent: Agent, change: dict[str, Any], said: str
) -> None:
    answer = browser(agent).post(f"{HUB}identite/", identity(agent, prenom="Gardée", **change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Gardée" in answer.content.decode()
    agent.refresh_from_db()
    assert agent.prenom == "Nadia"


def test_an_expertise_cited_twice_is_refused(agent: Agent) -> None:
    known = declare(make_agent(), "Loi sur l’eau")
    row = {"expertise": known.pk, "niveau": 3, "depuis": 2015}
    answer = browser(agent).post(f"{HUB}expertises/", lines(agent, "expertises", row, row))
    assert answer.status_code == 422
    assert "Une expertise est citée deux fois" in answer.content.decode()
    assert not agent.declarations.exists()


def test_two_tabs_lose_nothing(agent: Agent) -> None:
    client = browser(agent)
    start = fingerprint(agent, "presentation")
    client.post(f"{HUB}presentation/", {"depart": start, "biographie": "Premier onglet"})
    late = client.post(f"{HUB}presentation/", {"depart": start, "biographie": "Second onglet"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Premier onglet" in page
    assert "Second onglet" in page
    agent.refresh_from_db()
    assert agent.biographie == "Premier onglet"
    # Saved again as the page gave it, it replaces what was seen.
    now = fingerprint(agent, "presentation")
    assert f'value="{now}"' in page
    client.post(f"{HUB}presentation/", {"depart": now, "biographie": "Second onglet"})
    agent.refresh_from_db()
    assert agent.biographie == "Second onglet"


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_a_form_without_its_start_overwrites_nothing(agent: Agent, section: str) -> None:
    known = declare(agent, "Loi sur l’eau")
    data = {
        **identity(agent), "disponibilite": "non", "biographie": "", "telephone": "1", "jours": ["0"],
        **lines(agent, "expertises", {"expertise": known.pk, "niveau": 1}),
        **lines(agent, "missions", {"titre": "Un", "debut": 2020}),
    }  # fmt: skip
    answer = browser(agent).post(f"{HUB}{section}/", {**data, "depart": ""})
    assert answer.status_code == 409
    assert "Ce qui est enregistré en ce moment" in answer.content.decode()


def test_completeness_said_gently(agent: Agent) -> None:
    assert set(missing(agent)) == {
        "photo", "presentation", "expertises", "missions", "disponibilite", "contact",
    }  # fmt: skip
    page = browser(agent).get(HUB).content.decode()
    assert "1\u00a0partie remplie sur 7" in page
    assert "Ajouter une photo" in page


def test_unknown_part(agent: Agent) -> None:
    assert browser(agent).get(f"{HUB}salaire/").status_code == 404


def test_a_partner_says_their_organisme() -> None:
    partner = make_agent("Paul", partenaire=True, organisme="Université")
    client = browser(partner)
    page = client.get(f"{HUB}identite/").content.decode()
    assert "Organisme" in page
    assert "Type de service" not in page
    data = {
        "depart": fingerprint(partner, "identite"), "prenom": "Paul", "nom": "Essai", "fonction": "Chercheur",
        "organisme": "CNRS", "territoire": "48", "type_service": "1",
    }  # fmt: skip
    assert client.post(f"{HUB}identite/", data).status_code == 302
    partner.refresh_from_db()
    assert (partner.organisme, partner.service) == ("CNRS", None)


def test_a_partner_reads_nothing_of_the_directory(agent: Agent) -> None:
    """Of a colleague of their lab: who it is and their presentation; the directory's part is for agents of the State."""
    lab = make_communaute(agent, "privee", genre="laboratoire")
    partner, colleague = make_agent("Paul", partenaire=True, organisme="Université"), make_agent("Zoé")
    add_member(lab, partner)
    declare(agent, "Loi sur l’eau", niveau=4)
    Mission.objects.create(agent=agent, titre="Renaturation du Lez", debut=2021)
    profil, _ = Profil.objects.get_or_create(agent=agent)
    profil.langues, profil.aides = ["oc"], ["visite"]
    profil.save()
    Agent.objects.filter(pk=agent.pk).update(biographie="Hydrologue de formation", disponibilite="limitee")
    directory = (
        "Loi sur l’eau",
        "Renaturation du Lez",
        "Occitan",
        "Disponibilité limitée",
        "Expertises déclarées",
    )
    card = reverse("profils:carte", args=[agent.identifiant])
    for reader, seen in ((colleague, True), (partner, False)):
        page = browser(reader).get(agent.get_absolute_url()).content.decode()
        assert "Hydrologue de formation" in page
        assert [word for word in directory if (word in page) != seen] == []
        shown = browser(reader).get(card).content.decode()
        assert [word for word in (directory[0], directory[3]) if (word in shown) != seen] == []
    # What partners say of themselves is no part of the directory.
    declare(partner, "Hydrogéologie")
    assert "Hydrogéologie" in browser(agent).get(partner.get_absolute_url()).content.decode()


def test_queries_of_a_profile(agent: Agent) -> None:
    me = make_agent("Lecteur")
    communaute = make_communaute(agent)
    add_member(communaute, me)
    for number in range(12):
        declare(agent, f"Expertise {number}")
    client = browser(me)
    client.get(agent.get_absolute_url())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(agent.get_absolute_url()).status_code == 200
    assert len(queries) <= 15, [query["sql"][:100] for query in queries]
