"""Threads of a salon: one numbering for all, counts that hold, who hears of what, what each may read."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.actions import join
from plateforme.socle.erreurs import ActionRefusee
from realtime import actions, lieux
from realtime.access import get_root
from realtime.actions import Demande, send_message, send_messages, tell_of_salon_message
from realtime.conservation import remove_expired, set_retention
from realtime.etats import summaries_of
from realtime.historique import changes_since, frames_after, messages_before
from realtime.hub import Hub
from realtime.lignes import delete_line, pin_line, restore_line, set_line_reaction
from realtime.models import MessageSalon, Salon, SuiviFil
from realtime.presentation import my_salons
from realtime.recherche import Recherche, search_lines
from realtime.reponses import follow_fil, mark_fils_read
from tests.realtime.conftest import Monde, in_thread, make_agent, make_session, say


def answer(
    racine: MessageSalon, auteur: Agent, texte: str = "Oui", *, au_salon: bool = False, **more: Any
) -> MessageSalon:
    root = get_root(auteur, racine.salon_id, racine.numero)
    return send_message(auteur, root.salon, texte, uuid4(), racine=root, au_salon=au_salon, **more)


def summary(racine: MessageSalon, agent: Agent | None = None) -> Any:
    return summaries_of([racine.pk], agent)[racine.pk]


def browser(agent: Agent, settings: Any) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = make_session(agent)
    return client


# --- One numbering ---------------------------------------------------------------------------------


def test_replies_take_the_numbers_of_the_salon_and_leave_its_lines_alone(monde: Monde):
    root = say(monde.salon, monde.camille, "Qui vient jeudi ?")
    first, second = answer(root, monde.noe, "Moi"), answer(root, monde.camille, "Parfait", au_salon=True)
    after = say(monde.salon, monde.noe, "Autre chose")
    assert [line.numero for line in (root, first, second, after)] == [1, 2, 3, 4]
    assert [line.numero for line in messages_before(monde.salon.pk).messages] == [1, 3, 4]
    assert [line.numero for line in messages_before(monde.salon.pk, racine=root).messages] == [2, 3]
    frames, more = frames_after(monde.camille, monde.salon.pk, 0)
    assert [frame["numero"] for frame in frames] == [1, 2, 3, 4] and not more
    assert [frame.get("racine") for frame in frames] == [None, 1, 1, None]
    assert frames[0]["fil"]["reponses"] == frames[1]["fil"]["reponses"] == 2
    assert [person["nom"] for person in frames[0]["fil"]["personnes"]] == ["Camille Martin", "Noé Martin"]
    assert "fil" not in frames[3]


def test_an_answer_to_a_reply_goes_to_the_same_thread(monde: Monde):
    root = say(monde.salon, monde.camille, "Un")
    reply = answer(root, monde.noe)
    again = answer(reply, monde.camille)
    assert again.racine == root
    assert summary(root).nombre == 2


def test_the_database_holds_what_a_thread_is(monde: Monde):
    root = say(monde.salon, monde.camille, "Un")
    reply = answer(root, monde.noe)
    elsewhere = say(monde.private(), monde.zoe, "Ailleurs")

    def write(**fields: Any) -> None:
        with transaction.atomic():
            MessageSalon.objects.create(
                salon=monde.salon, auteur=monde.noe, numero=99, client_id=uuid4(), texte="x", html="x",
                version_rendu=1, cree_le=timezone.now(), **fields,
            )  # fmt: skip

    for fields in ({"racine": reply}, {"racine": elsewhere}, {"au_salon": False}):
        with pytest.raises(IntegrityError):
            write(**fields)
    for change in ({"racine": None}, {"salon": elsewhere.salon}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MessageSalon.objects.filter(pk=reply.pk).update(**change)
    # A line that is a root never becomes a reply either.
    other = say(monde.salon, monde.noe, "Deux")
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageSalon.objects.filter(pk=root.pk).update(racine=other)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_hole_when_lines_and_replies_come_together(monde: Monde, monkeypatch: Any):
    monkeypatch.setattr(actions, "check_limit", lambda *values: None)
    root = say(monde.salon, monde.camille, "Départ")
    people = [monde.camille, monde.noe]
    failures: list[BaseException] = []

    def speak(agent: Agent, turn: int) -> None:
        try:
            for step in range(6):
                inside = (turn + step) % 2 == 0
                outcomes = send_messages(
                    monde.salon.pk,
                    [
                        Demande(
                            agent.pk,
                            f"{turn}.{step}",
                            uuid4(),
                            racine=1 if inside else None,
                            au_salon=step == 4,
                        ),
                        Demande(agent.pk, f"{turn}.{step} bis", uuid4()),
                    ],
                )
                failures.extend(outcome for outcome in outcomes if isinstance(outcome, Exception))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=speak, args=(people[turn % 2], turn)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    numbers = (
        MessageSalon.objects.filter(salon=monde.salon).order_by("numero").values_list("numero", flat=True)
    )
    assert list(numbers) == list(range(1, 1 + 1 + 4 * 6 * 2))
    root.refresh_from_db()
    assert root.nb_reponses == root.reponses.count() == 12
    assert root.derniere_reponse_le == root.reponses.latest("cree_le").cree_le
    # Those who spoke follow, and have read as far as they said.
    for row in SuiviFil.objects.filter(racine=root):
        last = root.reponses.filter(auteur=row.agent).latest("numero").numero
        assert (row.suit, row.repondu, row.lu) == (True, last, last)


def test_a_resend_does_not_double_a_reply(monde: Monde):
    root = say(monde.salon, monde.camille, "Un")
    client_id = uuid4()
    sent = [send_message(monde.noe, monde.salon, "Oui", client_id, racine=root) for _ in range(2)]
    assert sent[0] == sent[1]
    assert summary(root).nombre == 1


def test_an_answer_to_nothing_is_refused_and_not_the_others(monde: Monde):
    say(monde.salon, monde.camille, "Un")
    refused, kept = send_messages(
        monde.salon.pk,
        [Demande(monde.noe.pk, "a", uuid4(), racine=77), Demande(monde.noe.pk, "b", uuid4(), racine=1)],
    )
    assert isinstance(refused, ActionRefusee) and "Copiez votre texte" in refused.message
    assert isinstance(kept, MessageSalon) and kept.numero == 2


def test_the_same_rules_as_lines(monde: Monde):
    root = say(monde.salon, monde.camille, "Un")
    with pytest.raises(Http404):
        get_root(monde.zoe, monde.private().pk + 1, 1)
    lieux.archive_salon(monde.camille, monde.salon)
    with pytest.raises(ActionRefusee):
        answer(root, monde.noe)


# --- Counts -----------------------------------------------------------------------------------------


def test_a_deleted_reply_is_no_longer_counted_until_it_is_put_back(monde: Monde):
    root = say(monde.salon, monde.camille, "Un")
    first, last = answer(root, monde.noe), answer(root, monde.camille)
    last.racine = root
    delete_line(monde.camille, last)
    assert (summary(root).nombre, summary(root).derniere_le) == (1, first.cree_le)
    assert [person["nom"] for person in summary(root).personnes] == ["Noé Martin"]
    frames, _, _ = changes_since(monde.noe, monde.salon.pk, 0)
    assert (frames[0]["racine"], frames[0]["fil"]["reponses"], frames[0]["html"]) == (1, 1, "")
    restore_line(monde.camille, last)
    assert (summary(root).nombre, summary(root).derniere_le) == (2, last.cree_le)


def test_a_deleted_root_keeps_its_thread(monde: Monde, settings: Any):
    root = say(monde.salon, monde.camille, "Un secret")
    answer(root, monde.noe, "Vu")
    delete_line(monde.camille, root)
    answer(root, monde.noe, "Dommage")
    page = (
        browser(monde.noe, settings).get(reverse("realtime:fil", args=[monde.salon.pk, 1])).content.decode()
    )
    assert "Message supprimé" in page and "secret" not in page
    assert "Vu" in page and "Dommage" in page
    shown = browser(monde.noe, settings).get(monde.salon.get_absolute_url()).content.decode()
    assert "2 réponses" in shown


def test_what_is_done_with_a_line_is_done_with_a_reply(monde: Monde):
    root = say(monde.salon, monde.camille, "Un")
    reply = answer(root, monde.noe)
    set_line_reaction(monde.camille, reply, "utile", True)
    pin_line(monde.camille, reply, True)
    frames, revision, _ = changes_since(monde.noe, monde.salon.pk, 0)
    assert revision == 2 and "epingle" in frames[0] and frames[0]["reactions"]["utile"]["nombre"] == 1


# --- What is unread, who hears ----------------------------------------------------------------------


def unread(agent: Agent, salon: Salon) -> int:
    return next(one.non_lus for one in my_salons(agent) if one == salon)


def test_a_salon_counts_its_lines_and_a_thread_its_own(monde: Monde):
    root = say(monde.salon, monde.camille, "Un")
    for _ in range(3):
        answer(root, monde.noe)
    assert unread(monde.camille, monde.salon) == 0
    assert summary(root, monde.camille).non_lus == 3
    answer(root, monde.noe, au_salon=True)
    assert unread(monde.camille, monde.salon) == 1
    # Noé has not read the salon by answering in a thread, save for what he shows there.
    say(monde.salon, monde.camille, "Deux")
    assert unread(monde.noe, monde.salon) == 1
    mark_fils_read({(monde.camille.pk, (monde.salon.pk, 1)): 3})
    assert summary(root, monde.camille).non_lus == 2
    mark_fils_read({(monde.camille.pk, (monde.salon.pk, 1)): 1, (monde.zoe.pk, (monde.salon.pk, 5)): 9})
    assert summary(root, monde.camille).non_lus == 2
    # Who does not follow is told of nothing new.
    join(monde.zoe, monde.communaute)
    assert summary(root, monde.zoe).non_lus == 0


def told(agent: Agent) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(destinataire=agent).order_by("pk")
    return [(row.genre, row.titre) for row in rows]


def test_those_who_follow_are_told_once_and_the_others_not(monde: Monde):
    join(monde.zoe, monde.communaute)
    root = say(monde.salon, monde.camille, "Un")
    reply = answer(root, monde.noe)
    for _ in range(2):
        tell_of_salon_message(MessageSalon.objects.get(pk=reply.pk))
    assert [genre for genre, _ in told(monde.camille)] == ["fil"]
    assert "a répondu dans un fil de «\u00a0Général\u00a0»" in told(monde.camille)[0][1]
    assert told(monde.noe) == told(monde.zoe) == []
    # Called, one hears of it otherwise, and follows.
    call = answer(root, monde.noe, f"Et vous @{monde.zoe.identifiant} ?")
    tell_of_salon_message(MessageSalon.objects.get(pk=call.pk))
    assert [genre for genre, _ in told(monde.zoe)] == ["salon"]
    assert summary(root, monde.zoe).suit
    # Reading the salon reads nothing of the thread; reading the thread does.
    actions.mark_salon_read(monde.zoe, monde.salon, 99)
    assert Notification.objects.get(destinataire=monde.zoe).lue_le is None
    mark_fils_read({(monde.zoe.pk, (monde.salon.pk, 1)): 3})
    assert Notification.objects.get(destinataire=monde.zoe).lue_le is not None
    # Who has read it already is not told; who left is told only when called.
    mark_fils_read({(monde.camille.pk, (monde.salon.pk, 1)): 3})
    follow_fil(monde.zoe, root, False)
    more = answer(root, monde.noe)
    mark_fils_read({(monde.camille.pk, (monde.salon.pk, 1)): 4})
    tell_of_salon_message(MessageSalon.objects.get(pk=more.pk))
    assert len(told(monde.camille)) == 2 and len(told(monde.zoe)) == 1
    again = answer(root, monde.noe, f"@{monde.zoe.identifiant}")
    tell_of_salon_message(MessageSalon.objects.get(pk=again.pk))
    assert len(told(monde.zoe)) == 2 and not summary(root, monde.zoe).suit
    # Answering, one is back.
    answer(root, monde.zoe)
    assert summary(root, monde.zoe).suit


def test_between_two_both_hear_and_in_a_group_those_who_follow(monde: Monde):
    direct = lieux.open_direct(monde.camille, monde.noe)
    root = say(direct, monde.camille, "Un")
    own = answer(root, monde.camille, "Ou plutôt")
    tell_of_salon_message(MessageSalon.objects.get(pk=own.pk))
    assert [genre for genre, _ in told(monde.noe)] == ["prive"]
    group = lieux.open_group(monde.camille, [monde.noe, monde.zoe], "Astreinte")
    before = len(told(monde.zoe))
    root = say(group, monde.camille, "Un")
    quiet, loud = answer(root, monde.noe), answer(root, monde.noe, au_salon=True)
    tell_of_salon_message(MessageSalon.objects.get(pk=quiet.pk))
    assert len(told(monde.zoe)) == before
    tell_of_salon_message(MessageSalon.objects.get(pk=loud.pk))
    assert len(told(monde.zoe)) == before + 1
    assert told(monde.camille)[-1][0] == "prive"
    # Who leaves the salon follows nothing there.
    lieux.leave_salon(monde.noe, group)
    assert not SuiviFil.objects.filter(agent=monde.noe, racine__salon=group).exists()


def test_following_again_does_not_bring_what_was_said_meanwhile(monde: Monde):
    root = say(monde.salon, monde.camille, "Un")
    follow_fil(monde.camille, root, False)
    answer(root, monde.noe)
    assert summary(root, monde.camille).non_lus == 0
    follow_fil(monde.camille, root, True)
    follow_fil(monde.camille, root, True)
    assert (summary(root, monde.camille).suit, summary(root, monde.camille).non_lus) == (True, 0)


# --- What one may read ------------------------------------------------------------------------------


def test_who_came_later_reads_of_an_older_thread_what_was_said_since(monde: Monde, settings: Any):
    group = lieux.open_group(monde.camille, [monde.noe], "Discret", historique_entier=False)
    root = say(group, monde.camille, "Avant Zoé")
    answer(root, monde.noe, "Toujours avant Zoé")
    lieux.add_members(monde.camille, group, [monde.zoe])
    with pytest.raises(Http404):
        get_root(monde.zoe, group.pk, 1)
    refused = send_messages(group.pk, [Demande(monde.zoe.pk, "Je réponds", uuid4(), racine=1)])
    assert isinstance(refused[0], ActionRefusee)
    answer(root, monde.noe, "Après Zoé")
    frames, _ = frames_after(monde.zoe, group.pk, 0)
    # How long the thread was before is not theirs to know.
    assert [(frame["numero"], "fil" in frame) for frame in frames] == [(3, False)]
    page = browser(monde.zoe, settings).get(reverse("realtime:fil", args=[group.pk, 1])).content.decode()
    assert "avant votre arrivée" in page and "Après Zoé" in page
    assert "avant Zoé" not in page and "Avant Zoé" not in page
    whole, _ = frames_after(monde.noe, group.pk, 0)
    assert whole[0]["fil"]["reponses"] == 2


async def test_replies_come_live_and_after_a_cut(monde: Monde, tab: Any, hub: Hub):
    root = await in_thread(say)(monde.salon, monde.camille, "Un")
    line = await tab(monde.camille)
    await line.subscribe(f"salon.{monde.salon.pk}", apres=1)
    other = await tab(monde.noe)
    await other.say(
        type="dire", salon=monde.salon.pk, texte="Deux", client_id=str(uuid4()), racine=1, au_salon=False
    )
    assert (await other.hear("accuse"))["numero"] == 2
    heard = await line.hear("salon.message")
    assert (heard["racine"], heard["au_salon"], heard["fil"]["reponses"]) == (1, False, 1)
    # The line is cut; what was said in the thread comes with the rest, in order.
    await line.disconnect()
    await in_thread(answer)(root, monde.noe, "Trois")
    await in_thread(say)(monde.salon, monde.noe, "Quatre")
    back = await tab(monde.camille)
    await back.say(type="abonner", canal=f"salon.{monde.salon.pk}", apres=2)
    missed = await back.hear("rattrapage")
    assert [(one["numero"], one.get("racine")) for one in missed["messages"]] == [(3, 1), (4, None)]
    assert missed["messages"][0]["fil"] | {"personnes": []} == {
        "reponses": 2,
        "derniere": missed["messages"][0]["date"],
        "personnes": [],
        "rang": 4,
        "suit": True,
        "non_lus": 2,
    }
    await back.say(type="lu", salon=monde.salon.pk, numero=3, racine=1)
    await hub.lectures_fils.close()
    assert (await in_thread(summary)(root, monde.camille)).non_lus in {0, 2}


async def test_writing_in_a_thread_says_which(monde: Monde, tab: Any):
    await in_thread(say)(monde.salon, monde.camille, "Un")
    canal = f"salon.{monde.salon.pk}"
    line, other = await tab(monde.camille), await tab(monde.noe)
    for one in (line, other):
        await one.subscribe(canal)
    await other.say(type="ecrit", canal=canal, actif=True, racine=1)
    assert (await line.hear("ecrit"))["racine"] == 1


# --- Retention --------------------------------------------------------------------------------------


def test_a_thread_is_kept_as_long_as_its_last_line(monde: Monde):
    group = lieux.open_group(monde.camille, [monde.noe], "Astreinte")

    def ago(days: int) -> dict[str, Any]:
        return {"quand": timezone.now() - timedelta(days=days)}

    dead = send_message(monde.camille, group, "Mort", uuid4(), **ago(90))
    answer(dead, monde.noe, **ago(80))
    alive = send_message(monde.camille, group, "Vivant", uuid4(), **ago(70))
    answer(alive, monde.noe, **ago(60))
    send_message(monde.camille, group, "Seul", uuid4(), **ago(50))
    answer(alive, monde.noe, **ago(2))
    set_retention(monde.camille, group, 30)
    assert not remove_expired()
    kept = MessageSalon.objects.filter(salon=group).order_by("numero").values_list("numero", flat=True)
    assert list(kept) == [3, 4, 6]
    assert summary(alive).nombre == 2
    # Another night takes nothing more, and does not turn for ever.
    assert not remove_expired()
    frames, _ = frames_after(monde.noe, group.pk, 0)
    assert [frame["numero"] for frame in frames] == [3, 4, 6]
    MessageSalon.objects.filter(racine=alive).update(cree_le=timezone.now() - timedelta(days=31))
    MessageSalon.objects.filter(pk=alive.pk).update(derniere_reponse_le=timezone.now() - timedelta(days=31))
    assert not remove_expired()
    assert not MessageSalon.objects.filter(salon=group).exists()
    assert say(group, monde.noe, "Encore").numero == 7


# --- Pages ------------------------------------------------------------------------------------------


def test_a_thread_is_read_and_answered_without_a_script(monde: Monde, settings: Any):
    root = say(monde.salon, monde.camille, "Qui vient ?")
    noe = browser(monde.noe, settings)
    address = reverse("realtime:fil", args=[monde.salon.pk, 1])
    page = noe.get(address)
    assert page.status_code == 200 and "Qui vient ?" in page.content.decode()
    form = {"texte": "Moi", "client_id": str(uuid4()), "au_salon": "on"}
    sent = noe.post(reverse("realtime:repondre", args=[monde.salon.pk, 1]), form)
    assert sent.status_code == 302 and sent["Location"].startswith(address)
    reply = MessageSalon.objects.get(numero=2)
    assert (reply.racine, reply.au_salon) == (root, True)
    # Its address opens the thread there; from the reply too.
    moved = noe.get(reply.get_absolute_url())
    assert moved["Location"] == f"{address}?autour=2#reponse-2"
    assert noe.get(reverse("realtime:fil", args=[monde.salon.pk, 2]))["Location"] == moved["Location"]
    shown = noe.get(monde.salon.get_absolute_url()).content.decode()
    assert "1 réponse<" in shown and "Réponse dans un fil" in shown
    # What cannot be sent is not lost.
    kept = noe.post(reverse("realtime:repondre", args=[monde.salon.pk, 1]), {"texte": "a" * 4001})
    assert "a" * 4001 in kept.content.decode()
    # Reading is noted; following is a button.
    camille = browser(monde.camille, settings)
    assert summary(root, monde.camille).non_lus == 1
    assert "1 non lue<" in camille.get(monde.salon.get_absolute_url()).content.decode()
    camille.get(address)
    assert summary(root, monde.camille).non_lus == 0
    follow = reverse("realtime:suivre-fil", args=[monde.salon.pk, 1])
    assert camille.post(follow, {"suivre": "non"})["Location"] == address
    assert not summary(root, monde.camille).suit
    assert camille.post(follow, {"suivre": "oui"}, headers={"X-Requested-With": "fetch"}).status_code == 204
    assert summary(root, monde.camille).suit
    assert noe.get(reverse("realtime:fil", args=[monde.salon.pk, 77])).status_code == 404


def test_search_says_what_was_said_in_a_thread(monde: Monde, settings: Any):
    root = say(monde.salon, monde.camille, "Un")
    answer(root, monde.noe, "Le pont est rouvert")
    found, _ = search_lines(monde.camille, monde.salon, Recherche("pont"))
    assert [line.numero for line in found] == [2]
    address = reverse("realtime:recherche", args=[monde.salon.pk])
    page = browser(monde.camille, settings).get(address, {"q": "pont"}).content.decode()
    assert "dans un fil" in page and f'href="{found[0].get_absolute_url()}"' in page


def test_pages_cost_the_same_however_long_the_threads(monde: Monde, settings: Any, monkeypatch: Any):
    monkeypatch.setattr(actions, "check_limit", lambda *values: None)
    noe = browser(monde.noe, settings)
    root = say(monde.salon, monde.camille, "Un")
    address = reverse("realtime:fil", args=[monde.salon.pk, 1])

    def cost(url: str) -> int:
        # Once before: what was new is read.
        noe.get(url)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert noe.get(url).status_code == 200
        return len(captured)

    answer(root, monde.noe)
    short = cost(address), cost(monde.salon.get_absolute_url())
    others = [make_agent(f"Agent{number}") for number in range(5)]
    for agent in others:
        join(agent, monde.communaute)
    for number in range(60):
        answer(root, others[number % 5], f"Réponse {number}")
    second = say(monde.salon, monde.camille, "Deux")
    answer(second, others[0])
    assert (cost(address), cost(monde.salon.get_absolute_url())) == short
    assert short[0] <= 24
    older = noe.get(reverse("realtime:reponses", args=[monde.salon.pk, 1]), {"avant": 20})
    assert older.status_code == 200 and "Réponse 3" in older.content.decode()
    assert "Réponses plus anciennes" in noe.get(address).content.decode()


def test_a_long_thread_opens_where_one_had_read_to(monde: Monde, settings: Any, monkeypatch: Any):
    monkeypatch.setattr(actions, "check_limit", lambda *values: None)
    root = say(monde.salon, monde.camille, "Un")
    answer(root, monde.noe)
    for number in range(3, 143):
        answer(root, monde.camille, f"Réponse {number}.")
    address = reverse("realtime:fil", args=[monde.salon.pk, 1])
    noe = browser(monde.noe, settings)
    # First its end, if that is what is asked for: nothing before it is read for that.
    shown = noe.get(f"{address}?avant=200").content.decode()
    assert "Réponse 142." in shown
    for first, last in ((3, 51), (52, 76), (77, 101)):
        shown = noe.get(address).content.decode()
        assert f"Réponse {first}." in shown
        assert shown.index("Nouveaux messages") < shown.index(f"Réponse {first}.")
        assert f"Réponse {last}." in shown
        assert f"Réponse {last + 1}." not in shown
        assert "Réponses plus récentes" in shown
    # What is new fits: the end. For those who do not follow, always.
    assert "Réponse 142." in noe.get(address).content.decode()
    assert summary(root, monde.noe).non_lus == 0
    other = make_agent("Yann")
    join(other, monde.communaute)
    assert "Réponse 142." in browser(other, settings).get(address).content.decode()
    assert "Réponse 142." in noe.get(f"{address}?fin=1").content.decode()
