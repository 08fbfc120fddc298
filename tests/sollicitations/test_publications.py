"""A sollicitation published as a sujet: both agree to the same words, named or not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.sollicitations import actions as sollicitations
from annuaire.sollicitations.models import Destinataire
from communautes.models import Communaute
from forum.models import Sujet
from forum.publications import actions
from forum.publications.models import Publication
from plateforme.socle.erreurs import ActionRefusee
from tests.factories import add_member, browser, make_agent, make_communaute
from tests.sollicitations.conftest import ask, thread
from tests.sollicitations.test_reponses import at_once

pytestmark = pytest.mark.django_db
WORDS = {"titre": "Buser 18 mètres de fossé", "texte": "Déclaration au-delà de 10 mètres."}


@pytest.fixture
def communaute(nadia: Agent, gaelle: Agent) -> Communaute:
    place = make_communaute(nadia)
    add_member(place, gaelle)
    return place


@pytest.fixture
def fil(nadia: Agent, gaelle: Agent) -> Destinataire:
    asked = ask(nadia, gaelle)
    sollicitations.write(gaelle, thread(asked, gaelle), "Au-delà de 10 mètres, oui.", reponse=True)
    return thread(asked, gaelle)


def test_proposed_agreed_and_opened(
    nadia: Agent, gaelle: Agent, fil: Destinataire, communaute: Communaute
) -> None:
    where = reverse("publications:publier", args=[fil.pk])
    assert where in browser(nadia).get(fil.get_absolute_url()).content.decode()
    page = browser(nadia).get(where).content.decode()
    assert "Au-delà de 10 mètres, oui." in page and "fossé" in page
    answer = browser(nadia).post(where, {**WORDS, "communaute": communaute.pk, "nommer": "on", "depart": "0"})
    assert answer["Location"] == fil.get_absolute_url()
    assert not Sujet.objects.exists()
    assert Notification.objects.filter(destinataire=gaelle, titre__contains="propose de publier").exists()
    agreed = browser(gaelle).post(
        reverse("publications:accord", args=[fil.pk]), {"geste": "accepter", "nommer": "on", "depart": "1"}
    )
    sujet = Sujet.objects.get()
    assert agreed["Location"] == sujet.get_absolute_url() and sujet.auteur == nadia
    text = sujet.messages.get().texte
    assert text.startswith(WORDS["texte"]) and "une réponse de Gaëlle Estaque" in text
    # Both ways, each for who may follow them.
    assert sujet.get_absolute_url() in browser(gaelle).get(fil.get_absolute_url()).content.decode()
    assert fil.get_absolute_url() in browser(nadia).get(sujet.get_absolute_url()).content.decode()
    other = browser(make_agent()).get(sujet.get_absolute_url()).content.decode()
    assert "D’après une sollicitation" in other and fil.get_absolute_url() not in other
    assert browser(nadia).get(where)["Location"] == sujet.get_absolute_url()
    with pytest.raises(ActionRefusee, match="déjà publiés"):
        actions.withdraw(nadia, fil)


def test_names_are_each_one_s_choice(
    nadia: Agent, gaelle: Agent, fil: Destinataire, communaute: Communaute
) -> None:
    actions.propose(nadia, fil, communaute, **WORDS, nommer=False)
    with pytest.raises(ActionRefusee, match="signé"):
        actions.agree(gaelle, fil, nommer=False, version=1)
    sujet = actions.agree(gaelle, fil, nommer=True, version=1)
    assert sujet.auteur == gaelle
    assert "Nadia" not in sujet.messages.get().texte
    assert actions.agree(gaelle, fil, nommer=True, version=1) == sujet


def test_nobody_agrees_to_words_they_have_not_read(
    nadia: Agent, gaelle: Agent, fil: Destinataire, communaute: Communaute
) -> None:
    actions.propose(nadia, fil, communaute, **WORDS, nommer=True)
    with pytest.raises(ActionRefusee, match="votre proposition"):
        actions.agree(nadia, fil, nommer=True, version=1)
    actions.propose(nadia, fil, communaute, titre="Autre titre", texte="Autre texte.", nommer=True, version=1)
    with pytest.raises(ActionRefusee, match="modifié"):
        actions.agree(gaelle, fil, nommer=True, version=1)
    where = reverse("publications:publier", args=[fil.pk])
    late = browser(gaelle).post(where, {**WORDS, "communaute": communaute.pk, "depart": "1"})
    assert (
        late.status_code == 422
        and WORDS["texte"] in late.content.decode()
        and "Autre texte." in late.content.decode()
    )
    # Now hers, to which Nadia has to agree.
    actions.propose(gaelle, fil, communaute, **WORDS, nommer=True, version=2)
    assert actions.agree(nadia, fil, nommer=True, version=3).titre == WORDS["titre"]


def test_refused_or_taken_back(
    nadia: Agent, gaelle: Agent, fil: Destinataire, communaute: Communaute
) -> None:
    actions.propose(nadia, fil, communaute, **WORDS, nommer=True)
    actions.withdraw(gaelle, fil)
    actions.withdraw(gaelle, fil)
    assert Notification.objects.filter(destinataire=nadia, titre__contains="préfère").count() == 1
    with pytest.raises(ActionRefusee, match="retirée"):
        actions.agree(gaelle, fil, nommer=True, version=1)
    assert not Sujet.objects.exists() and not Publication.objects.exists()


def test_only_the_two_where_both_write(
    nadia: Agent, gaelle: Agent, yvon: Agent, fil: Destinataire, communaute: Communaute
) -> None:
    alone = make_communaute(nadia)
    with pytest.raises(ActionRefusee, match="tous les deux"):
        actions.propose(nadia, fil, alone, **WORDS, nommer=True)
    sollicitations.add_person(nadia, fil, yvon)
    add_member(communaute, yvon)
    assert browser(yvon).get(reverse("publications:publier", args=[fil.pk])).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.propose(yvon, fil, communaute, **WORDS, nommer=True)
    actions.propose(nadia, fil, communaute, **WORDS, nommer=True)
    communaute.adhesions.filter(agent=gaelle).delete()
    with pytest.raises(ActionRefusee, match="n’écrit plus"):
        actions.agree(gaelle, fil, nommer=True, version=1)


def test_forgotten_when_nobody_answers(nadia: Agent, fil: Destinataire, communaute: Communaute) -> None:
    actions.propose(nadia, fil, communaute, **WORDS, nommer=True)
    actions.forget_unanswered(timezone.now() + timedelta(days=59))
    assert Publication.objects.exists()
    actions.forget_unanswered(timezone.now() + timedelta(days=61))
    assert not Publication.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_agreed_and_changed_at_once(
    nadia: Agent, gaelle: Agent, fil: Destinataire, communaute: Communaute
) -> None:
    """Whatever comes first, what opens is what both agreed to."""
    actions.propose(nadia, fil, communaute, **WORDS, nommer=True)
    acts: list[Callable[[], object]] = [
        lambda: actions.agree(gaelle, fil, nommer=True, version=1),
        lambda: actions.propose(
            nadia, fil, communaute, titre="Changé", texte="Changé.", nommer=True, version=1
        ),
    ]
    assert at_once(*acts) == ["fait", "refus"]
    opened = Sujet.objects.first()
    assert opened is None or opened.titre == WORDS["titre"]
