"""Pages put together from what is kept are, for each reader, the pages that would be rendered from nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.models import Adhesion, Communaute, Suspension
from forum import actions
from forum.models import Message, Signalement, Sujet
from plateforme.socle.morceaux import MAGASIN
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db

PAGES = ("/sujets/{sujet}/?page=1", "/communautes/{slug}/forum/", "/forum/non-lus/")
# What differs from one request to the next, whoever asks.
MARKS = re.compile(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"|brouillon-envoye" content="[^"]*"')


@pytest.fixture(autouse=True)
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """« il y a 1 min » must not come between a page and the one it is compared with."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"))


@pytest.fixture
def readers(communaute: Communaute) -> list[Agent]:
    """An animateur, the author of the sujet, two members, one suspended, somebody who only reads."""
    ana = Agent.objects.get(prenom="Ana")
    people = [add_member(communaute, make_agent(name)).agent for name in ("Nadia", "Max", "Zoé", "Ali")]
    Suspension.objects.create(
        communaute=communaute,
        agent=people[3],
        par=ana,
        motif="Ton",
        jusqu_au=timezone.now() + timedelta(days=3),
    )
    return [ana, *people, make_agent("Lou")]


@pytest.fixture
def sujet(communaute: Communaute, readers: list[Agent]) -> Sujet:
    """A question of 22 messages, the first and the last of which cite somebody."""
    sujet = make_sujet(communaute, readers[1])
    for number in range(21):
        actions.publish_message(readers[number % 3], sujet, f"Réponse {number} @{readers[2].identifiant}")
    sujet.refresh_from_db()
    return sujet


def page(reader: Agent, path: str) -> str:
    if not hasattr(reader, "navigateur"):
        reader.navigateur = browser(reader)
    answer = reader.navigateur.get(path)
    assert answer.status_code == 200, (reader, path, answer.status_code)
    return MARKS.sub("", answer.content.decode()).strip()


def changes(sujet: Sujet, readers: list[Agent]) -> Iterator[Callable[[], object]]:
    """What people do meanwhile, one thing after the other."""
    ana, nadia, max_, zoe, *_ = readers
    message = Message.objects.filter(sujet=sujet, numero=2).get
    yield lambda: None
    yield lambda: actions.set_level(max_, sujet, "sourdine")
    yield lambda: actions.accept_message(nadia, message())
    yield lambda: actions.keep_message(zoe, message())
    yield lambda: actions.remove_favori(zoe, message().favoris.get())
    yield lambda: Notification.objects.filter(destinataire=max_).update(lue_le=None)
    yield lambda: Adhesion.objects.filter(agent=zoe).update(rappels_charte=0)
    yield lambda: Agent.objects.filter(pk=max_.pk).update(nom="Autre-Nom")
    yield lambda: Signalement.objects.create(
        communaute=sujet.communaute, message=message(), auteur=zoe, motif="autre"
    )
    yield lambda: actions.delete_message(ana, message())
    yield lambda: actions.publish_message(ana, Sujet.objects.get(pk=sujet.pk), "Encore")
    yield lambda: actions.close_sujet(ana, Sujet.objects.get(pk=sujet.pk), motif="Fini")
    yield lambda: Communaute.objects.filter(pk=sujet.communaute_id).update(nom="Eau et rivières")


def test_kept_pages_are_everyone_s_own(sujet: Sujet, readers: list[Agent], communaute: Communaute) -> None:
    paths = [path.format(sujet=sujet.pk, slug=communaute.slug) for path in PAGES]
    for reader in readers:  # so that the readings of the test itself change nothing any more
        for path in paths:
            page(reader, path)
    for number, change in enumerate(changes(sujet, readers)):
        try:
            change()
        except Exception as refused:
            raise AssertionError(f"change {number}") from refused
        for path in paths:
            # Each is shown what the page of those before left behind.
            ordered = readers if number % 2 else readers[::-1]
            kept = [page(reader, path) for reader in ordered]
            for reader, shown in zip(ordered, kept, strict=True):
                MAGASIN.clear()
                assert shown == page(reader, path), (number, path, reader)


def test_a_page_is_kept(sujet: Sujet, readers: list[Agent], django_assert_max_num_queries: Callable) -> None:
    """Two readers of the same standing share one page: the second asks for nothing but what is theirs."""
    path = PAGES[0].format(sujet=sujet.pk)
    for reader in readers[2:4]:
        page(reader, path)
        page(reader, path)
    before = len(MAGASIN._pieces)
    client = browser(readers[3])
    with django_assert_max_num_queries(4):
        client.get(path)
    assert len(MAGASIN._pieces) == before
