"""Members: how one enters, leaves, animates, and what two clicks at once do."""

import threading
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes import actions
from communautes.models import Adhesion, Communaute, DemandeAdhesion, Invitation
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.factories import add_member, make_agent, make_communaute

pytestmark = pytest.mark.django_db


def browser(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def test_join_an_open_community_from_its_page_and_leave() -> None:
    communaute, agent = make_communaute(make_agent()), make_agent()
    client = browser(agent)
    assert "Rejoindre" in client.get(communaute.get_absolute_url()).content.decode()
    page = client.post(f"{communaute.get_absolute_url()}rejoindre/", follow=True).content.decode()
    assert "Bienvenue" in page
    assert EntreeJournal.objects.filter(action="communaute.join", acteur_id=agent.pk).exists()
    # A second click changes nothing.
    client.post(f"{communaute.get_absolute_url()}rejoindre/")
    communaute.refresh_from_db()
    assert communaute.nb_membres == 2
    client.post(f"{communaute.get_absolute_url()}quitter/")
    communaute.refresh_from_db()
    assert communaute.nb_membres == 1
    assert not Adhesion.objects.filter(agent=agent).exists()


@pytest.mark.parametrize("visibilite", ["sur_demande", "privee"])
def test_only_open_communities_are_joined(visibilite: str) -> None:
    communaute, agent = make_communaute(make_agent(), visibilite), make_agent()
    answer = browser(agent).post(f"{communaute.get_absolute_url()}rejoindre/")
    assert answer.status_code == (404 if visibilite == "privee" else 403)
    assert not Adhesion.objects.filter(agent=agent).exists()


def test_partners_join_nothing_by_themselves() -> None:
    partner = make_agent(partenaire=True, organisme="Université")
    with pytest.raises(PermissionDenied):
        actions.join(partner, make_communaute(make_agent()))
    with pytest.raises(PermissionDenied):
        actions.create_communaute(partner, nom="À nous", resume="Non")


def test_ask_to_join_then_be_accepted(run_jobs: Any) -> None:
    animateur, agent = make_agent(), make_agent("Lila")
    communaute = make_communaute(animateur, "sur_demande")
    client = browser(agent)
    where = communaute.get_absolute_url()
    page = client.post(f"{where}demander/", {"motif": "Même métier à Foix"}, follow=True)
    assert "Votre demande est partie" in page.content.decode()
    for motif, said in (("Encore", "déjà entre les mains"), ("a" * 1001, "1000 caractères au plus")):
        again = client.post(f"{where}demander/", {"motif": motif})
        assert again.status_code == 422
        assert said in again.content.decode()
        assert motif in again.content.decode()
    told = Notification.objects.get(destinataire=animateur)
    assert told.titre.startswith("Lila")
    assert told.extrait == "Même métier à Foix"
    run_jobs()
    assert [message.to for message in mail.outbox] == [[animateur.email]]
    demande = DemandeAdhesion.objects.get()
    browser(animateur).post(f"/communautes/demandes/{demande.pk}/", {"reponse": "accepter"})
    assert client.get(f"{where}forum/").status_code == 200
    assert "acceptée" in Notification.objects.get(destinataire=agent).titre
    late = browser(animateur).post(
        f"/communautes/demandes/{demande.pk}/", {"reponse": "refuser"}, follow=True
    )
    assert "déjà reçu une réponse" in late.content.decode()
    assert Adhesion.objects.filter(agent=agent).exists()


def test_only_animateurs_answer_requests() -> None:
    communaute = make_communaute(make_agent(), "sur_demande")
    member = add_member(communaute, make_agent()).agent
    demande = actions.request_membership(make_agent(), communaute, "")
    assert browser(member).post(f"/communautes/demandes/{demande.pk}/").status_code == 404
    with pytest.raises(PermissionDenied):
        actions.answer_request(member, demande, accepter=True)


def test_invite_and_accept() -> None:
    animateur, guest = make_agent(), make_agent("Zoé")
    communaute = make_communaute(animateur, "privee")
    assert browser(guest).get(communaute.get_absolute_url()).status_code == 404
    client = browser(animateur)
    where = f"{communaute.get_absolute_url()}inviter/"
    client.post(where, {"identifiant": f"@{guest.identifiant.upper()}"})
    invitation = Invitation.objects.get()
    page = browser(guest).get("/").content.decode()
    assert "vous invite dans" in page
    assert browser(guest).get(communaute.get_absolute_url()).status_code == 200
    browser(guest).post(f"/communautes/invitations/{invitation.pk}/", {"reponse": "accepter"})
    assert browser(guest).get(f"{communaute.get_absolute_url()}forum/").status_code == 200
    # Somebody else's invitation does not exist.
    assert browser(animateur).post(f"/communautes/invitations/{invitation.pk}/").status_code == 404
    again = client.post(where, {"identifiant": guest.identifiant})
    assert again.status_code == 422
    assert "Cette personne est déjà membre." in again.content.decode()


def test_inviting_nobody_is_told_beside_the_field_and_keeps_it() -> None:
    animateur = make_agent()
    communaute = make_communaute(animateur)
    answer = browser(animateur).post(
        f"{communaute.get_absolute_url()}inviter/", {"identifiant": "jean-dupond"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Personne ne porte cet identifiant" in text
    assert 'value="jean-dupond"' in text


def test_partners_are_invited_into_labs_only() -> None:
    animateur, partner = make_agent(), make_agent(partenaire=True, organisme="Université")
    with pytest.raises(ActionRefusee, match="laboratoires"):
        actions.invite(animateur, make_communaute(animateur), partner)
    actions.invite(animateur, make_communaute(animateur, genre=Communaute.Genre.LABORATOIRE), partner)


def test_the_last_animateur_stays() -> None:
    animateur = make_agent()
    communaute = make_communaute(animateur)
    member = add_member(communaute, make_agent()).agent
    page = browser(animateur).post(f"{communaute.get_absolute_url()}quitter/", follow=True).content.decode()
    assert "au moins une personne pour l’animer" in page
    with pytest.raises(ActionRefusee):
        actions.set_role(animateur, communaute, animateur, "membre")
    actions.set_role(animateur, communaute, member, "animateur")
    actions.leave(animateur, communaute)
    assert Adhesion.objects.get(communaute=communaute).agent == member


def test_members_do_not_exclude_nor_promote() -> None:
    animateur = make_agent()
    communaute = make_communaute(animateur)
    member, other = (add_member(communaute, make_agent()).agent for _ in range(2))
    with pytest.raises(PermissionDenied):
        actions.exclude_member(member, communaute, other)
    with pytest.raises(PermissionDenied):
        actions.set_role(member, communaute, member, "animateur")
    browser(animateur).post(f"{communaute.get_absolute_url()}exclure/", {"identifiant": other.identifiant})
    assert not Adhesion.objects.filter(agent=other).exists()


def test_opening_a_community_keeps_what_was_typed() -> None:
    agent = make_agent()
    taken = make_communaute(make_agent())
    answer = browser(agent).post(
        "/communautes/creer/",
        {
            "nom": taken.nom,
            "resume": "Entre instructrices",
            "genre": "communaute",
            "visibilite": "ouverte",
            "couleur": "purple-glycine",
            "presentation": "Un texte de présentation",
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Une communauté porte déjà ce nom" in text
    assert "Un texte de présentation" in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["join", "leave"])
def test_at_the_same_moment(what: str) -> None:
    """Ten clicks on « Rejoindre » make one member; two last animateurs who leave leave one behind."""
    animateur, agent = make_agent(), make_agent()
    communaute = make_communaute(animateur)
    if what == "join":
        calls = [lambda: actions.join(agent, communaute)] * 6
    else:
        add_member(communaute, agent)
        actions.set_role(animateur, communaute, agent, "animateur")
        calls = [lambda: actions.leave(animateur, communaute), lambda: actions.leave(agent, communaute)]
    together(calls)
    rows = Adhesion.objects.filter(communaute=communaute)
    communaute.refresh_from_db()
    if what == "join":
        assert (rows.count(), communaute.nb_membres) == (2, 2)
    else:
        assert rows.filter(role="animateur").count() == 1


def together(calls: list[Any]) -> None:
    """Run the calls each in a thread, all let go at once; what they refuse is theirs."""
    gate = threading.Barrier(len(calls))

    def run(call: Any) -> None:
        gate.wait()
        try:
            call()
        except ActionRefusee:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
