"""The list: each conversation once, whatever the page its news would have fallen on."""

import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification
from annuaire.notifications.presentation import MOST_IN_GROUP
from tests.factories import browser, make_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia() -> Agent:
    return make_agent("Nadia")


def tell(agent: Agent, fil: str, number: int, acteur: Agent | None = None, **more: Any) -> list[Notification]:
    fields = {"genre": Genre.REPONSE, "intitule": f"Sujet {fil}", "url": "/", "titre": f"Réponse dans {fil}"}
    start = Notification.objects.count()
    return Notification.objects.bulk_create(
        Notification(destinataire=agent, fil=fil, cle=f"essai.{start + n}", acteur=acteur, **(fields | more))
        for n in range(number)
    )


def pages(client: Client, address: str = "/notifications/") -> list[Any]:
    """The groups of all pages, each from the one before; and back the same."""
    found, contexts = [], []
    where = address
    while True:
        context = client.get(where).context
        contexts.append(context)
        found += context["groupes"]
        if context["page"].suivante is None:
            break
        where = f"{address}{'&' if '?' in address else '?'}apres={context['page'].suivante}"
    for before, after in zip(contexts[-2::-1], contexts[:0:-1], strict=True):
        where = f"{address}{'&' if '?' in address else '?'}avant={after['page'].precedente}"
        assert [row.tete for row in client.get(where).context["groupes"]] == [
            row.tete for row in before["groupes"]
        ]
    return found


def test_a_conversation_is_one_line_whatever_page_its_news_fall_on(nadia: Agent) -> None:
    ana, bob, cleo = (make_agent(name) for name in ("Ana", "Bob", "Cléo"))
    for turn in range(4):
        for number in range(45):
            tell(nadia, f"essai.{number}", 1, (ana, bob, cleo, ana)[turn])
    lone = tell(nadia, "", 3, ana)
    old = tell(nadia, "essai.7", 60, bob, lue_le=timezone.now())
    client = browser(nadia)
    found = pages(client)
    seen = Counter((row.derniere.fil or row.derniere.cle, row.lue) for row in found)
    assert len(seen) == 45 + 3 + 1 and set(seen.values()) == {1}
    by_thread = {(row.derniere.fil, row.lue): row for row in found}
    one = by_thread["essai.3", False]
    assert one.nombre == 4
    assert one.titre.replace("\xa0", " ") == (
        f"{ana.nom_complet} et 2 autres ont répondu à « Sujet essai.3 »"
    )
    # It leads to the first unread, and stands where its last news is.
    first = Notification.objects.filter(fil="essai.3").order_by("pk").first()
    assert first is not None and one.url == f"/notifications/{first.pk}/"
    assert by_thread["essai.7", False].nombre == 4
    assert by_thread["essai.7", True].nombre == 60 and found[0].tete == old[-1].pk
    assert [row.tete for row in found[1:4]] == [row.pk for row in reversed(lone)]
    assert len(pages(client, "/notifications/?filtre=non-lues")) == 48


def test_marking_a_group_marks_all_of_it_and_is_undone_exactly(nadia: Agent) -> None:
    client = browser(nadia)
    earlier = tell(nadia, "essai.1", 5, lue_le=timezone.now())
    told = tell(nadia, "essai.1", 90)
    others = tell(nadia, "essai.2", 3) + tell(make_agent(), "essai.1", 3)
    (group,) = [row for row in pages(client) if row.derniere.fil == "essai.1" and not row.lue]
    late = tell(nadia, "essai.1", 2)
    client.post("/notifications/marquer/", {"lues": group.tete})
    # Not what came after the page was shown, nor what is others'.
    assert set(Notification.objects.unread()) == {*others, *late}
    (group,) = [row for row in pages(client) if row.derniere.fil == "essai.1" and row.lue]
    assert group.nombre == 95
    client.post("/notifications/marquer/", {"non_lues": group.tete})
    assert set(Notification.objects.unread()) == {*others, *late, *told}
    assert not Notification.objects.filter(pk__in=[row.pk for row in earlier], lue_le=None).exists()


def test_a_lone_one_and_what_is_not_ones_own(nadia: Agent) -> None:
    client = browser(nadia)
    (one, two) = tell(nadia, "", 2)
    client.post("/notifications/marquer/", {"lues": one.pk})
    assert list(Notification.objects.unread()) == [two]
    client.post("/notifications/marquer/", {"non_lues": one.pk})
    assert Notification.objects.unread().count() == 2
    browser(make_agent()).post("/notifications/marquer/", {"lues": one.pk})
    for odd in ("", "a", "-1", "9" * 30, "0", f"{one.pk},{two.pk}", "²"):
        assert client.post("/notifications/marquer/", {"lues": odd}).status_code == 302
    assert Notification.objects.unread().count() == 2


def test_citations_are_grouped_among_themselves(nadia: Agent) -> None:
    tell(nadia, "essai.1", 3, genre=Genre.MENTION)
    tell(nadia, "essai.1", 50)
    tell(nadia, "essai.2", 50)
    (group,) = pages(browser(nadia), "/notifications/?filtre=mentions")
    assert group.nombre == 3


def test_a_conversation_without_end_is_counted_up_to_a_bound(nadia: Agent) -> None:
    ana = make_agent("Ana")
    tell(nadia, "essai.1", MOST_IN_GROUP + 20, ana)
    (group,) = pages(browser(nadia))
    assert group.nombre == MOST_IN_GROUP
    assert f"({MOST_IN_GROUP}\xa0fois ou plus)" in group.titre
    first = Notification.objects.order_by("pk").first()
    assert first is not None and group.url == f"/notifications/{first.pk}/"


def test_a_list_of_years_costs_what_a_short_one_does(
    nadia: Agent, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    people = [make_agent() for _ in range(3)]
    client = browser(nadia)
    for agent in people[:2]:
        tell(nadia, "essai.1", 1, agent)
    client.get("/notifications/")
    with django_assert_max_num_queries(12) as short:
        client.get("/notifications/")
    for number in range(60):
        for agent in people:
            tell(nadia, f"essai.{number}", 30, agent, lue_le=timezone.now() if number % 2 else None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
    with django_assert_num_queries(len(short)) as captured:
        page = client.get("/notifications/").content.decode()
    assert page.count('class="rang ') + page.count('class="rang"') == 40
    for query in captured:
        if "notifications_notification" in query["sql"] and "%(" not in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + query["sql"])
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert not re.search("Seq Scan on notifications_notification", plan), plan
