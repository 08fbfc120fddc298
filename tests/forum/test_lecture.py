"""Reading: pages with stable addresses, where one goes on, permalinks, dates, marks, lists."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.models import Etiquette, LectureSujet, Mention, Message, Sujet
from forum.pages import message_address, page_of, pages_around
from tests.factories import add_member, browser, declare, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"))


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


@pytest.fixture
def gaelle(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Gaëlle")).agent


def answer(sujet: Sujet, auteur: Agent, count: int) -> list[Message]:
    """Answers of past days, one a day, the last one yesterday."""
    now = timezone.now()
    return [
        actions.publish_message(auteur, sujet, f"Réponse {n}", quand=now - timedelta(days=count - n))
        for n in range(count)
    ]


def read(agent: Agent, sujet: Sujet) -> int:
    row = LectureSujet.objects.filter(agent=agent, sujet=sujet).first()
    return row.dernier_numero if row else 0


def numbers(page: str) -> list[int]:
    return [n for n in range(1, 200) if f'id="message-{n}"' in page]


@pytest.fixture
def sujet(communaute: Communaute, nadia: Agent, gaelle: Agent) -> Sujet:
    """45 messages."""
    sujet = make_sujet(communaute, nadia)
    answer(sujet, gaelle, 44)
    sujet.refresh_from_db()
    return sujet


def test_a_page_shows_its_twenty_numbers_and_reads_no_further(sujet: Sujet, communaute: Communaute) -> None:
    reader = make_agent()
    client, where = browser(reader), sujet.get_absolute_url()
    assert numbers(client.get(f"{where}?page=2").content.decode()) == list(range(21, 41))
    assert read(reader, sujet) == 40
    # An earlier page never takes the mark back; a page that does not exist is the last one.
    assert numbers(client.get(f"{where}?page=1").content.decode()) == list(range(1, 21))
    assert read(reader, sujet) == 40
    assert numbers(client.get(f"{where}?page=99").content.decode()) == list(range(41, 46))
    assert numbers(client.get(f"{where}?apres=20").content.decode()) == list(range(21, 41))
    for odd in ("-1", "0", "abc", "²", "9" * 30, ""):
        assert numbers(client.get(f"{where}?page={odd}").content.decode())[0] == 1


def test_one_goes_on_at_the_first_unread_message(sujet: Sujet, nadia: Agent, gaelle: Agent) -> None:
    reader = make_agent()
    client, where = browser(reader), sujet.get_absolute_url()
    first = client.get(where).content.decode()
    assert numbers(first)[0] == 1
    assert "premier-non-lu" not in first  # all is new to who comes first
    second = client.get(where).content.decode()
    assert numbers(second) == list(range(21, 41))
    assert second.index('id="premier-non-lu"') < second.index('id="message-21"')
    Message.objects.filter(sujet=sujet, numero__lte=43).update(supprime_le=timezone.now())
    third = client.get(where).content.decode()
    assert (
        third.index('id="message-43"') < third.index('id="premier-non-lu"') < third.index('id="message-44"')
    )
    # All read: where one was.
    again = client.get(where).content.decode()
    assert numbers(again) == list(range(41, 46))
    assert "premier-non-lu" not in again


def test_pages_that_one_can_go_to() -> None:
    sujet = Sujet(dernier_numero=400)
    assert [page_of(n) for n in (0, 1, 20, 21, 40, 41)] == [1, 1, 1, 2, 2, 3]
    assert pages_around(sujet, 1).numeros == [1, 2, 3, None, 20]
    assert pages_around(sujet, 10).numeros == [1, None, 8, 9, 10, 11, 12, None, 20]
    assert pages_around(sujet, 5).numeros == [1, 2, 3, 4, 5, 6, 7, None, 20]
    assert pages_around(Sujet(dernier_numero=0), 1).numeros == [1]


def test_every_message_has_a_lasting_address_even_deleted(sujet: Sujet, nadia: Agent) -> None:
    message = Message.objects.select_related("sujet").get(sujet=sujet, numero=33)
    assert message_address(message) == f"/sujets/{sujet.pk}/?page=2#message-33"
    Message.objects.filter(pk=message.pk).update(supprime_le=timezone.now())
    client = browser(nadia)
    assert client.get(message.get_absolute_url())["Location"] == f"/sujets/{sujet.pk}/?page=2#message-33"
    page = client.get(message.get_absolute_url(), follow=True).content.decode()
    assert "Ce message a été supprimé par" in page
    assert "Réponse 31" not in page


def test_jump_to_a_date(sujet: Sujet, nadia: Agent) -> None:
    client, where = browser(nadia), sujet.get_absolute_url()
    # Message 2 was written 44 days ago, message 45 yesterday.
    for days, numero in ((500, 2), (30, 16), (1, 45)):
        day = timezone.localdate() - timedelta(days=days)
        Sujet.objects.filter(pk=sujet.pk).update(cree_le=timezone.now() - timedelta(days=600))
        Message.objects.filter(sujet=sujet, numero=1).update(cree_le=timezone.now() - timedelta(days=600))
        assert client.get(f"{where}?date={day}")["Location"].endswith(f"#message-{numero}")
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert client.get(f"{where}?date={tomorrow}")["Location"].endswith("?page=3#message-45")
    for odd in ("hier", "2026-02-31", "", "0001-01-01", "9999-12-31"):
        assert client.get(f"{where}?date={odd}", follow=True).status_code == 200
    assert "Cette date ne se lit pas" in client.get(f"{where}?date=hier", follow=True).content.decode()


def test_what_waits_unseen_on_an_open_page_is_not_read(sujet: Sujet, nadia: Agent, gaelle: Agent) -> None:
    client, where = browser(nadia), sujet.get_absolute_url()
    client.get(f"{where}?page=3")
    answer(sujet, gaelle, 2)
    assert numbers(client.get(f"{where}nouveaux/?apres=45").content.decode()) == [46, 47]
    assert read(nadia, sujet) == 45
    # The page says what it has shown; what has not been written cannot have been.
    for said, known in (("46", 46), ("9999", 47), ("-3", 47), ("abc", 47), ("1", 47)):
        assert client.post(f"{where}lu/", {"numero": said}).status_code == 204
        assert read(nadia, sujet) == known


def test_other_devices_hear_of_what_is_read(
    sujet: Sujet, nadia: Agent, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("plateforme.socle.diffusion._publish", lambda *call: sent.append(call))
    client, where = browser(nadia), sujet.get_absolute_url()
    with django_capture_on_commit_callbacks(execute=True):
        client.get(f"{where}?page=2")
        client.get(f"{where}?page=1")
        client.get(f"{where}?page=2")
    lectures = [call for call in sent if call[1]["type"] == "lecture"]
    assert lectures == [(f"agent.{nadia.pk}", {"type": "lecture", "sujet": sujet.pk, "numero": 40})]


def test_mark_read_from_lists_and_undo(sujet: Sujet, communaute: Communaute, nadia: Agent) -> None:
    client = browser(nadia)
    page = client.get("/forum/non-lus/").content.decode()
    assert "44 à lire" in page
    client.post(f"{sujet.get_absolute_url()}lu/", {"retour": "/forum/non-lus/"})
    page = client.get("/forum/non-lus/").content.decode()
    assert "Vous êtes à jour" in page
    assert "1\u00a0sujet marqué comme lu" in page
    client.post("/forum/annuler-lecture/")
    assert read(nadia, sujet) == 1
    again = client.post("/forum/annuler-lecture/", {"retour": "https://ailleurs.example/"}, follow=True)
    assert again.request["PATH_INFO"] == "/forum/non-lus/"
    assert "Il n’y a plus rien à annuler." in again.content.decode()
    client.post(f"{communaute.get_absolute_url()}forum/tout-lire/")
    assert read(nadia, sujet) == 45
    nothing = client.post("/forum/tout-lire/", follow=True).content.decode()
    assert "rien de nouveau à marquer" in nothing
    # From a message on.
    message = sujet.messages.get(numero=33)
    said = client.post(f"/messages/{message.pk}/non-lu/", follow=True).content.decode()
    assert "vous attend, à partir du message nº\u00a033." in said
    assert "13 à lire" in said
    assert numbers(client.get(sujet.get_absolute_url()).content.decode())[0] == 21


def test_the_lists_hold_what_they_say(communaute: Communaute, nadia: Agent, gaelle: Agent) -> None:
    expertise = declare(gaelle, "Loi sur l’eau")
    mine, other = (
        make_sujet(communaute, nadia, "Busage du ruisseau"),
        make_sujet(communaute, gaelle, "Curage du fossé"),
    )
    mine.expertises.add(expertise)
    private = make_communaute(make_agent(), "privee")
    adhesion = add_member(private, gaelle)
    hidden = make_sujet(private, gaelle, "Entre nous seulement")
    actions.publish_message(nadia, other, f"@{gaelle.identifiant} qu’en penses-tu ? @{nadia.identifiant}")
    animateur = Adhesion.objects.filter(communaute=private, role="animateur").get().agent
    actions.publish_message(animateur, hidden, f"@{gaelle.identifiant}, regarde")
    client = browser(gaelle)

    def titles(address: str) -> list[str]:
        page = client.get(address).content.decode()
        return [t for t in ("Busage du ruisseau", "Curage du fossé", "Entre nous seulement") if t in page]

    assert titles("/forum/non-lus/") == ["Busage du ruisseau", "Curage du fossé", "Entre nous seulement"]
    assert titles("/forum/mes-sujets/") == ["Curage du fossé", "Entre nous seulement"]
    assert titles("/forum/on-me-cite/") == ["Curage du fossé", "Entre nous seulement"]
    assert titles("/forum/sans-reponse/") == ["Busage du ruisseau"]
    actions.set_level(gaelle, mine, "suivre")
    assert titles("/forum/suivis/") == ["Busage du ruisseau", "Curage du fossé", "Entre nous seulement"]
    assert list(Mention.objects.values_list("agent", flat=True)) == [gaelle.pk, gaelle.pk]
    # Out of the private community, nothing of it is left anywhere.
    adhesion.delete()
    for end in ("non-lus", "mes-sujets", "on-me-cite", "sans-reponse", "suivis"):
        assert "Entre nous" not in client.get(f"/forum/{end}/").content.decode()
    # Somebody answered: it waits no more.
    actions.publish_message(nadia, mine, "Je précise ma question.")
    assert titles("/forum/sans-reponse/") == []
    for end in ("mes-sujets", "on-me-cite", "sans-reponse", "suivis"):
        assert 'class="vide"' in browser(make_agent()).get(f"/forum/{end}/").content.decode()


def test_mentions_follow_the_text(communaute: Communaute, nadia: Agent, gaelle: Agent) -> None:
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(nadia, sujet, f"@{gaelle.identifiant} ?")
    ana = communaute.adhesions.get(role="animateur").agent
    message.texte = f"@{ana.identifiant} ?"
    assert actions.set_mentions(message) == [ana]
    assert actions.set_mentions(message) == []
    assert [row.agent for row in Mention.objects.all()] == [ana]


def test_filter_by_tag_and_take_the_filter_off(communaute: Communaute, nadia: Agent) -> None:
    tagged, other = (
        make_sujet(communaute, nadia, "Busage du fossé"),
        make_sujet(communaute, nadia, "Curage fait"),
    )
    kept = Etiquette.objects.create(communaute=communaute, nom="Cours d’eau", slug="cours-d-eau")
    Etiquette.objects.create(communaute=communaute, nom="Rivières", slug="rivieres", fusionnee_dans=kept)
    tagged.etiquettes.add(kept)
    expertise = declare(nadia, "Loi sur l’eau")
    other.expertises.add(expertise)
    client, where = browser(nadia), f"{communaute.get_absolute_url()}forum/"
    for query, shown, absent in (
        ("etiquette=cours-d-eau", "Busage du fossé", "Curage fait"),
        ("etiquette=rivieres", "Busage du fossé", "Curage fait"),
        (f"expertise={expertise.slug}", "Curage fait", "Busage du fossé"),
    ):
        page = client.get(f"{where}?{query}&genre=question").content.decode()
        assert shown in page
        assert absent not in page
        assert 'href="?genre=question"' in page
    none = client.get(f"{where}?etiquette=cours-d-eau&expertise={expertise.slug}").content.decode()
    assert "Aucun sujet ne correspond" in none
    assert client.get(f"{where}?etiquette=inconnue").status_code == 404
    assert client.get(f"{where}?expertise=inconnue").status_code == 404


def test_summary_says_what_settles_and_what_helped(sujet: Sujet, nadia: Agent, gaelle: Agent) -> None:
    accepted, useful, gone = (sujet.messages.get(numero=n) for n in (7, 12, 20))
    actions.accept_message(nadia, accepted)
    Message.objects.filter(pk__in=[useful.pk, gone.pk]).update(nb_utile=3)
    Message.objects.filter(pk=gone.pk).update(supprime_le=timezone.now())
    page = browser(nadia).get(f"{sujet.get_absolute_url()}resume/").content.decode()
    assert page.index("La réponse retenue") < page.index("Réponse 5 ") < page.index("Jugés les plus utiles")
    assert page.index("Jugés les plus utiles") < page.index("Réponse 10 ") < page.index("Y ont participé")
    assert "Réponse 18 " not in page
    assert "43\u00a0messages" in page


@pytest.mark.parametrize("end", ["?page=1", "?page=3", "resume/"])
def test_queries_do_not_grow_with_the_sujet(
    sujet: Sujet, nadia: Agent, end: str, django_assert_max_num_queries: Any
) -> None:
    client = browser(nadia)
    client.get(f"{sujet.get_absolute_url()}{end}")
    with django_assert_max_num_queries(25):
        client.get(f"{sujet.get_absolute_url()}{end}")


def test_queries_of_lists_do_not_grow(
    communaute: Communaute, nadia: Agent, django_assert_max_num_queries: Any
) -> None:
    ana = communaute.adhesions.get(role="animateur").agent
    for n in range(22):
        sujet = actions.open_sujet(
            ana, communaute, titre=f"Sujet {n} de la liste", texte="Bonjour", quand=timezone.now()
        )
        message = actions.publish_message(ana, sujet, f"@{nadia.identifiant} ?", quand=timezone.now())
        Message.objects.filter(pk=message.pk).update(supprime_le=timezone.now())
        Sujet.objects.filter(pk=sujet.pk).update(nb_messages=1, dernier_visible=1)
    client = browser(nadia)
    for end in (
        "forum/non-lus",
        "forum/mes-sujets",
        "forum/on-me-cite",
        f"communautes/{communaute.slug}/forum",
    ):
        client.get(f"/{end}/")
        with django_assert_max_num_queries(20):
            client.get(f"/{end}/")
    assert "1 à lire" in client.get("/forum/non-lus/").content.decode()
