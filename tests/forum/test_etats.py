"""States of a sujet: who may change them, what they change, and two people at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.actions import edit_communaute
from communautes.models import Communaute
from forum import actions
from forum.models import Message, Sujet
from forum.tasks import archive_dormant_sujets
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana)


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


@pytest.fixture
def sujet(communaute: Communaute, nadia: Agent) -> Sujet:
    return make_sujet(communaute, nadia)


def test_closing_stops_answers_and_is_explained_to_the_author(ana: Agent, nadia: Agent, sujet: Sujet) -> None:
    where = sujet.get_absolute_url()
    browser(ana).post(f"{where}etat/", {"etat": "fermer", "motif": "Déjà  traité ailleurs"})
    sujet.refresh_from_db()
    assert sujet.ferme_le is not None
    told = Notification.objects.get(destinataire=nadia)
    assert (told.genre, told.extrait) == ("moderation", "Déjà traité ailleurs")
    page = browser(nadia).get(where).content.decode()
    assert "Fermé" in page
    assert "Publier ma réponse" not in page
    late = browser(nadia).post(f"{where}repondre/", {"texte": "Quand même"})
    # Refused, with what was typed.
    assert (late.status_code, "Quand même" in late.content.decode()) == (422, True)
    assert Message.objects.count() == 1
    # Asked for again: nothing more, nobody told again.
    browser(ana).post(f"{where}etat/", {"etat": "fermer"})
    assert Notification.objects.count() == 1
    assert EntreeJournal.objects.filter(action="sujet.close").count() == 1
    browser(ana).post(f"{where}etat/", {"etat": "rouvrir"})
    assert browser(nadia).post(f"{where}repondre/", {"texte": "Merci"}).status_code == 302


def test_pinned_sujets_come_first_and_are_few(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    first = make_sujet(communaute, nadia, "Le plus ancien des sujets")
    others = [make_sujet(communaute, ana, f"Un autre sujet, le numéro {n}") for n in range(5)]
    for one in others[1:]:
        actions.pin_sujet(ana, one)
    actions.pin_sujet(ana, first)
    with pytest.raises(ActionRefusee, match="désépinglez"):
        actions.pin_sujet(ana, others[0])
    page = browser(nadia).get(f"{communaute.get_absolute_url()}forum/").content.decode()
    places = [page.index(one.titre) for one in (first, others[4], others[0])]
    assert places == sorted(places)
    assert page.count(first.titre) == 1
    assert page.count("Épinglé") == 5


@pytest.mark.django_db(transaction=True)
def test_two_animateurs_pin_at_once_and_the_bound_holds() -> None:
    ana = make_agent("Ana")
    communaute = make_communaute(ana)
    sujets = [make_sujet(communaute, ana, f"Sujet à épingler, numéro {n}") for n in range(4)]
    sujets += [make_sujet(communaute, make_member(communaute), f"Encore un sujet, le {n}") for n in range(4)]
    together([lambda one=one: actions.pin_sujet(ana, one) for one in sujets])
    assert Sujet.objects.filter(epingle_le__isnull=False).count() == 5


def make_member(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent()).agent


def test_the_author_settles_their_own_question(communaute: Communaute, nadia: Agent, sujet: Sujet) -> None:
    gaelle = make_member(communaute)
    answer = actions.publish_message(gaelle, sujet, "Oui, à Foix.")
    actions.resolve_sujet(nadia, sujet)
    assert sujet.resolu
    actions.unresolve_sujet(nadia, sujet)
    assert not sujet.resolu
    actions.accept_message(nadia, answer)
    sujet.refresh_from_db()
    assert sujet.resolu
    assert sujet.resolu_le is None
    with pytest.raises(ActionRefusee, match="réponse est retenue"):
        actions.unresolve_sujet(nadia, sujet)
    for refused in (actions.resolve_sujet, actions.pin_sujet, actions.close_sujet, actions.archive_sujet):
        with pytest.raises(PermissionDenied):
            refused(gaelle, sujet)
    # An announcement waits for nothing.
    news = actions.open_sujet(
        nadia, communaute, titre="Un retour d’expérience", texte="Voici.", genre="retour"
    )
    with pytest.raises(PermissionDenied):
        actions.resolve_sujet(nadia, news)


def test_whoever_left_is_told_nothing_and_changes_nothing(
    communaute: Communaute, ana: Agent, nadia: Agent
) -> None:
    private = make_communaute(ana, "privee")
    adhesion = add_member(private, nadia)
    sujet = make_sujet(private, nadia)
    adhesion.delete()
    actions.close_sujet(ana, sujet, motif="Secret")
    assert not Notification.objects.filter(destinataire=nadia).exists()
    with pytest.raises(PermissionDenied):
        actions.resolve_sujet(nadia, sujet)
    assert browser(nadia).post(f"{sujet.get_absolute_url()}etat/", {"etat": "resoudre"}).status_code == 404
    assert browser(nadia).get(f"{sujet.get_absolute_url()}etat/").status_code == 404


def test_bad_requests_change_nothing(ana: Agent, sujet: Sujet) -> None:
    where = f"{sujet.get_absolute_url()}etat/"
    for data in ({}, {"etat": "detruire"}, {"etat": "fermer", "motif": "a" * 400}):
        assert browser(ana).post(where, data).status_code == 302
    sujet.refresh_from_db()
    assert (sujet.ferme_le, sujet.epingle_le, sujet.archive_le) == (None, None, None)


def test_quiet_sujets_are_archived_where_the_community_asks_for_it(
    communaute: Communaute, ana: Agent, nadia: Agent, sujet: Sujet
) -> None:
    kept = make_sujet(communaute, nadia, "Épinglé, donc jamais archivé")
    fresh = make_sujet(communaute, nadia, "Un sujet encore vivant")
    elsewhere = make_sujet(make_communaute(ana), ana, "Dans une autre communauté")
    old = timezone.now() - timedelta(days=400)
    Sujet.objects.exclude(pk=fresh.pk).update(dernier_message_le=old)
    actions.pin_sujet(ana, kept)
    archive_dormant_sujets()
    assert not Sujet.objects.filter(archive_le__isnull=False).exists()
    edit_communaute(ana, communaute, archivage_mois=12)
    archive_dormant_sujets()
    archive_dormant_sujets()
    assert list(Sujet.objects.filter(archive_le__isnull=False)) == [sujet]
    assert EntreeJournal.objects.filter(action="sujet.archive", acteur=None).count() == 1
    assert not Notification.objects.exists()
    actions.unarchive_sujet(ana, sujet)
    assert actions.publish_message(nadia, sujet, "Toujours d’actualité ?").numero == 2
    assert elsewhere.archive_le is None


def test_the_page_of_a_community_takes_its_archiving(communaute: Communaute, ana: Agent) -> None:
    form: dict[str, Any] = {
        "nom": communaute.nom, "resume": "Entre nous", "visibilite": "ouverte", "couleur": "purple-glycine",
        "archivage_mois": "24",
    }  # fmt: skip
    where = f"{communaute.get_absolute_url()}modifier/"
    assert browser(ana).post(where, {**form, "archivage_mois": "-3"}).status_code == 422
    assert browser(ana).post(where, form).status_code == 302
    communaute.refresh_from_db()
    assert communaute.archivage_mois == 24
