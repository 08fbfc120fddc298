"""Going through a salon: where it opens, both ways, to a day, to what was said."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.actions import create_communaute, join
from realtime import lieux, recherche
from realtime.actions import mark_salon_read, send_message
from realtime.historique import messages_around
from realtime.models import LectureSalon, MessageSalon, Salon
from realtime.recherche import Recherche, search_lines
from tests.realtime.conftest import make_agent, make_session, say


@pytest.fixture
def camille(db: None) -> Agent:
    return make_agent("Camille")


@pytest.fixture
def noe(db: None) -> Agent:
    return make_agent("Noé")


@pytest.fixture
def salon(camille: Agent, noe: Agent) -> Salon:
    communaute = create_communaute(camille, nom="Gestion de crise", resume="Entre préfectures")
    join(noe, communaute)
    return communaute.salons.get()


@pytest.fixture
def browser(camille: Agent, settings: Any) -> Client:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = make_session(camille)
    return browser


def fill(salon: Salon, auteur: Agent, number: int) -> None:
    """Lines as sending makes them, without their price."""
    now = timezone.now()
    MessageSalon.objects.bulk_create(
        MessageSalon(
            salon=salon,
            auteur=auteur,
            numero=salon.dernier_numero + rank,
            client_id=uuid4(),
            texte=f"Ligne {rank}",
            html=f"<p>Ligne {rank}</p>",
            version_rendu=1,
            cree_le=now,
        )
        for rank in range(1, number + 1)
    )
    Salon.objects.filter(pk=salon.pk).update(dernier_numero=salon.dernier_numero + number)
    salon.refresh_from_db()


def lines_of(page: Any) -> list[int]:
    return [ligne.message.numero for ligne in page.context["lignes"]]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.historique.PAGE", 6)


def test_opens_where_one_had_read_to(browser: Client, salon: Salon, camille: Agent, noe: Agent):
    fill(salon, noe, 30)
    mark_salon_read(camille, salon, 10)
    page = browser.get(salon.get_absolute_url())
    assert lines_of(page) == [8, 9, 10, 11, 12, 13]
    assert [ligne.message.numero for ligne in page.context["lignes"] if ligne.non_lu] == [11]
    html = page.content.decode()
    assert "data-suite" in html
    assert 'data-bout="30"' in html
    assert "?depuis=13" in html
    assert "?avant=8" in html
    # What is not shown is not read.
    assert LectureSalon.objects.get(agent=camille).dernier_numero == 13
    assert lines_of(browser.get(salon.get_absolute_url(), {"fin": "1"})) == [25, 26, 27, 28, 29, 30]
    assert LectureSalon.objects.get(agent=camille).dernier_numero == 30


def test_both_ways(browser: Client, salon: Salon, noe: Agent):
    fill(salon, noe, 14)
    address = reverse("realtime:messages", args=[salon.pk])
    newer = browser.get(address, {"depuis": 4})
    assert lines_of(newer) == [5, 6, 7, 8, 9, 10]
    assert b'data-role="apres"' in newer.content
    last = browser.get(address, {"depuis": 10})
    assert lines_of(last) == [11, 12, 13, 14]
    assert b'data-role="apres"' not in last.content
    assert lines_of(browser.get(address, {"depuis": 14})) == []
    page = browser.get(salon.get_absolute_url(), {"depuis": 4})
    assert lines_of(page) == [5, 6, 7, 8, 9, 10]


def test_around_a_line(browser: Client, salon: Salon, camille: Agent, noe: Agent):
    fill(salon, noe, 14)
    assert [
        [message.numero for message in messages_around(salon.pk, numero).messages]
        for numero in (1, 7, 14, 99)
    ] == [[1, 2, 3, 4, 5, 6], [4, 5, 6, 7, 8, 9], [9, 10, 11, 12, 13, 14], [9, 10, 11, 12, 13, 14]]
    first, last = messages_around(salon.pk, 1), messages_around(salon.pk, 14)
    assert (first.reste, first.suite, last.reste, last.suite) == (False, True, True, False)
    assert browser.get(salon.get_absolute_url(), {"autour": 7}).status_code == 200
    # Being led to a line reads nothing.
    assert not LectureSalon.objects.filter(agent=camille).exists()


def test_to_a_day(browser: Client, salon: Salon, noe: Agent):
    now = timezone.localtime().replace(hour=10, minute=0)
    for days in (9, 5, 2):
        send_message(noe, salon, f"Il y a {days} jours", uuid4(), quand=now - timedelta(days=days))
    address = salon.get_absolute_url()

    def led(days: int) -> str:
        return browser.get(address, {"date": (now - timedelta(days=days)).date().isoformat()}).url

    assert led(5) == f"{address}?autour=2#ligne-2"
    assert led(4) == f"{address}?autour=3#ligne-3"
    assert led(20) == f"{address}?autour=1#ligne-1"
    assert led(0) == f"{address}?fin=1"
    for wrong in ("", "hier", "2026-02-31", "99999-01-01", "0001-01-01", "9999-12-31"):
        assert browser.get(address, {"date": wrong}).status_code == 302


def test_search(browser: Client, salon: Salon, camille: Agent, noe: Agent):
    say(salon, noe, "La digue du Rhône a **cédé**")
    say(salon, camille, "Les digues tiennent ailleurs")
    say(salon, noe, "Rien à voir <script>alert(1)</script>")
    other = create_communaute(noe, nom="Ailleurs", resume="Autre").salons.get()
    say(other, noe, "Une digue d’ailleurs")
    address = reverse("realtime:recherche", args=[salon.pk])

    def found(**question: str) -> list[int]:
        page = browser.get(address, question)
        assert page.status_code == 200
        return [message.numero for message in page.context["resultats"] or []]

    assert found(q="DIGUE") == [2, 1]
    assert found(q="rhone digue") == [1]
    assert found(q="digue", de=f"@{noe.identifiant}") == [1]
    assert found(q="digue", de="Camille Martin") == [2]
    assert found(q="digue", de="Personne") == []
    today = timezone.localdate()
    assert found(q="digue", du=today.isoformat(), au=today.isoformat()) == [2, 1]
    assert found(q="digue", au=(today - timedelta(days=1)).isoformat()) == []
    assert found(q="le la les") == []
    assert found(q="') | x & '") == []
    html = browser.get(address, {"q": "voir"}).content.decode()
    assert "<script>alert" not in html
    assert f"{salon.get_absolute_url()}?autour=3#ligne-3" in html
    assert "Écrivez au moins un mot" in browser.get(address, {"q": " "}).content.decode()


def test_search_gives_no_more_than_one_may_read(salon: Salon, camille: Agent, noe: Agent):
    group = lieux.open_group(camille, [make_agent("Zoé")], historique_entier=False)
    say(group, camille, "Une digue avant lui")
    lieux.add_members(camille, group, [noe])
    group.refresh_from_db()
    say(group, camille, "Une digue après lui")
    assert [line.numero for line in search_lines(noe, group, Recherche("digue"))[0]] == [2]
    assert [line.numero for line in search_lines(camille, group, Recherche("digue"), 2)[0]] == [1]


def test_search_goes_through_its_index(salon: Salon, noe: Agent):
    fill(salon, noe, 400)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE realtime_messagesalon")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM realtime_messagesalon WHERE salon_id = %s AND fr_vecteur(texte) @@ 'digu'::tsquery",
            [salon.pk],
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "message_salon_mots" in plan


@pytest.mark.parametrize(("mot", "ordre"), [("commun", "numero DESC"), ("rare", "(numero + 0) DESC")])
def test_a_common_word_is_sought_from_the_end_and_a_rare_one_by_the_index(
    salon: Salon, noe: Agent, monkeypatch: pytest.MonkeyPatch, mot: str, ordre: str
):
    """What goes up a salon of a million lines for a word that few of them hold takes a second."""
    for name, value in (("COMMON", 30), ("LOOKED_AT", 120), ("SHOWN", 5)):
        monkeypatch.setattr(recherche, name, value)
    MessageSalon.objects.bulk_create(
        MessageSalon(
            salon=salon, auteur=noe, numero=n, client_id=uuid4(), texte=texte, html="", version_rendu=1,
            cree_le=timezone.now(),
        )
        for n in range(1, 401)
        for texte in [f"mot commun numéro {n}" + (" et rare" if n % 100 == 7 else "")]
    )  # fmt: skip
    salon.dernier_numero = 400
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE realtime_messagesalon")
    with CaptureQueriesContext(connection) as queries:
        found, _ = search_lines(noe, salon, Recherche(mot))
    assert [line.numero for line in found][:3] == ([400, 399, 398] if mot == "commun" else [307, 207, 107])
    order = (
        queries[-1]["sql"].replace('"realtime_messagesalon".', "").replace('"', "").partition("ORDER BY ")[2]
    )
    assert order.startswith(ordre)


def test_number_of_queries(browser: Client, salon: Salon, noe: Agent, django_assert_max_num_queries: Any):
    fill(salon, noe, 40)
    for address in (
        salon.get_absolute_url(),
        f"{salon.get_absolute_url()}?autour=20",
        f"{reverse('realtime:recherche', args=[salon.pk])}?q=ligne",
        f"{reverse('realtime:messages', args=[salon.pk])}?depuis=3",
    ):
        with django_assert_max_num_queries(22):
            assert browser.get(address).status_code == 200
