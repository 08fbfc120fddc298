"""Expertises: found in one's own words, proposed and decided on, suggested by what one answered."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from annuaire.chargement import load_references, read_references
from annuaire.models import Agent, DeclarationExpertise, Expertise
from annuaire.notifications.models import Notification
from annuaire.preuves.actions import set_hidden
from annuaire.preuves.models import Preuve
from annuaire.profils import actions
from annuaire.profils.models import PropositionExpertise
from annuaire.profils.vocabulaire import search_vocabulary, suggestions_for
from annuaire.recherche import search_agents
from forum.actions import publish_message
from plateforme.socle.erreurs import ActionRefusee
from tests.factories import add_member, browser, declare, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia() -> Agent:
    return make_agent("Nadia")


@pytest.fixture
def staff() -> Agent:
    return make_agent("Sam", is_staff=True)


@pytest.fixture
def eau() -> Expertise:
    return declare(make_agent(), "Loi sur l’eau", ["DLE", "Dossier loi sur l’eau"])


def propose(auteur: Agent, libelle: str = "Busage des fossés", **fields: object) -> PropositionExpertise:
    return actions.propose_expertise(auteur, libelle, "Eau", niveau=3, **fields)


@pytest.mark.parametrize("question", ["dle", "LOI SUR L’EAU", "dossier loi", "loi sur leau"])
def test_found_by_synonym_without_accents_with_errors(eau: Expertise, question: str) -> None:
    declare(make_agent(), "Zones humides")
    assert search_vocabulary(question)[0] == eau
    assert search_vocabulary("  ") == []
    declare(make_agent(), "Permis bateau")
    assert search_vocabulary("eau") == [eau]
    assert search_vocabulary("%_\\") == []


def test_added_from_the_search(nadia: Agent, eau: Expertise) -> None:
    client, where = browser(nadia), reverse("profils:ajouter-expertise")
    assert "Loi sur l’eau" in client.get(where, {"q": "DLE"}).content.decode()
    assert client.post(where, {"expertise": eau.pk, "niveau": 4, "depuis": 2015}).status_code == 302
    assert nadia.declarations.values_list("niveau", "depuis").get() == (4, 2015)
    assert "Sur votre profil" in client.get(where, {"q": "DLE"}).content.decode()
    assert client.post(where, {"expertise": eau.pk, "niveau": 9}).status_code == 422
    assert client.post(where, {"expertise": 999999, "niveau": 1}).status_code == 422


def test_what_exists_is_not_proposed_again(nadia: Agent, eau: Expertise) -> None:
    with pytest.raises(ActionRefusee, match="sous le nom « Loi sur l’eau »"):
        propose(nadia, "dle")
    propose(nadia)
    with pytest.raises(ActionRefusee, match="déjà proposée"):
        propose(nadia, "busage  DES fossés")
    with pytest.raises(ActionRefusee, match="domaine"):
        actions.propose_expertise(nadia, "Autre", "Inconnu", niveau=1)


def test_not_for_partners(eau: Expertise) -> None:
    partner = make_agent("Paul", partenaire=True, organisme="Université")
    assert browser(partner).get(reverse("profils:proposer-expertise")).status_code == 403
    with pytest.raises(PermissionDenied):
        propose(partner)


def test_added_to_the_vocabulary_and_to_who_proposed_it(nadia: Agent, staff: Agent, eau: Expertise) -> None:
    other = make_agent("Lila")
    browser(nadia).post(
        reverse("profils:proposer-expertise"),
        {"libelle": "Busage des fossés", "domaine": "Eau", "niveau": 3, "depuis": 2018, "raison": "Seuils"},
    )
    proposed = PropositionExpertise.objects.get()
    propose(other, "busage des fossés")
    assert Notification.objects.filter(destinataire=staff, titre__contains="Busage des fossés").exists()
    page = browser(staff).get(reverse("profils:moderation")).content.decode()
    assert "Seuils" in page
    where = reverse("profils:decider-expertise", args=[proposed.pk])
    assert browser(nadia).post(where, {"suite": "creer", "libelle": "X"}).status_code == 403
    browser(staff).post(
        where, {"suite": "creer", "libelle": "Busage et couverture de fossés", "domaine": "Eau"}
    )
    made = Expertise.objects.get(libelle="Busage et couverture de fossés")
    assert made.synonymes == ["Busage des fossés"]
    assert nadia.declarations.values_list("expertise", "niveau", "depuis").get() == (made.pk, 3, 2018)
    # Somebody else had proposed it too.
    assert other.declarations.get().expertise == made
    for person in (nadia, other):
        assert Notification.objects.filter(destinataire=person, genre="profil").count() == 1
    assert not Notification.objects.filter(destinataire=staff).exists()
    assert {row.expertise for row in PropositionExpertise.objects.filter(etat="creee")} == {made}
    assert search_agents(make_agent(), "busage fossés")[0].agent in (nadia, other)
    late = browser(staff).post(where, {"suite": "creer", "libelle": "X", "domaine": "Eau"}, follow=True)
    assert "Quelqu’un d’autre vient de s’en occuper." in late.content.decode()
    assert not Expertise.objects.filter(libelle="X").exists()


def test_merged_into_another_people_keep_theirs(nadia: Agent, staff: Agent, eau: Expertise) -> None:
    holder = eau.declarations.get().agent
    actions.add_expertise(nadia, eau, 4, 2001)
    proposed = propose(nadia, "Régime IOTA")
    actions.merge_proposal(staff, proposed, eau)
    eau.refresh_from_db()
    assert "Régime IOTA" in eau.synonymes
    # What one declared already stays as it was.
    assert nadia.declarations.values_list("niveau", "depuis").get() == (4, 2001)
    assert holder in [result.agent for result in search_agents(make_agent(), "iota")]
    proposed.refresh_from_db()
    assert (proposed.etat, proposed.expertise, proposed.traitee_par) == ("fusionnee", eau, staff)
    with pytest.raises(ActionRefusee, match="Quelqu’un d’autre"):
        actions.refuse_proposal(staff, proposed, "Trop tard")


def test_the_files_of_the_vocabulary_do_not_undo_a_merge(nadia: Agent, staff: Agent) -> None:
    references = read_references()
    load_references(references)
    entry = Expertise.objects.get(libelle=references.expertises[0]["libelle"])
    actions.merge_proposal(
        staff, actions.propose_expertise(nadia, "Régime IOTA", entry.domaine, niveau=2), entry
    )
    assert [bilan.changements for bilan in load_references(references)] == [0, 0, 0]
    entry.refresh_from_db()
    assert "Régime IOTA" in entry.synonymes


def test_refused_with_a_reason(nadia: Agent, staff: Agent, eau: Expertise) -> None:
    proposed = propose(nadia)
    where = reverse("profils:decider-expertise", args=[proposed.pk])
    browser(staff).post(where, {"suite": "refuser", "motif": " "})
    proposed.refresh_from_db()
    assert proposed.etat == "attente"
    browser(staff).post(where, {"suite": "fusionner", "cible": ""})
    browser(staff).post(where, {"suite": "refuser", "motif": "Trop étroite : voyez Loi sur l’eau."})
    told = Notification.objects.get(destinataire=nadia)
    assert told.extrait == "Trop étroite : voyez Loi sur l’eau."
    assert not DeclarationExpertise.objects.filter(agent=nadia).exists()
    for act in (
        lambda: actions.accept_proposal(nadia, proposed, "X", "Eau"),
        lambda: actions.merge_proposal(nadia, proposed, eau),
        lambda: actions.refuse_proposal(nadia, proposed, "Non"),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_suggested_from_answers_never_added_by_itself(nadia: Agent, eau: Expertise) -> None:
    asker = make_agent("Ana")
    communaute = make_communaute(asker)
    add_member(communaute, nadia)
    for number in range(3):
        sujet = make_sujet(communaute, asker, f"Busage, cas {number}")
        publish_message(nadia, sujet, "Voir l’arrêté.")
    Preuve.objects.filter(agent=nadia, genre="reponse").update(expertises=[eau.pk])
    (suggestion,) = suggestions_for(nadia)
    assert (suggestion.expertise, suggestion.nombre) == (eau, 3)
    client = browser(nadia)
    assert "Vous avez répondu 3&nbsp;fois sur" in client.get(reverse("annuaire:modifier")).content.decode()
    assert not nadia.declarations.exists()
    # What one hides counts no more, what one sets aside comes no more.
    source = Preuve.objects.filter(agent=nadia, genre="reponse").first().source
    set_hidden(nadia, source, True)
    assert suggestions_for(nadia) == []
    set_hidden(nadia, source, False)
    client.post(reverse("profils:ecarter-suggestion", args=[eau.pk]))
    client.post(reverse("profils:ecarter-suggestion", args=[eau.pk]))
    assert suggestions_for(nadia) == []
    assert client.post(reverse("profils:ecarter-suggestion", args=[999999])).status_code == 404
    assert suggestions_for(make_agent()) == []


def test_a_full_profile_is_not_filled_beyond(nadia: Agent, staff: Agent, eau: Expertise) -> None:
    for number in range(40):
        declare(nadia, f"Savoir {number}")
    with pytest.raises(ActionRefusee, match="40 expertises"):
        actions.add_expertise(nadia, eau, 2)
    proposed = propose(nadia)
    actions.accept_proposal(staff, proposed, proposed.libelle, "Eau")
    assert nadia.declarations.count() == 40
