"""A line of a salon becomes a sujet, a decision or a task, and each leads to the other."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.actions import create_communaute, exclude_member, join
from communautes.models import Adhesion, Communaute
from communautes.suites.actions import cancel_decision, confirm_decision, set_task_state
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import origins_of_decisions, origins_of_taches
from forum.actions import hide_sujet, merge_sujets, move_sujet, open_sujet, rename_sujet
from forum.models import Sujet
from forum.origines import origin_of_sujet
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from realtime import lieux
from realtime.access import get_line
from realtime.conservation import remove_expired
from realtime.devenirs.actions import DejaDevenu, make_decision, make_sujet, make_task
from realtime.devenirs.models import DevenirLigne
from realtime.etats import Devenir, states_of
from realtime.historique import changes_since
from realtime.lignes import delete_line, edit_line, restore_line
from realtime.models import MessageSalon, Salon
from tests.communautes.test_adhesions import together
from tests.factories import browser
from tests.realtime.conftest import Monde, in_thread, make_agent, say

MOTS = "On retient le deuxième mardi pour la visite"


def line(agent: Agent, salon: Salon, numero: int = 1) -> MessageSalon:
    return get_line(agent, salon.pk, numero)


def marks(agent: Agent, salon: Salon, numero: int = 1) -> list[Devenir]:
    row = line(agent, salon, numero)
    etat = states_of([row], agent).get(row.pk)
    return etat.devenirs if etat is not None else []


def words(agent: Agent, salon: Salon, numero: int = 1) -> list[str]:
    return [mark.texte for mark in marks(agent, salon, numero)]


def sujet_of(agent: Agent, salon: Salon, numero: int = 1, **fields: Any) -> Sujet:
    fields = {"titre": "La visite du deuxième mardi", "texte": "À vos agendas.", **fields}
    communaute = fields.pop("communaute", None) or salon.communaute
    return make_sujet(agent, line(agent, salon, numero), communaute, **fields)


@pytest.fixture
def group(monde: Monde) -> Salon:
    """Camille and Noé, of no community."""
    return lieux.open_group(monde.camille, [monde.noe], "Astreinte")


@pytest.fixture
def few(monde: Monde) -> Salon:
    """Camille, Noé and nobody else of their community."""
    return lieux.open_restricted_salon(monde.camille, monde.communaute, "Bureau", [monde.noe])


# --- A sujet -------------------------------------------------------------------------------------


def test_a_sujet_quotes_the_lines_that_are_ticked(monde: Monde):
    say(monde.salon, monde.camille, "Quand y va-t-on ?")
    said = say(monde.salon, monde.noe, f"{MOTS}\n\nMatin.")
    say(monde.salon, monde.camille, "Sans moi")
    sujet = sujet_of(monde.camille, monde.salon, 2, cites=[2, 1])
    text = sujet.messages.get(numero=1).texte
    assert text.startswith("À vos agendas.\n\n@camille-martin, le ")
    assert f"@noe-martin, le {timezone.localtime(said.cree_le).day} " in text
    assert f"(heure de Paris) :\n\n> {MOTS}\n>\n> Matin." in text
    assert "Sans moi" not in text
    assert sujet.origine == "salon"
    assert words(monde.noe, monde.salon, 2) == ["sujet «\u00a0La visite du deuxième mardi\u00a0»"]
    assert words(monde.noe, monde.salon, 1) == []
    assert EntreeJournal.objects.filter(action="line.lead_to").count() == 1
    lien = origin_of_sujet(monde.noe, sujet)
    assert lien is not None
    assert lien.libelle.startswith("D’après un message de Noé Martin dans le salon «\u00a0")
    assert lien.url == line(monde.noe, monde.salon, 2).get_absolute_url()
    # Zoé reads the community, which is open, and not its salon.
    assert origin_of_sujet(monde.zoe, sujet) == ("D’après un message d’un salon", "")


def test_its_title_its_place_and_its_end_show_on_the_line(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    sujet = sujet_of(monde.noe, monde.salon)
    before = Salon.objects.get(pk=monde.salon.pk).revision
    rename_sujet(monde.noe, sujet, "La visite du troisième mardi")
    assert words(monde.camille, monde.salon) == ["sujet «\u00a0La visite du troisième mardi\u00a0»"]
    hide_sujet(monde.camille, sujet, motif="Doublon")
    assert words(monde.camille, monde.salon) == []
    assert Salon.objects.get(pk=monde.salon.pk).revision == before + 2


def test_a_merged_sujet_leads_to_the_other(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    sujet = sujet_of(monde.noe, monde.salon)
    other = open_sujet(monde.noe, monde.communaute, titre="Toutes les visites", texte="Voilà.")
    merge_sujets(monde.camille, sujet, other)
    assert [mark.url for mark in marks(monde.noe, monde.salon)] == [other.get_absolute_url()]


def test_a_sujet_moved_away_shows_to_those_who_read_it_there(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    sujet = sujet_of(monde.noe, monde.salon)
    away = create_communaute(
        monde.camille, nom="Cellule", resume="Fermée", visibilite=Communaute.Visibilite.PRIVEE
    )
    move_sujet(monde.camille, sujet, away)
    assert words(monde.noe, monde.salon) == []
    assert len(words(monde.camille, monde.salon)) == 1
    # What not all may know of is not for the frame that all get.
    row = line(monde.camille, monde.salon)
    etat = states_of([row])[row.pk]
    assert (etat.devenirs, etat.reserve) == ([], True)


@pytest.mark.parametrize("cites", [[3], [99], list(range(1, 40))])
def test_only_lines_that_are_there_are_quoted(monde: Monde, cites: list[int]):
    for text in (MOTS, "Oui", "Non"):
        say(monde.salon, monde.noe, text)
    delete_line(monde.noe, line(monde.noe, monde.salon, 3))
    with pytest.raises(ActionRefusee) as refused:
        sujet_of(monde.noe, monde.salon, cites=cites)
    assert refused.value.champ == "cites"
    assert not Sujet.objects.exists()


def test_nobody_s_words_leave_a_salon_of_named_people_but_their_own(monde: Monde, few: Salon):
    say(few, monde.camille, MOTS)
    say(few, monde.noe, "D’accord")
    with pytest.raises(PermissionDenied):
        sujet_of(monde.noe, few, 1)
    with pytest.raises(ActionRefusee):
        sujet_of(monde.noe, few, 2, cites=[1])
    sujet = sujet_of(monde.noe, few, 2, cites=[2])
    assert MOTS not in sujet.messages.get().texte
    join(monde.zoe, monde.communaute)
    assert origin_of_sujet(monde.zoe, sujet) == ("D’après un message d’un salon", "")
    client = browser(monde.noe)
    assert client.get(f"{few.get_absolute_url()}messages/1/sujet/").status_code == 403
    page = client.get(f"{few.get_absolute_url()}messages/2/sujet/").content.decode()
    assert "réservé aux personnes qui y sont" in page
    assert MOTS not in page
    # The register is read by the whole community: another's words are shown beside, not proposed.
    page = client.get(f"{few.get_absolute_url()}messages/1/decision/")
    assert page.context["form"]["texte"].value() == ""
    assert MOTS in page.content.decode()


def test_words_leave_a_private_salon_knowingly(monde: Monde, group: Salon):
    say(group, monde.noe, MOTS)
    client, address = browser(monde.noe), f"{group.get_absolute_url()}messages/1/sujet/"
    page = client.get(address)
    assert [str(place) for place in page.context["form"].fields["communaute"].queryset] == [
        "Gestion de crise"
    ]
    posted = {
        "communaute": monde.communaute.pk,
        "genre": "discussion",
        "titre": "La visite du mardi",
        "texte": MOTS,
    }
    refused = client.post(address, posted)
    assert refused.status_code == 422
    assert "cochez cette case" in refused.content.decode()
    assert not Sujet.objects.exists()
    opened = client.post(address, {**posted, "accord": "on"})
    sujet = Sujet.objects.get()
    assert opened["Location"] == sujet.get_absolute_url()
    assert words(monde.camille, group) == ["sujet «\u00a0La visite du mardi\u00a0»"]
    # Somewhere one does not write.
    private = monde.private().communaute
    with pytest.raises(ActionRefusee):
        sujet_of(monde.noe, group, communaute=private)


def test_without_a_place_to_write_the_page_says_so(monde: Monde):
    direct = lieux.open_direct(monde.zoe, monde.noe)
    say(direct, monde.zoe, MOTS)
    page = browser(monde.zoe).get(f"{direct.get_absolute_url()}messages/1/sujet/")
    assert "rejoignez-en une" in page.content.decode()


# --- A decision, a task --------------------------------------------------------------------------


def test_a_decision_is_numbered_and_its_state_follows(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    decision = make_decision(monde.noe, line(monde.noe, monde.salon), MOTS)
    assert isinstance(decision, Decision)
    assert words(monde.camille, monde.salon) == ["décision proposée"]
    confirm_decision(monde.camille, decision)
    decision.refresh_from_db()
    assert words(monde.noe, monde.salon) == [f"décision n°\u00a0{decision.reference}"]
    cancel_decision(monde.camille, decision, motif="Erreur de date")
    assert words(monde.noe, monde.salon) == [f"décision n°\u00a0{decision.reference} (annulée)"]
    lien = origins_of_decisions(monde.noe, [decision.pk])[decision.pk]
    assert lien.libelle.startswith("D’après un message de Noé Martin")
    assert origins_of_decisions(monde.zoe, [decision.pk])[decision.pk].url == ""


def test_who_animates_confirms_at_once_and_nobody_else(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    proposed = make_decision(monde.noe, line(monde.noe, monde.salon), MOTS, confirmer=True)
    confirmed = make_decision(monde.camille, line(monde.camille, monde.salon), f"{MOTS} !", confirmer=True)
    assert (proposed.etat, confirmed.etat) == ("proposee", "confirmee")


def test_a_task_says_where_it_is(monde: Monde):
    say(monde.salon, monde.noe, "Appeler la mairie")
    tache = make_task(
        monde.camille, line(monde.camille, monde.salon), "Appeler la mairie", responsable=monde.noe
    )
    assert isinstance(tache, Tache)
    assert words(monde.noe, monde.salon) == ["tâche «\u00a0Appeler la mairie\u00a0» (à faire)"]
    set_task_state(monde.noe, tache, Tache.Etat.FAITE)
    assert words(monde.noe, monde.salon) == ["tâche «\u00a0Appeler la mairie\u00a0» (faite)"]
    assert "dans le salon" in origins_of_taches(monde.noe, [tache.pk])[tache.pk].libelle


def test_a_task_between_agents_is_theirs_alone(monde: Monde, group: Salon):
    lieux.add_members(monde.camille, group, [monde.zoe])
    say(group, monde.noe, "Appeler la mairie")
    tache = make_task(monde.camille, line(monde.camille, group), "Appeler la mairie", responsable=monde.noe)
    assert tache.communaute is None
    assert len(words(monde.noe, group)) == len(words(monde.camille, group)) == 1
    # Zoé is in the salon: the task is none of hers.
    assert words(monde.zoe, group) == []
    outside = make_agent("Yann")
    with pytest.raises(ActionRefusee) as refused:
        make_task(monde.camille, line(monde.camille, group), "Autre chose", responsable=outside)
    assert refused.value.champ == "responsable"
    client = browser(monde.noe)
    posted = {"libelle": "Rappeler la mairie", "responsable": monde.camille.pk, "depart": "0"}
    # Camille's was made since « 0 »: Noé may read it, and is told.
    told = client.post(f"{group.get_absolute_url()}messages/1/tache/", posted)
    assert told.status_code == 422
    assert "Quelqu’un vient de le faire" in told.content.decode()
    assert "tâche «\u00a0Appeler la mairie\u00a0» (à faire)" in told.content.decode()
    again = {**posted, "depart": told.context["form"]["depart"].value()}
    assert client.post(f"{group.get_absolute_url()}messages/1/tache/", again).status_code == 302
    assert Tache.objects.filter(responsable=monde.camille).count() == 1


# --- Whoever may not, twice at once, what goes away ----------------------------------------------


def test_those_who_may_not_write_make_nothing(monde: Monde, few: Salon):
    say(monde.salon, monde.camille, MOTS)
    say(few, monde.camille, MOTS)
    here, there = line(monde.noe, monde.salon), line(monde.noe, few)
    exclude_member(monde.camille, monde.communaute, monde.noe)
    for reached in (here, there):
        for make in (
            lambda row: make_sujet(
                monde.noe, row, monde.communaute, titre="Un titre assez long", texte="Voilà"
            ),
            lambda row: make_decision(monde.noe, row, MOTS),
            lambda row: make_task(monde.noe, row, "Appeler la mairie"),
        ):
            with pytest.raises((PermissionDenied, Http404)):
                make(reached)
    assert not DevenirLigne.objects.exists()
    for kind in ("sujet", "decision", "tache"):
        assert browser(monde.zoe).get(f"{few.get_absolute_url()}messages/1/{kind}/").status_code == 404


def test_nothing_is_made_in_an_archived_salon_nor_of_a_deleted_line(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    reached = line(monde.noe, monde.salon)
    delete_line(monde.noe, reached)
    with pytest.raises(Http404):
        make_task(monde.noe, reached, "Appeler la mairie")
    restore_line(monde.noe, reached)
    lieux.archive_salon(monde.camille, monde.salon)
    with pytest.raises(ActionRefusee, match="archivé"):
        make_task(monde.noe, reached, "Appeler la mairie")
    assert not Tache.objects.exists()


def test_the_same_sent_twice_at_once_is_made_once(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    rows = [line(monde.noe, monde.salon) for _ in range(4)]
    together([lambda row=row: make_decision(monde.noe, row, MOTS, vus=0) for row in rows])
    together([lambda row=row: make_task(monde.noe, row, "Appeler la mairie", vus=0) for row in rows])
    fields = {"titre": "La visite du deuxième mardi", "texte": "Voilà.", "vus": 0}
    together([lambda row=row: make_sujet(monde.noe, row, monde.communaute, **fields) for row in rows])
    assert sorted(DevenirLigne.objects.values_list("genre", flat=True)) == ["decision", "sujet", "tache"]
    assert (Decision.objects.count(), Tache.objects.count(), Sujet.objects.count()) == (1, 1, 1)


def test_of_two_people_at_once_the_second_is_told_of_the_first(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    told: list[Agent] = []

    def make(agent: Agent) -> None:
        row = line(agent, monde.salon)
        try:
            make_sujet(
                agent, row, monde.communaute, titre=f"La visite, par {agent.prenom}", texte="Voilà.", vus=0
            )
        except DejaDevenu:
            told.append(agent)

    together([lambda: make(monde.noe), lambda: make(monde.camille)])
    assert (Sujet.objects.count(), DevenirLigne.objects.count(), len(told)) == (1, 1, 1)
    # A decision is another thing: nobody need be told of the sujet.
    make_decision(monde.noe, line(monde.noe, monde.salon), MOTS, vus=0)


def test_links_outlive_edits_deletion_and_retention(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    sujet = sujet_of(monde.noe, monde.salon)
    edit_line(monde.noe, line(monde.noe, monde.salon), "Autre chose")
    lieux.rename_salon(monde.camille, monde.salon, "Coulisses")
    assert len(words(monde.camille, monde.salon)) == 1
    delete_line(monde.noe, line(monde.noe, monde.salon))
    assert words(monde.camille, monde.salon) == []
    lien = origin_of_sujet(monde.camille, sujet)
    assert lien is not None
    assert lien.libelle == "D’après un message dans le salon «\u00a0Coulisses\u00a0», supprimé depuis"
    restore_line(monde.noe, line(monde.noe, monde.salon))
    assert len(words(monde.camille, monde.salon)) == 1
    MessageSalon.objects.update(cree_le=timezone.now() - timedelta(days=40))
    Salon.objects.update(conservation_jours=30)
    remove_expired()
    assert not MessageSalon.objects.exists()
    assert origin_of_sujet(monde.camille, sujet) == (
        "D’après un message dans le salon «\u00a0Coulisses\u00a0», qui n’est plus conservé",
        "",
    )
    assert "qui n’est plus conservé" in browser(monde.camille).get(sujet.get_absolute_url()).content.decode()
    # A title changed later has no line to come back to.
    rename_sujet(monde.noe, sujet, "La visite du troisième mardi")


def test_whoever_came_later_knows_of_no_line_before(monde: Monde):
    few = lieux.open_restricted_salon(
        monde.camille, monde.communaute, "Bureau", [monde.noe], historique_entier=False
    )
    say(few, monde.noe, MOTS)
    tache = make_task(monde.noe, line(monde.noe, few), "Appeler la mairie")
    join(monde.zoe, monde.communaute)
    lieux.add_members(monde.camille, few, [monde.zoe])
    assert origins_of_taches(monde.zoe, [tache.pk])[tache.pk].url == ""
    assert browser(monde.zoe).get(f"{few.get_absolute_url()}messages/1/tache/").status_code == 404


# --- Pages and frames ----------------------------------------------------------------------------


def test_the_page_of_a_sujet_leads_back_to_who_may(monde: Monde):
    say(monde.salon, monde.noe, MOTS)
    sujet = sujet_of(monde.noe, monde.salon)
    page = browser(monde.camille).get(sujet.get_absolute_url()).content.decode()
    assert (
        f'href="{line(monde.noe, monde.salon).get_absolute_url()}">D’après un message de Noé Martin' in page
    )
    page = browser(monde.zoe).get(sujet.get_absolute_url()).content.decode()
    assert "D’après un message d’un salon" in page
    assert "Noé Martin dans le salon" not in page


def test_forms_come_filled(monde: Monde, django_assert_max_num_queries):
    say(monde.salon, monde.noe, MOTS)
    address = f"{monde.salon.get_absolute_url()}messages/1/"
    client = browser(monde.camille)
    for kind, field, value in (
        ("decision", "texte", MOTS),
        ("tache", "libelle", MOTS),
        ("sujet", "titre", MOTS),
        ("sujet", "cites", [1]),
    ):
        with django_assert_max_num_queries(24):
            page = client.get(f"{address}{kind}/")
        assert page.context["form"][field].value() == value
    posted = {
        "communaute": monde.communaute.pk,
        "genre": "question",
        "titre": MOTS,
        "depart": "0",
        "cites": ["1"],
    }
    opened = client.post(f"{address}sujet/", posted)
    assert opened["Location"] == Sujet.objects.get().get_absolute_url()
    posted = {"texte": MOTS, "prise_le": timezone.localdate().isoformat(), "confirmer": "oui", "depart": "0"}
    assert client.post(f"{address}decision/", posted)["Location"].endswith("#ligne-1")
    assert Decision.objects.get().confirmee
    page = client.get(monde.salon.get_absolute_url()).content.decode()
    assert "Devenu&nbsp;: " in page
    assert Decision.objects.get().get_absolute_url() in page
    # Neither a text nor a line: said beside the field, and nothing is lost.
    refused = client.post(f"{address}sujet/", {**posted, "communaute": monde.communaute.pk, "genre": "question",
                                               "titre": "Un titre assez long", "texte": " "})  # fmt: skip
    assert refused.status_code == 422
    assert "Un titre assez long" in refused.content.decode()


def test_whoever_is_quoted_is_told(monde: Monde, run_jobs):
    say(monde.salon, monde.noe, MOTS)
    sujet = sujet_of(monde.camille, monde.salon, cites=[1])
    run_jobs()
    told = Notification.objects.filter(destinataire=monde.noe, genre="mention")
    assert [row.url.split("#")[0].split("?")[0] for row in told] == [f"/messages/{sujet.messages.get().pk}/"]


async def test_what_a_line_becomes_is_seen_by_all(monde: Monde, tab):
    await in_thread(say)(monde.salon, monde.noe, MOTS)
    noe = await tab(monde.noe)
    await noe.subscribe(f"salon.{monde.salon.pk}")
    await in_thread(lambda: make_task(monde.camille, line(monde.camille, monde.salon), "Appeler la mairie"))()
    frame = await noe.hear("salon.ligne")
    tache = await in_thread(Tache.objects.get)()
    assert frame["devenirs"] == [
        {
            "genre": "tache",
            "texte": "tâche «\u00a0Appeler la mairie\u00a0» (à faire)",
            "etat": "a_faire",
            "url": tache.get_absolute_url(),
        }
    ]


async def test_what_some_may_not_know_of_each_asks_for(monde: Monde, tab):
    group = await in_thread(lieux.open_group)(monde.camille, [monde.noe, monde.zoe], "Astreinte")
    await in_thread(say)(group, monde.noe, MOTS)
    zoe = await tab(monde.zoe)
    await zoe.subscribe(f"salon.{group.pk}")
    make = lambda: make_task(monde.camille, line(monde.camille, group), "Appeler", responsable=monde.noe)  # noqa: E731
    await in_thread(make)()
    frame = await zoe.hear("salon.revision")
    assert frame["revision"] == 1
    seen, _, _ = await in_thread(changes_since)(monde.zoe, group.pk, 0)
    assert "devenirs" not in seen[0]
    seen, _, _ = await in_thread(changes_since)(monde.noe, group.pk, 0)
    assert len(seen[0]["devenirs"]) == 1


def test_whoever_left_the_community_is_asked_to_join_it(monde: Monde):
    say(monde.salon, monde.camille, MOTS)
    Adhesion.objects.filter(agent=monde.noe).delete()
    client = browser(monde.noe)
    for kind in ("sujet", "decision", "tache"):
        assert client.get(f"{monde.salon.get_absolute_url()}messages/1/{kind}/").status_code == 403


# --- Addresses -----------------------------------------------------------------------------------


def test_the_address_of_a_line_shows_where_it_leads(monde: Monde, few: Salon, run_jobs, settings):
    say(monde.salon, monde.noe, MOTS)
    say(monde.salon, monde.noe, "Supprimé")
    delete_line(monde.noe, line(monde.noe, monde.salon, 2))
    say(few, monde.noe, MOTS)
    lines = [line(monde.noe, monde.salon), line(monde.noe, monde.salon, 2), line(monde.noe, few)]
    addresses = [f"{settings.SITE_URL}{row.get_absolute_url()}" for row in lines]
    far = f"{settings.SITE_URL}/salons/{monde.salon.pk}/messages/99999999999/"
    text = "\n\n".join([*addresses, far])
    sujet = open_sujet(monde.noe, monde.communaute, titre="Où en est-on ?", texte=text)
    html = sujet.messages.get().html_stocke
    assert html.count('class="texte-lien"') == 1
    assert "message de salon du " in html
    assert MOTS not in html
    assert addresses[1] in html
    assert addresses[2] in html
    # Said again once the salon has another name.
    lieux.rename_salon(monde.camille, monde.salon, "Coulisses")
    run_jobs()
    assert "Coulisses" in sujet.messages.get().html_stocke
    # Elsewhere nobody knows of this salon.
    away = create_communaute(monde.noe, nom="Ailleurs", resume="Autre chose")
    other = open_sujet(monde.noe, away, titre="Où en est-on là-bas ?", texte=text)
    assert "texte-lien" not in other.messages.get().html_stocke
