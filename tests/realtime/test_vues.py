"""The pages of salons, as a browser without JavaScript sees them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.actions import create_communaute, join
from communautes.models import Communaute
from realtime.models import LectureSalon, MessageSalon, Salon
from realtime.presentation import build_lines
from tests.realtime.conftest import make_agent, make_session, say


@pytest.fixture
def camille(db) -> Agent:
    return make_agent("Camille")


@pytest.fixture
def noe(db) -> Agent:
    return make_agent("Noé")


@pytest.fixture
def communaute(camille: Agent, noe: Agent) -> Communaute:
    communaute = create_communaute(camille, nom="Gestion de crise", resume="Entre préfectures")
    join(noe, communaute)
    return communaute


@pytest.fixture
def salon(communaute: Communaute) -> Salon:
    return Salon.objects.get(communaute=communaute)


@pytest.fixture
def browser_of(settings):
    def open_browser(agent: Agent) -> Client:
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = make_session(agent)
        return browser

    return open_browser


def lines_of(page) -> list[int]:
    return [ligne.message.numero for ligne in page.context["lignes"]]


# --- Salon ---------------------------------------------------------------------------------------


def test_visitor_is_asked_to_sign_in(client: Client, salon: Salon):
    for address in (
        reverse("realtime:salons"),
        salon.get_absolute_url(),
        reverse("realtime:messages", args=[salon.pk]),
    ):
        assert client.get(address).status_code == 302


def test_salon_shows_history_and_reads_it(browser_of, salon: Salon, camille: Agent, noe: Agent):
    browser = browser_of(camille)
    assert "Personne n’a encore parlé ici" in browser.get(salon.get_absolute_url()).content.decode()
    say(salon, camille, "Ma ligne")
    say(salon, noe, "**Bonjour**")
    say(salon, noe, "<script>alert(1)</script>")
    page = browser.get(salon.get_absolute_url())
    html = page.content.decode()
    assert lines_of(page) == [1, 2, 3]
    assert "<strong>Bonjour</strong>" in html
    assert "<script>alert" not in html
    assert 'data-dernier="3"' in html
    assert [ligne.non_lu for ligne in page.context["lignes"]] == [False, True, False]
    assert [ligne.suite for ligne in page.context["lignes"]] == [False, False, True]
    assert LectureSalon.objects.get(agent=camille).dernier_numero == 3
    again = browser.get(salon.get_absolute_url())
    assert not any(ligne.non_lu for ligne in again.context["lignes"])


def test_page_has_nothing_inline(browser_of, salon: Salon, camille: Agent):
    say(salon, camille, "Bonjour")
    html = browser_of(camille).get(salon.get_absolute_url()).content.decode()
    assert " style=" not in html
    assert " onclick=" not in html
    assert "<script>" not in html


def test_older_messages_by_link_and_by_fragment(browser_of, salon: Salon, camille: Agent, monkeypatch):
    monkeypatch.setattr("realtime.historique.PAGE", 3)
    for number in range(8):
        say(salon, camille, f"Message {number + 1}")
    browser = browser_of(camille)
    page = browser.get(salon.get_absolute_url())
    assert lines_of(page) == [6, 7, 8]
    assert f"{salon.get_absolute_url()}?avant=6" in page.content.decode()
    older = browser.get(salon.get_absolute_url(), {"avant": 6})
    assert lines_of(older) == [3, 4, 5]
    assert 'data-direct="non"' in older.content.decode()
    fragment = browser.get(reverse("realtime:messages", args=[salon.pk]), {"avant": 3})
    assert lines_of(fragment) == [1, 2]
    assert b"<html" not in fragment.content
    assert b'data-role="avant"' not in fragment.content
    for mark in ("", "abc", "-1", "9" * 30, "٣"):
        assert lines_of(browser.get(salon.get_absolute_url(), {"avant": mark})) == [6, 7, 8]


def test_lines_group_by_author_day_and_time(salon: Salon, camille: Agent, noe: Agent):
    start = timezone.now().replace(hour=10, minute=0) - timedelta(days=2)
    moments = [(camille, 0), (camille, 4), (camille, 10), (noe, 11), (noe, 60 * 24)]
    messages = [
        MessageSalon(salon=salon, auteur=auteur, numero=number, cree_le=start + timedelta(minutes=minutes))
        for number, (auteur, minutes) in enumerate(moments, 1)
    ]
    lines = build_lines(messages, camille)
    assert [line.suite for line in lines] == [False, True, False, False, False]
    assert [line.nouveau_jour for line in lines] == [True, False, False, False, True]


def test_say_without_javascript(browser_of, salon: Salon, camille: Agent):
    browser = browser_of(camille)
    form = {"texte": "Bonjour à tous", "client_id": str(uuid4())}
    for _ in range(2):
        answer = browser.post(reverse("realtime:dire", args=[salon.pk]), form)
        assert answer.status_code == 302
        assert answer.url.startswith(salon.get_absolute_url())
    assert MessageSalon.objects.get().texte == "Bonjour à tous"


@pytest.mark.parametrize(
    ("texte", "sentence"),
    [("  ", "Écrivez un message"), ("a" * 4001, "4000 caractères au plus"), ("a\0b", "")],
)
def test_what_cannot_be_said_is_kept(browser_of, salon: Salon, camille: Agent, texte: str, sentence: str):
    answer = browser_of(camille).post(
        reverse("realtime:dire", args=[salon.pk]), {"texte": texte, "client_id": str(uuid4())}
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in html
    assert 'aria-invalid="true"' in html
    assert texte.strip() in html
    assert not MessageSalon.objects.exists()


def test_too_fast_says_so_beside_the_field(browser_of, salon: Salon, camille: Agent, settings):
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "message": 0}
    answer = browser_of(camille).post(
        reverse("realtime:dire", args=[salon.pk]), {"texte": "Gardez-moi", "client_id": str(uuid4())}
    )
    assert "Vous allez un peu vite" in answer.content.decode()
    assert "Gardez-moi" in answer.content.decode()


def test_salon_is_for_members(browser_of, salon: Salon, camille: Agent, communaute: Communaute):
    zoe = make_agent("Zoé")
    browser = browser_of(zoe)
    addresses = [
        salon.get_absolute_url(),
        reverse("realtime:messages", args=[salon.pk]),
    ]
    dire = reverse("realtime:dire", args=[salon.pk])
    form = {"texte": "Coucou", "client_id": str(uuid4())}
    assert [browser.get(address).status_code for address in addresses] == [403, 403]
    assert browser.post(dire, form).status_code == 403
    Communaute.objects.update(visibilite=Communaute.Visibilite.PRIVEE)
    assert [browser.get(address).status_code for address in addresses] == [404, 404]
    assert browser.post(dire, form).status_code == 404
    assert not MessageSalon.objects.exists()


# --- My salons -----------------------------------------------------------------------------------


def test_my_salons(browser_of, salon: Salon, camille: Agent, noe: Agent):
    other = create_communaute(camille, nom="Achats", resume="Marchés publics")
    create_communaute(noe, nom="Ailleurs", resume="Pas la sienne")
    say(salon, noe, "Un *mot* pour vous")
    say(salon, noe, "Et un autre")
    page = browser_of(camille).get(reverse("realtime:salons"))
    html = page.content.decode()
    assert [(one.communaute.nom, one.non_lus) for one in page.context["salons"]] == [
        ("Gestion de crise", 2),
        (other.nom, 0),
    ]
    assert "Et un autre" in html
    assert "Ailleurs" not in html
    assert (
        "Pas encore de salon"
        in browser_of(make_agent("Zoé")).get(reverse("realtime:salons")).content.decode()
    )


# --- Cost ----------------------------------------------------------------------------------------


def test_number_of_queries_does_not_grow(
    browser_of, salon: Salon, camille: Agent, noe: Agent, django_assert_max_num_queries
):
    def measure(address: str) -> int:
        with django_assert_max_num_queries(30) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    browser = browser_of(camille)
    addresses = [
        salon.get_absolute_url(),
        reverse("realtime:salons"),
        reverse("realtime:messages", args=[salon.pk]),
    ]
    say(salon, noe, "Un")
    before = [measure(address) for address in addresses]
    for number in range(8):
        auteur = make_agent(f"Agent{number}")
        join(auteur, salon.communaute)
        say(salon, auteur, f"Message {number}")
        create_communaute(camille, nom=f"Communauté {number}", resume="Une de plus")
    # Two more at most: a test beside this one may empty the cache that holds the session.
    after = [measure(address) for address in addresses]
    assert all(now <= then + 2 for now, then in zip(after, before, strict=True)), (before, after)
