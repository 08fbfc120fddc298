"""Opening each kind of sujet, from its page, and what comes back when something is wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent, Expertise
from communautes.models import Communaute
from forum import actions
from forum.models import Sujet
from tests.factories import add_member, declare, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db
RETOUR = {
    "genre": "retour",
    "titre": "Restaurer un cours d’eau en un an",
    "contexte": "La **Truyère**, 3 km.",
    "demarche": "1. concerter\n2. agir",
    "resultats": "Deux crues sans dégât.",
    "limites": "",
    "documents": "",
    "contacts": "@personne",
}


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana)


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


def page_of(agent: Agent, communaute: Communaute, data: dict[str, Any] | None = None, query: str = "") -> Any:
    client = Client()
    client.force_login(agent)
    where = f"{communaute.get_absolute_url()}forum/nouveau/{query}"
    return client.get(where) if data is None else client.post(where, data)


def test_each_kind_shows_its_own_fields(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    fields = {
        "question": {"texte"}, "discussion": {"texte"}, "annonce": {"texte"},
        "retour": {"contexte", "demarche", "resultats", "limites", "documents", "contacts"},
        "sondage": {"texte", "options", "multiple", "nominatif", "definitif", "cloture_le"},
    }  # fmt: skip
    every = set().union(*fields.values())
    for kind, own in fields.items():
        text = page_of(ana, communaute, query=f"?genre={kind}").content.decode()
        assert {name for name in every if f'name="{name}"' in text} == own, kind
    # Nonsense, and what a member may not publish, give a question.
    for kind in ("", "?genre=rien", "?genre=annonce"):
        assert 'name="genre" value="question"' in page_of(nadia, communaute, query=kind).content.decode()
    assert "Réservée aux personnes qui animent" in page_of(nadia, communaute).content.decode()
    assert 'name="texte"' in page_of(nadia, communaute, query="?genre=retour&libre=1").content.decode()


def test_a_retour_is_one_text_made_of_its_parts(communaute: Communaute, nadia: Agent) -> None:
    answer = page_of(nadia, communaute, {**RETOUR, "resultats": " "})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Complétez « Résultats »" in text
    assert "La **Truyère**, 3 km." in text
    assert "2. agir" in text
    assert page_of(nadia, communaute, RETOUR).status_code == 302
    sujet = Sujet.objects.get()
    message = sujet.messages.get()
    assert sujet.genre == "retour"
    assert message.texte == (
        "## Contexte\n\nLa **Truyère**, 3 km.\n\n## Démarche\n\n1. concerter\n2. agir\n\n"
        "## Résultats\n\nDeux crues sans dégât.\n\n## Contacts\n\n@personne"
    )
    client = Client()
    client.force_login(nadia)
    preview = client.post(f"{communaute.get_absolute_url()}forum/apercu-retour/", RETOUR).content.decode()
    assert "<strong>Truyère</strong>" in preview
    plain = {"genre": "retour", "libre": "1", "titre": "Un retour d’une traite", "texte": "Tout simplement."}
    assert page_of(nadia, communaute, plain).status_code == 302


def test_a_poll_from_its_page_keeps_all_that_was_typed(communaute: Communaute, nadia: Agent) -> None:
    data = {
        "genre": "sondage", "titre": "Quel jour nous réunir ?", "texte": "Pour le point mensuel.",
        "options": "Lundi\n\n Mardi \n", "multiple": "on", "nominatif": "on", "definitif": "on",
    }  # fmt: skip
    soon = timezone.localtime() + timedelta(days=3)
    bad = (
        {"options": "Lundi\nlundi"},
        {"options": "Lundi"},
        {"cloture_le": "2020-01-01T10:00"},
        {"cloture_le": "demain"},
        {"titre": "Court"},
    )
    for change in bad:
        answer = page_of(nadia, communaute, {**data, **change})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Pour le point mensuel." in text
        assert 'name="nominatif" id="id_nominatif" checked' in " ".join(text.split()) or "checked" in text
    assert not Sujet.objects.exists()
    good = {**data, "cloture_le": f"{soon:%Y-%m-%dT%H:%M}"}
    assert page_of(nadia, communaute, good).status_code == 302
    sondage = Sujet.objects.get().sondage
    assert [option.texte for option in sondage.options.all()] == ["Lundi", "Mardi"]
    assert (sondage.multiple, sondage.secret, sondage.changement_permis) == (True, False, False)
    assert timezone.localtime(sondage.cloture_le).hour == soon.hour


def test_only_animateurs_announce(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    data = {"genre": "annonce", "titre": "Une annonce à tous", "texte": "Voici."}
    assert page_of(nadia, communaute, data).status_code == 422
    page_of(ana, communaute, data)
    assert list(Sujet.objects.values_list("genre", "auteur")) == [("annonce", ana.pk)]


def test_without_script_one_asks_what_is_close_and_who_knows_then_publishes(
    communaute: Communaute, ana: Agent, nadia: Agent
) -> None:
    expert = add_member(communaute, make_agent("Gaëlle")).agent
    zones = declare(expert, "Zones humides")
    other = Expertise.objects.create(libelle="Bruit", slug="bruit", domaine="Air")
    close = make_sujet(communaute, ana, "Délimiter des zones humides en hiver")
    data = {
        "genre": "question", "titre": "Zones humides : qui délimite ?", "texte": "Le cas est pressant.",
        "expertises": [zones.pk, other.pk], "etiquettes": "Tourbière, tourbiere , #Hiver",
    }  # fmt: skip
    looked = page_of(nadia, communaute, {**data, "verifier": "1"})
    text = looked.content.decode()
    assert looked.status_code == 200
    assert close.titre in text
    assert 'name="citer"' in text
    assert expert.nom_complet in text
    assert "Le cas est pressant." in text
    assert Sujet.objects.count() == 1
    published = page_of(nadia, communaute, {**data, "citer": [expert.identifiant]}).headers["Location"]
    sujet = Sujet.objects.order_by("-pk")[0]
    assert published == sujet.get_absolute_url()
    assert sujet.messages.get().texte == f"Le cas est pressant.\n\n@{expert.identifiant}"
    assert set(sujet.expertises.all()) == {zones, other}
    assert sorted(sujet.etiquettes.values_list("slug", flat=True)) == ["hiver", "tourbiere"]
    client = Client()
    client.force_login(ana)
    page = client.get(published).content.decode()
    assert "?etiquette=tourbiere" in page
    assert "?expertise=bruit" in page


def test_too_many_or_empty_tags_are_refused_beside_their_field(communaute: Communaute, nadia: Agent) -> None:
    data = {"genre": "question", "titre": "Une question à classer", "texte": "Voici."}
    for tags in ("a1, b1, c1, d1, e1, f1", "!!!", "m" * 41):
        answer = page_of(nadia, communaute, {**data, "etiquettes": tags})
        assert answer.status_code == 422
        assert tags.replace("!!!", "!!!") in answer.content.decode()
    assert not Sujet.objects.exists()
    with pytest.raises(Exception, match="animation"):
        actions.open_sujet(nadia, communaute, titre="Une annonce à tous", texte="Voici.", genre="annonce")
