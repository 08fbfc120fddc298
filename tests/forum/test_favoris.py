"""Bookmarks: kept, changed, removed and put back; the mark in a sujet; the list; what is lost shows nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annuaire.models import Agent
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.actions import favoris as module
from forum.actions.favoris import UNDO, forget_removed_favoris
from forum.models import Favori, Message, Sujet
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db

LIST = "/forum/favoris/"


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"))


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia", "Ferhat")).agent


@pytest.fixture
def message(communaute: Communaute, nadia: Agent) -> Message:
    sujet = make_sujet(communaute, nadia)
    return actions.publish_message(nadia, sujet, "Le seuil est de **dix** mètres.")


def where(message: Message) -> str:
    return f"/messages/{message.pk}/favori/"


def page(client: Any, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_keep_see_it_change_it_and_remove_it(message: Message) -> None:
    lila = make_agent("Lila")  # no member: whoever reads may keep
    client, sujet = browser(lila), message.sujet.get_absolute_url()
    assert "Garder dans mes favoris" in page(client, sujet)
    assert "Modifier le favori" not in page(client, sujet)
    assert "Vous n’avez gardé aucun message" in page(client, LIST)
    assert "Garder ce message" in page(client, where(message))
    back = client.post(where(message), {"note": "  À relire   avant la réunion ", "rappel": ""})
    assert back["Location"] == f"{sujet}?page=1#message-2"
    shown = page(client, sujet)
    assert "Gardé dans vos favoris." in shown
    assert shown.count("message__favori") == 1
    assert shown.count("Modifier le favori") == 1
    assert shown.count("Garder dans mes favoris") == 1
    listed = page(client, LIST)
    assert "Le seuil est de dix mètres." in listed
    assert "À relire avant la réunion" in listed
    # Sent twice, it is one; a note that is changed is changed.
    client.post(where(message), {"note": "Autre", "rappel": ""})
    client.post(where(message), {"note": "Autre", "rappel": ""})
    assert Favori.objects.get().note == "Autre"
    assert 'value="Autre"' in page(client, where(message))
    assert client.post(f"{where(message)}retirer/")["Location"] == LIST
    assert "message__favori" not in page(client, sujet)
    listed = page(client, LIST)
    assert "Annuler le retrait" in listed
    assert "Autre" not in listed
    client.post(f"{where(message)}remettre/", {"retour": LIST})
    assert "Autre" in page(client, LIST)
    done = list(EntreeJournal.objects.filter(acteur=lila).order_by("pk").values_list("action", flat=True))
    assert done[-4:] == [
        "message.bookmark", "message.change_bookmark", "message.unbookmark", "message.undo_unbookmark",
    ]  # fmt: skip
    assert "Autre" not in str(list(EntreeJournal.objects.values_list("details", flat=True)))


def test_nobody_sees_what_others_keep(message: Message, nadia: Agent) -> None:
    lila = make_agent("Lila")
    actions.keep_message(lila, message, note="Secret")
    for person in (nadia, make_agent()):
        client = browser(person)
        assert "message__favori" not in page(client, message.sujet.get_absolute_url())
        assert "Secret" not in page(client, LIST)
        assert "Secret" not in page(client, where(message))
        assert client.post(f"{where(message)}retirer/").status_code == 404
        assert client.post(f"{where(message)}remettre/").status_code == 404
    assert "message__favori" in page(browser(lila), message.sujet.get_absolute_url())
    with pytest.raises(PermissionDenied):
        actions.remove_favori(nadia, Favori.objects.get())
    with pytest.raises(PermissionDenied):
        actions.restore_favori(nadia, Favori.objects.get())


def test_who_may_not(message: Message, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lila = make_agent("Lila")
    private = make_communaute(make_agent(), "privee")
    hidden = make_sujet(private, add_member(private, make_agent()).agent).messages.get()
    assert browser(lila).get(where(hidden)).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.keep_message(lila, hidden)
    with pytest.raises(ActionRefusee, match="200"):
        actions.keep_message(lila, message, note="x" * 201)
    refused = browser(lila).post(where(message), {"note": "x" * 201, "rappel": ""})
    assert refused.status_code == 422
    assert "Votre note dépasse 200 caractères." in refused.content.decode()
    actions.delete_message(message.auteur, message)
    assert browser(lila).get(where(message)).status_code == 404
    with pytest.raises(ActionRefusee, match="retiré"):
        actions.keep_message(lila, message)
    opening = message.sujet.messages.get(numero=1)
    monkeypatch.setattr(module, "MOST_KEPT", 1)
    actions.keep_message(lila, opening)
    actions.undelete_message(message.auteur, message)
    with pytest.raises(ActionRefusee, match="le plus que l’on puisse garder"):
        actions.keep_message(lila, message)
    actions.keep_message(lila, opening, note="Ce que l’on a se change")
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"favori": 0}
    with pytest.raises(TropDeDemandes):
        actions.keep_message(lila, opening)
    # What one kept may always be taken away.
    assert actions.remove_favori(lila, Favori.objects.get())


def test_a_message_lost_shows_nothing_and_can_be_removed(communaute: Communaute, nadia: Agent) -> None:
    closed = make_communaute(make_agent("Ana"), "privee")
    lila = add_member(closed, make_agent("Lila")).agent
    sujet = make_sujet(closed, lila, "Titre confidentiel")
    answer = actions.publish_message(lila, sujet, "Texte confidentiel")
    other = actions.publish_message(nadia, make_sujet(communaute, nadia, "Sujet visible"), "Texte retiré")
    actions.keep_message(lila, answer, note="Ma note")
    actions.keep_message(lila, other, rappel_le=timezone.now() + timedelta(days=2))
    client = browser(lila)
    assert "Texte confidentiel" in page(client, LIST)
    Adhesion.objects.filter(communaute=closed, agent=lila).delete()
    actions.delete_message(nadia, other)
    shown = page(client, LIST)
    assert shown.count("Ce message n’est plus accessible") == 2
    for word in ("confidentiel", "Texte retiré", "Sujet visible", "Nadia Ferhat", closed.nom, "Rappel "):
        assert word not in shown
    assert "Ma note" in shown
    assert client.get(where(answer)).status_code == 404
    assert client.post(where(answer), {"note": "", "rappel": ""}).status_code == 404
    for message in (answer, other):
        client.post(f"{where(message)}retirer/", {"retour": LIST})
    shown = page(client, LIST)
    assert "n’est plus accessible" not in shown
    assert "Message retiré de vos favoris" in shown
    assert "Titre confidentiel" not in shown
    client.post(f"{where(other)}remettre/")
    client.post(f"{where(answer)}remettre/")
    assert page(client, LIST).count("Ce message n’est plus accessible") == 2
    # Put back by its author, it is there again; a hidden one and those of a hidden sujet are not.
    actions.undelete_message(nadia, other)
    assert "Texte retiré" in page(client, LIST)
    ana = communaute.adhesions.get(role="animateur").agent
    actions.hide_sujet(ana, other.sujet, motif="Hors sujet")
    assert "Texte retiré" not in page(client, LIST)
    actions.unhide_sujet(ana, Sujet.objects.get(pk=other.sujet_id))
    actions.hide_message(ana, other, motif="Hors sujet")
    assert "Texte retiré" not in page(client, LIST)


def test_a_bookmark_follows_its_message_and_is_lost_with_the_right_to_read(
    communaute: Communaute, message: Message
) -> None:
    ana = communaute.adhesions.get(role="animateur").agent
    lila, kept = make_agent("Lila"), message
    actions.keep_message(lila, kept)
    target = make_sujet(communaute, ana, "Où tout se retrouve")
    actions.merge_sujets(ana, message.sujet, target)
    assert "Où tout se retrouve" in page(browser(lila), LIST)
    private = make_communaute(ana, "privee")
    actions.move_sujet(ana, Sujet.objects.get(pk=target.pk), private, motif="Plus à sa place")
    assert not Favori.objects.exists()


def test_latest_first_page_by_page_at_the_same_cost(
    communaute: Communaute, nadia: Agent, django_assert_max_num_queries: Any
) -> None:
    lila = make_agent("Lila")
    client = browser(lila)
    sujet = make_sujet(communaute, nadia)
    messages = [
        actions.publish_message(nadia, sujet, f"Réponse numéro {n:02}", quand=timezone.now())
        for n in range(45)
    ]
    actions.keep_message(lila, messages[0], rappel_le=timezone.now() + timedelta(days=1))
    client.get(LIST)
    with django_assert_max_num_queries(10):
        client.get(LIST)
    Favori.objects.bulk_create(Favori(agent=lila, message=row) for row in messages[1:])
    with django_assert_max_num_queries(10):
        response = client.get(LIST)
    found = []
    while True:
        html = response.content.decode()
        found += [n for n in range(44, -1, -1) if f"Réponse numéro {n:02}" in html]
        following = response.context["page"].suivante
        if following is None:
            break
        with django_assert_max_num_queries(10):
            response = client.get(f"{LIST}?apres={following}")
    assert found == list(range(44, -1, -1))
    for odd in ("²", "x" * 300, ""):
        assert client.get(f"{LIST}?apres={odd}").status_code == 200


def test_the_reader_s_bookmarks_cost_no_query_of_a_sujet(
    message: Message, django_assert_num_queries: Any
) -> None:
    from forum.composition import lines, rows_between

    lila = make_agent("Lila")
    actions.keep_message(lila, message)
    with django_assert_num_queries(1):
        rows = rows_between(lila, message.sujet, 1, 20)
    assert [line.favori for line in lines(lila, message.sujet, rows)] == [False, True]
    rows = rows_between(message.auteur, message.sujet, 1, 20)
    assert [line.favori for line in lines(message.auteur, message.sujet, rows)] == [False, False]


def test_with_a_script_the_page_is_told_what_to_show(message: Message) -> None:
    client, scripted = browser(make_agent("Lila")), {"HX-Request": "true"}
    form = client.get(where(message), headers=scripted).content.decode()
    assert "<html" not in form
    assert "boite-favori-titre" in form
    refused = client.post(where(message), {"rappel": "date", "note": "Gardez-moi"}, headers=scripted)
    assert refused.status_code == 200
    assert "Choisissez la date et l’heure" in refused.content.decode()
    assert 'value="Gardez-moi"' in refused.content.decode()
    done = client.post(where(message), {"rappel": "demain", "note": ""}, headers=scripted)
    assert done.status_code == 204
    assert '"garde": true' in done["HX-Trigger"]
    gone = client.post(f"{where(message)}retirer/", headers=scripted)
    assert '"garde": false' in gone["HX-Trigger"]
    Favori.objects.update(retire_le=timezone.now() - UNDO - timedelta(minutes=1))
    late = client.post(f"{where(message)}remettre/", headers=scripted)
    assert "refus" in late["HX-Trigger"]
    assert client.post(f"{where(message)}remettre/")["Location"] == LIST


def test_nobody_is_sent_elsewhere(message: Message) -> None:
    client = browser(make_agent("Lila"))
    for elsewhere in ("https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)"):
        back = client.post(where(message), {"rappel": "", "retour": elsewhere})
        assert back["Location"].startswith("/sujets/")
        assert "ailleurs" not in client.get(where(message), {"retour": elsewhere}).content.decode()
    assert client.post(where(message), {"rappel": "", "retour": LIST})["Location"] == LIST


def test_what_was_removed_is_forgotten_after_a_day(message: Message) -> None:
    lila = make_agent("Lila")
    kept, _ = actions.keep_message(lila, message, note="Oubliez-moi")
    actions.remove_favori(lila, kept)
    assert forget_removed_favoris() == 0
    Favori.objects.update(retire_le=timezone.now() - UNDO - timedelta(minutes=1))
    with pytest.raises(ActionRefusee, match="ne peut plus être remis"):
        actions.restore_favori(lila, kept)
    assert forget_removed_favoris() == 1
    assert not Favori.objects.exists()
    with pytest.raises(ActionRefusee):
        actions.restore_favori(lila, kept)


def test_kept_again_after_its_removal_it_is_another(message: Message) -> None:
    lila = make_agent("Lila")
    first, _ = actions.keep_message(
        lila, message, note="Ancienne", rappel_le=timezone.now() + timedelta(days=1)
    )
    actions.remove_favori(lila, first)
    second, created = actions.keep_message(lila, message)
    assert created
    assert (second.note, second.rappel_le) == ("", None)
    assert second.pk > first.pk
    assert actions.restore_favori(lila, second) is False


@pytest.mark.django_db(transaction=True)
def test_twice_at_once_is_once_and_the_limit_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    communaute = make_communaute(make_agent())
    nadia = add_member(communaute, make_agent("Nadia")).agent
    sujet = make_sujet(communaute, nadia)
    messages = [actions.publish_message(nadia, sujet, f"Réponse {n}") for n in range(5)]
    lila = make_agent("Lila")
    together([lambda: actions.keep_message(lila, messages[0], note="Une") for _ in range(5)])
    kept = Favori.objects.get()
    assert EntreeJournal.objects.filter(action="message.bookmark").count() == 1
    together([lambda: actions.remove_favori(lila, kept) for _ in range(4)])
    assert EntreeJournal.objects.filter(action="message.unbookmark").count() == 1
    together([lambda: actions.restore_favori(lila, kept) for _ in range(4)])
    assert EntreeJournal.objects.filter(action="message.undo_unbookmark").count() == 1
    assert Favori.objects.kept().get().note == "Une"
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    together([lambda m=m: actions.keep_message(lila, m) for m in messages[1:]])
    assert Favori.objects.kept().count() == 3


MOMENTS = [None, *(datetime(2027, 1, day, 9, tzinfo=UTC) for day in (4, 5))]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["garder", "retirer", "remettre"]),
            st.integers(0, 1),
            st.integers(0, 1),
            st.sampled_from(["", "Une note", "Autre"]),
            st.sampled_from(MOMENTS),
        ),
        max_size=14,
    )
)
def test_any_sequence_leaves_what_was_last_said(
    message: Message, steps: list[tuple[str, int, int, str, Any]]
) -> None:
    """Against a dictionary: two people, two messages, each step as often as one likes."""
    Favori.objects.all().delete()
    people = [make_agent("Lila"), make_agent("Omar")]
    messages = [message.sujet.messages.get(numero=1), message]
    kept: dict[tuple[int, int], tuple[str, Any]] = {}
    removed: dict[tuple[int, int], tuple[str, Any]] = {}
    for verb, person, number, note, moment in steps:
        agent, subject, key = people[person], messages[number], (person, number)
        row = Favori.objects.filter(agent=agent, message=subject).first()
        if verb == "garder":
            _, created = actions.keep_message(agent, subject, note=note, rappel_le=moment)
            assert created == (key not in kept)
            kept[key] = (note, moment)
            removed.pop(key, None)
        elif row is None:
            assert key not in kept and key not in removed
        elif verb == "retirer":
            assert actions.remove_favori(agent, row) == (key in kept)
            if key in kept:
                removed[key] = kept.pop(key)
        else:
            assert actions.restore_favori(agent, row) == (key in removed)
            if key in removed:
                kept[key] = removed.pop(key)
        found = {
            (people.index(one.agent), messages.index(one.message)): (one.note, one.rappel_le)
            for one in Favori.objects.kept().select_related("agent", "message")
        }
        assert found == kept
