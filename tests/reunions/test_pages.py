"""The pages of meetings, as a browser without JavaScript sees them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from realtime.models import Salon
from realtime.reunions.actions import ProjetPoint
from realtime.reunions.models import Reunion
from tests.factories import add_member, browser, make_agent
from tests.reunions.conftest import soon

GOOD = {
    "titre": "Retour sur la crue de mai",
    "date": (timezone.localdate() + timedelta(days=10)).isoformat(),
    "heure": "14:30",
    "duree_minutes": "90",
    "lieu": "Salle Cévennes",
    "lien_visio": "https://visio.example.gouv.fr/crue",
    "ordre_du_jour": "Chronologie\n- Ce qui a tenu\n\nDécisions",
}


def test_meetings_to_come_and_past(
    plan: Callable[..., Reunion], communaute: Communaute, camille: Agent, noe: Agent
) -> None:
    now, past = plan("En ce moment"), plan("Passée")
    plan("Bientôt", debut=soon(2))
    Reunion.objects.filter(pk=now.pk).update(debut=timezone.now() - timedelta(minutes=30))
    Reunion.objects.filter(pk=past.pk).update(debut=timezone.now() - timedelta(days=3))
    address = reverse("reunions:liste", args=[communaute.slug])
    page = browser(noe).get(address)
    assert [row.titre for row in page.context["a_venir"]] == ["En ce moment", "Bientôt"]
    assert [row.titre for row in page.context["page"].items] == ["Passée"]
    assert "Planifier une réunion" not in page.content.decode()
    assert "Planifier une réunion" in browser(camille).get(address).content.decode()


def test_plan_a_meeting(communaute: Communaute, camille: Agent, noe: Agent, zoe: Agent) -> None:
    address = reverse("reunions:planifier", args=[communaute.slug])
    page_of = browser(camille)
    assert page_of.get(address).status_code == 200
    answer = page_of.post(address, GOOD)
    reunion = Reunion.objects.get()
    assert answer.url == reunion.get_absolute_url()
    assert timezone.localtime(reunion.debut).strftime("%H:%M") == "14:30"
    assert [point.titre for point in reunion.points.all()] == ["Chronologie", "Ce qui a tenu", "Décisions"]
    html = browser(noe).get(reunion.get_absolute_url()).content.decode()
    for shown in (
        "Ce qui a tenu",
        "Salle Cévennes",
        "https://visio.example.gouv.fr/crue",
        "14 h 30",
        "Camille Martin",
    ):
        assert shown in html
    salon = Salon.objects.get(communaute=communaute)
    assert salon.get_absolute_url() in html
    # Of an open community, others may read, and are not shown a door that is closed to them.
    Communaute.objects.update(visibilite=Communaute.Visibilite.OUVERTE)
    assert salon.get_absolute_url() not in browser(zoe).get(reunion.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"titre": ""}, "titre", "Dites en quelques mots"),
        ({"date": "2020-01-01"}, "date", "Cette date est passée"),
        ({"date": "9999-12-31"}, "date", "bien lointaine"),
        ({"date": "le 3"}, "date", "ne se lit pas"),
        ({"date": "2027-03-28", "heure": "02:30"}, "heure", "n’existe pas ce jour-là"),
        ({"heure": "25:00"}, "heure", "ne se lit pas"),
        ({"duree_minutes": "100000"}, "duree_minutes", ""),
        ({"lien_visio": "javascript:alert(1)"}, "lien_visio", "https://"),
        ({"lien_visio": "http://visio.gouv.fr"}, "lien_visio", "https://"),
        ({"ordre_du_jour": "a" * 4001}, "ordre_du_jour", ""),
    ],
)
def test_bad_meeting_is_told_beside_the_field(
    communaute: Communaute, camille: Agent, change: dict[str, str], field: str, sentence: str
) -> None:
    answer = browser(camille).post(reverse("reunions:planifier", args=[communaute.slug]), {**GOOD, **change})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert sentence in answer.context["form"].errors[field][0]
    assert "Salle Cévennes" in answer.content.decode()
    assert not Reunion.objects.exists()


def test_meetings_follow_the_community(
    plan: Callable[..., Reunion], communaute: Communaute, noe: Agent, zoe: Agent
) -> None:
    reunion = plan("Entre nous")
    planifier = reverse("reunions:planifier", args=[communaute.slug])
    assert browser(noe).get(planifier).status_code == 403
    assert browser(noe).post(planifier, GOOD).status_code == 403
    Communaute.objects.update(visibilite=Communaute.Visibilite.PRIVEE)
    outside = browser(zoe)
    for address in (
        reunion.get_absolute_url(),
        planifier,
        reverse("reunions:liste", args=[communaute.slug]),
    ):
        assert outside.get(address).status_code == 404


def test_number_of_queries_does_not_grow(
    plan: Callable[..., Reunion], communaute: Communaute, camille: Agent, django_assert_max_num_queries: Any
) -> None:
    def measure() -> list[int]:
        counts = []
        for address in addresses:
            with django_assert_max_num_queries(30) as queries:
                assert page_of.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    page_of = browser(camille)
    points = [ProjetPoint("Un", camille)]
    addresses = [plan(points=points).get_absolute_url(), reverse("reunions:liste", args=[communaute.slug])]
    before = measure()
    for number in range(4):
        member = make_agent(f"Agent{number}")
        add_member(communaute, member)
        reunion = plan(points=[ProjetPoint(f"Point {rank}", member) for rank in range(5)])
        addresses[0] = reunion.get_absolute_url()
    # Two more at most: a test beside this one may empty the cache that holds the session.
    assert all(now <= then + 2 for now, then in zip(measure(), before, strict=True))
