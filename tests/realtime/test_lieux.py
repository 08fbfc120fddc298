"""Salons as places: of a community, of some of its members, of a few agents, of two; who is in them, and who is not."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import visible
from communautes.actions import create_communaute, exclude_member, join
from communautes.models import Adhesion, Communaute
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from realtime import lieux
from realtime.access import get_salon, member_salons
from realtime.actions import mark_salon_read, send_message, tell_of_salon_message
from realtime.historique import frames_after
from realtime.models import MembreSalon, Salon, SourdineSalon
from realtime.presentation import my_salons
from tests.realtime.conftest import Monde, in_thread, make_agent, make_session, say

TWO_SECONDS = 2.0


@pytest.fixture
def camille(db: None) -> Agent:
    return make_agent("Camille")


@pytest.fixture
def noe(db: None) -> Agent:
    return make_agent("Noé")


@pytest.fixture
def zoe(db: None) -> Agent:
    return make_agent("Zoé")


@pytest.fixture
def communaute(camille: Agent, noe: Agent) -> Communaute:
    communaute = create_communaute(camille, nom="Gestion de crise", resume="Entre préfectures")
    join(noe, communaute)
    return communaute


@pytest.fixture
def browser_of(settings: Any) -> Callable[[Agent], Client]:
    def open_browser(agent: Agent) -> Client:
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = make_session(agent)
        return browser

    return open_browser


def told(agent: Agent) -> list[str]:
    return list(
        Notification.objects.filter(destinataire=agent).order_by("pk").values_list("titre", flat=True)
    )


# --- Of a community ------------------------------------------------------------------------------


def test_animateurs_open_more_salons_to_all(communaute: Communaute, camille: Agent, noe: Agent):
    salon = lieux.open_community_salon(camille, communaute, "  Crues   et tempêtes ")
    assert salon.nom == "Crues et tempêtes"
    assert set(member_salons(noe)) == {communaute.salons.get(nom="Général"), salon}
    with pytest.raises(ActionRefusee) as refused:
        lieux.open_community_salon(camille, communaute, "Crues et tempêtes")
    assert refused.value.champ == "nom"
    with pytest.raises(PermissionDenied):
        lieux.open_community_salon(noe, communaute, "Autre")
    assert EntreeJournal.objects.filter(action="salon.open", objet_id=salon.pk).exists()


def test_archived_is_read_and_no_more_written(communaute: Communaute, camille: Agent, noe: Agent):
    salon = lieux.open_community_salon(camille, communaute, "Crues")
    say(salon, noe, "Avant")
    with pytest.raises(PermissionDenied):
        lieux.archive_salon(noe, salon)
    lieux.archive_salon(camille, salon)
    salon.refresh_from_db()
    assert get_salon(noe, salon.pk) == salon
    with pytest.raises(ActionRefusee, match="archivé"):
        say(salon, noe, "Après")
    assert salon not in my_salons(noe)
    assert my_salons(noe, archives=True) == [salon]
    lieux.reopen_salon(camille, salon)
    salon.refresh_from_db()
    say(salon, noe, "De nouveau")


# --- Of some members -----------------------------------------------------------------------------


def test_restricted_does_not_exist_for_others(
    communaute: Communaute, camille: Agent, noe: Agent, zoe: Agent, browser_of: Any
):
    lea = make_agent("Léa")
    for agent in (zoe, lea):
        join(agent, communaute)
    # Opened by an ordinary member; the animatrice herself does not see it.
    salon = lieux.open_restricted_salon(noe, communaute, "Cellule", [zoe])
    assert salon in member_salons(zoe)
    for outsider in (camille, lea):
        with pytest.raises(Http404):
            get_salon(outsider, salon.pk)
        browser = browser_of(outsider)
        for address in (salon.get_absolute_url(), reverse("realtime:reglages", args=[salon.pk])):
            assert browser.get(address).status_code == 404
        for name in ("renommer", "archiver", "ajouter-personnes", "retirer-personne", "quitter", "sourdine"):
            assert browser.post(reverse(f"realtime:{name}", args=[salon.pk]), {}).status_code == 404
        assert "Cellule" not in browser.get(reverse("realtime:salons")).content.decode()
    with pytest.raises(Http404):
        say(salon, camille, "Et moi ?")
    # The same name does not betray it.
    assert lieux.open_community_salon(camille, communaute, "Cellule")
    assert told(zoe) == [
        "Noé Martin vous ajoute au salon « Cellule » de « Gestion de crise »".replace(
            "« ", "«\u00a0"
        ).replace(" »", "\u00a0»")
    ]
    assert communaute.salons.public().filter(pk=salon.pk).count() == 0


def test_only_members_of_the_community_enter_it(communaute: Communaute, noe: Agent, zoe: Agent):
    with pytest.raises(ActionRefusee, match="Zoé"):
        lieux.open_restricted_salon(noe, communaute, "Cellule", [zoe])
    assert not Salon.objects.filter(nom="Cellule").exists()


def test_who_leaves_the_community_leaves_its_salons(communaute: Communaute, camille: Agent, noe: Agent):
    salon = lieux.open_restricted_salon(camille, communaute, "Cellule", [noe])
    group = lieux.open_group(camille, [noe])
    Adhesion.objects.filter(agent=noe, communaute=communaute).delete()
    assert not MembreSalon.objects.filter(salon=salon, agent=noe).exists()
    assert MembreSalon.objects.filter(salon=group, agent=noe).exists()
    join(noe, communaute)
    with pytest.raises(Http404):
        get_salon(noe, salon.pk)


def test_somebody_always_manages(communaute: Communaute, camille: Agent, noe: Agent, zoe: Agent):
    join(zoe, communaute)
    salon = lieux.open_restricted_salon(noe, communaute, "Cellule", [zoe])
    with pytest.raises(PermissionDenied):
        lieux.rename_salon(zoe, salon, "Autre")
    lieux.leave_salon(noe, salon)
    lieux.leave_salon(noe, salon)
    assert lieux.rename_salon(zoe, salon, "Autre").nom == "Autre"
    lieux.add_members(zoe, salon, [camille, noe])
    # An animatrice who is in it manages it too.
    lieux.remove_member(camille, salon, zoe)
    with pytest.raises(Http404):
        get_salon(zoe, salon.pk)


# --- Of a few agents, of two ---------------------------------------------------------------------


def test_group_with_history_from_arrival(camille: Agent, noe: Agent, zoe: Agent, browser_of: Any):
    group = lieux.open_group(camille, [noe], historique_entier=False)
    assert group.nom == "Camille et Noé"
    say(group, camille, "Entre nous deux")
    lieux.add_members(camille, group, [zoe])
    group.refresh_from_db()
    assert [salon.non_lus for salon in my_salons(zoe)] == [0]
    assert my_salons(zoe)[0].derniere is None
    say(group, noe, "Bienvenue")
    assert [frame["numero"] for frame in frames_after(zoe, group.pk, 0)[0]] == [2]
    assert [frame["numero"] for frame in frames_after(noe, group.pk, 0)[0]] == [1, 2]
    for address in (
        group.get_absolute_url(),
        f"{group.get_absolute_url()}?avant=2",
        reverse("realtime:messages", args=[group.pk]),
    ):
        page = browser_of(zoe).get(address).content.decode()
        assert "Entre nous deux" not in page, address
    assert "Bienvenue" in browser_of(zoe).get(group.get_absolute_url()).content.decode()


def test_partners_keep_to_their_communities(communaute: Communaute, camille: Agent, browser_of: Any):
    partner = make_agent("Part", partenaire=True)
    Adhesion.objects.create(communaute=communaute, agent=partner)
    with pytest.raises(ActionRefusee, match="Part"):
        lieux.open_group(camille, [partner])
    with pytest.raises(ActionRefusee):
        lieux.open_direct(camille, partner)
    for opening in (
        lambda: lieux.open_group(partner, [camille]),
        lambda: lieux.open_direct(partner, camille),
    ):
        with pytest.raises(PermissionDenied):
            opening()
    browser = browser_of(partner)
    assert browser.get(reverse("realtime:ouvrir-groupe")).status_code == 403
    assert browser.post(reverse("realtime:ecrire", args=[camille.identifiant])).status_code == 403
    salon = lieux.open_restricted_salon(camille, communaute, "Cellule", [partner])
    say(salon, partner, "Je suis là")
    # Somebody who becomes a partner leaves what is between agents.
    other = make_agent("Autre")
    group = lieux.open_group(camille, [other])
    Agent.objects.filter(pk=other.pk).update(partenaire=True)
    other.refresh_from_db()
    with pytest.raises(Http404):
        get_salon(other, group.pk)
    with pytest.raises(Http404):
        say(group, other, "Encore là")


def test_two_people_have_one_salon(camille: Agent, noe: Agent, zoe: Agent, browser_of: Any):
    salon = lieux.open_direct(camille, noe)
    assert lieux.open_direct(noe, camille) == salon
    assert my_salons(noe) == []
    say(salon, camille, "Bonjour")
    assert [one.titre for one in my_salons(noe)] == ["Camille Martin"]
    assert [one.titre for one in my_salons(camille)] == ["Noé Martin"]
    with pytest.raises(Http404):
        get_salon(zoe, salon.pk)
    with pytest.raises(ActionRefusee):
        lieux.open_direct(camille, camille)
    for action in (
        lambda: lieux.rename_salon(camille, salon, "Nom"),
        lambda: lieux.add_members(camille, salon, [zoe]),
        lambda: lieux.remove_member(camille, salon, noe),
    ):
        with pytest.raises(PermissionDenied):
            action()
    with pytest.raises(ActionRefusee, match="sourdine"):
        lieux.leave_salon(camille, salon)
    with pytest.raises(IntegrityError), transaction.atomic():
        Salon.objects.create(genre=Salon.Genre.DIRECT, paire=salon.paire)
    answer = browser_of(noe).post(reverse("realtime:ecrire", args=[camille.identifiant]))
    assert answer.url == salon.get_absolute_url()
    page = browser_of(noe).get(salon.get_absolute_url()).content.decode()
    assert "Conversation avec Camille Martin" in page


@pytest.mark.django_db(transaction=True)
def test_opened_twice_at_once_is_one(monde: Monde):
    found: list[int] = []
    together = threading.Barrier(2)

    def open_one(auteur: Agent, autre: Agent) -> None:
        try:
            together.wait()
            found.append(lieux.open_direct(auteur, autre).pk)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=open_one, args=pair)
        for pair in ((monde.camille, monde.noe), (monde.noe, monde.camille))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert MembreSalon.objects.filter(salon=found[0]).count() == 2


# --- Being told ----------------------------------------------------------------------------------


def test_private_messages_are_told_to_who_has_not_read_them(camille: Agent, noe: Agent, zoe: Agent):
    group = lieux.open_group(camille, [noe, zoe], "Astreinte")
    Notification.objects.all().delete()
    mark_salon_read(zoe, group, 5)
    message = say(group, camille, "La digue tient")
    mark_salon_read(zoe, group, 1)
    for _ in range(2):
        tell_of_salon_message(message)
    (row,) = Notification.objects.all()
    assert (row.destinataire, row.genre, row.fil) == (noe, Notification.Genre.PRIVE, f"salon.{group.pk}")
    assert row.courriel_prevu_le is not None
    assert "La digue tient" in row.extrait
    assert visible(noe, [row]) == [row]
    mark_salon_read(noe, group, 1)
    row.refresh_from_db()
    assert row.lue_le is not None
    lieux.remove_member(camille, group, noe)
    assert visible(noe, [row]) == []


def test_silence(camille: Agent, noe: Agent, communaute: Communaute, browser_of: Any):
    direct = lieux.open_direct(camille, noe)
    browser = browser_of(noe)
    address = reverse("realtime:sourdine", args=[direct.pk])
    assert browser.post(address, {"sourdine": "oui"}).status_code == 302
    tell_of_salon_message(say(direct, camille, "Tu es là ?"))
    assert told(noe) == []
    browser.post(address, {"sourdine": "non"})
    assert not SourdineSalon.objects.exists()
    # Cited in a salon that sleeps: found on the site, and nothing comes looking for them.
    salon = communaute.salons.get()
    lieux.set_silence(noe, salon, True)
    tell_of_salon_message(say(salon, camille, f"@{noe.identifiant} regardez"))
    (row,) = Notification.objects.filter(destinataire=noe)
    assert row.courriel_prevu_le is None


# --- Live ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["removed", "left", "community", "sql"])
async def test_removal_cuts_the_live_channel(monde: Monde, tab: Any, how: str):
    salon = await in_thread(lieux.open_restricted_salon)(
        monde.camille, monde.communaute, "Cellule", [monde.noe]
    )
    noe = await tab(monde.noe)
    await noe.subscribe(f"salon.{salon.pk}")

    def by_hand() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM realtime_membresalon WHERE agent_id = %s", [monde.noe.pk])

    remove: Callable[[], Any] = {
        "removed": lambda: lieux.remove_member(monde.camille, salon, monde.noe),
        "left": lambda: lieux.leave_salon(monde.noe, salon),
        "community": lambda: exclude_member(monde.camille, monde.communaute, monde.noe),
        "sql": by_hand,
    }[how]
    async with asyncio.timeout(TWO_SECONDS):
        await in_thread(remove)()
        assert (await noe.hear("ferme"))["canal"] == f"salon.{salon.pk}"
    await in_thread(say)(salon, monde.camille, "Entre nous")
    assert "Entre nous" not in str(await noe.hear_all())
    await noe.say(type="dire", salon=salon.pk, texte="Encore moi", client_id=str(uuid4()))
    assert (await noe.hear("erreur"))["code"] == "introuvable"


async def test_catch_up_tells_how_far_it_reaches(monde: Monde, tab: Any):
    group = await in_thread(lieux.open_group)(monde.camille, [monde.noe], historique_entier=False)
    for text in ("Un", "Deux"):
        await in_thread(say)(group, monde.camille, text)
    await in_thread(lieux.add_members)(monde.camille, group, [monde.zoe])
    zoe = await tab(monde.zoe)
    await zoe.subscribe(f"salon.{group.pk}", apres=0)
    caught = await zoe.hear("rattrapage")
    assert (caught["messages"], caught["suite"], caught["jusqu_a"]) == ([], False, 2)
    await in_thread(lieux.rename_salon)(monde.camille, group, "Astreinte")
    assert (await zoe.hear("salon.change"))["nom"] == "Astreinte"


# --- Pages ---------------------------------------------------------------------------------------


def test_open_from_pages(communaute: Communaute, camille: Agent, noe: Agent, zoe: Agent, browser_of: Any):
    browser, opening = browser_of(camille), reverse("realtime:ouvrir", args=[communaute.slug])
    assert "Tous les membres" in browser.get(opening).content.decode()
    assert "Tous les membres de la" not in browser_of(noe).get(opening).content.decode()
    assert browser.post(opening, {"nom": "Crues", "pour": "tous"}).status_code == 302
    refused = browser.post(opening, {"nom": "Crues", "pour": "tous"})
    assert refused.status_code == 422
    assert "porte déjà ce nom" in refused.content.decode()
    refused = browser.post(opening, {"nom": "Cellule", "pour": "quelques", "personnes": "Zoé Martin"})
    assert refused.status_code == 422
    assert "Cellule" in refused.content.decode()
    ok = browser.post(opening, {"nom": "Cellule", "pour": "quelques", "personnes": f"@{noe.identifiant}"})
    assert ok.url == Salon.objects.get(nom="Cellule").get_absolute_url()
    group = browser.post(
        reverse("realtime:ouvrir-groupe"),
        {"personnes": f"{noe.identifiant}\n{zoe.identifiant}", "historique": "arrivee"},
    )
    salon = Salon.objects.get(genre=Salon.Genre.GROUPE)
    assert (group.url, salon.nom, salon.historique_entier) == (
        salon.get_absolute_url(),
        "Camille, Noé et Zoé",
        False,
    )
    settings_page = browser.get(reverse("realtime:reglages", args=[salon.pk])).content.decode()
    assert "après leur arrivée" in settings_page
    browser.post(reverse("realtime:retirer-personne", args=[salon.pk]), {"identifiant": zoe.identifiant})
    browser.post(reverse("realtime:renommer", args=[salon.pk]), {"nom": "Duo"})
    browser.post(reverse("realtime:archiver", args=[salon.pk]), {"etat": "archive"})
    assert "archivé" in browser_of(noe).get(salon.get_absolute_url()).content.decode()
    refused = browser.post(
        reverse("realtime:dire", args=[salon.pk]), {"texte": "Mot", "client_id": str(uuid4())}
    )
    assert "Mot" in refused.content.decode()
    salon.refresh_from_db()
    assert salon.nom == "Duo"
    assert MembreSalon.objects.filter(salon=salon).count() == 2
    found = browser_of(noe).get(reverse("realtime:salons"), {"q": "cellul"}).content.decode()
    assert "Cellule" in found
    assert "Crues" not in found


def test_a_salon_is_found_by_who_is_in_it(camille: Agent, noe: Agent, zoe: Agent):
    for other in (noe, zoe):
        say(lieux.open_direct(camille, other), camille, "Bonjour")
    assert [salon.titre for salon in my_salons(camille, "noe mar")] == ["Noé Martin"]


def test_number_of_queries(
    communaute: Communaute, camille: Agent, noe: Agent, browser_of: Any, django_assert_max_num_queries: Any
):
    browser = browser_of(camille)
    groups = []
    for number in range(6):
        other = make_agent(f"Agent{number}")
        say(lieux.open_direct(camille, other), other, "Bonjour")
        groups.append(lieux.open_group(camille, [noe, other]))
        say(groups[-1], other, "Bonjour")
    for address in (
        reverse("realtime:salons"),
        groups[0].get_absolute_url(),
        reverse("realtime:reglages", args=[groups[0].pk]),
        reverse("realtime:ouvrir", args=[communaute.slug]),
        reverse("realtime:ouvrir-groupe"),
        reverse("accueil"),
    ):
        with django_assert_max_num_queries(26):
            assert browser.get(address).status_code == 200, address


def test_send_message_is_for_those_who_are_in(camille: Agent, noe: Agent, zoe: Agent):
    group = lieux.open_group(camille, [noe])
    with pytest.raises(Http404):
        send_message(zoe, group, "Coucou", uuid4())
