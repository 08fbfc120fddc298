"""The pages of meetings, as a browser without JavaScript sees them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.fichiers.actions import share_document
from communautes.models import Communaute
from realtime.models import Salon
from realtime.reunions import actions
from realtime.reunions.actions import Invites, ProjetPoint
from realtime.reunions.models import Reunion
from tests.factories import add_member, browser, make_agent, make_territoire
from tests.reunions.conftest import participant, soon

GOOD = {
    "titre": "Retour sur la crue de mai",
    "date": (timezone.localdate() + timedelta(days=10)).isoformat(),
    "heure": "14:30",
    "fuseau": "Europe/Paris",
    "duree_minutes": "90",
    "lieu": "Salle Cévennes",
    "visio": "autre",
    "lien_visio": "https://visio.example.gouv.fr/crue",
    "qui": "communaute",
    "points-TOTAL_FORMS": "4",
    "points-INITIAL_FORMS": "0",
    "points-0-titre": "Chronologie",
    "points-0-minutes": "10",
    "points-2-titre": "Ce qui a tenu",
    "points-3-titre": "Décisions",
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
        "14\u00a0h\u00a030",
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
        ({"fuseau": "Europe/Rome"}, "fuseau", ""),
        ({"visio": "webconf2"}, "visio", ""),
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


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"qui": "personnes", "personnes": "Personne Inconnue"}, "convives"),
        ({"secretaire": "inconnu-ici"}, "convives"),
        ({"points-1-minutes": "5"}, "points"),
        ({"points-0-minutes": "0"}, "points"),
        ({"points-0-responsable": "inconnu"}, "points"),
    ],
)
def test_people_and_points_that_are_wrong_are_told(
    communaute: Communaute, camille: Agent, change: dict[str, str], where: str
) -> None:
    answer = browser(camille).post(reverse("reunions:planifier", args=[communaute.slug]), {**GOOD, **change})
    assert answer.status_code == 422
    assert any(answer.context[where].errors)
    assert "Ce qui a tenu" in answer.content.decode()
    assert not Reunion.objects.exists()


def test_without_javascript_a_row_is_asked_of_the_server_and_nothing_typed_is_lost(
    communaute: Communaute, camille: Agent
) -> None:
    address = reverse("reunions:planifier", args=[communaute.slug])
    answer = browser(camille).post(address, {**GOOD, "titre": "", "heure": "25:00", "ajouter": "1"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert len(answer.context["points"].forms) == 5
    for typed in ("Chronologie", "Ce qui a tenu", "Salle Cévennes", "25:00"):
        assert typed in html
    assert "fr-message--error" not in html
    assert not Reunion.objects.exists()


def test_one_sees_who_is_busy_before_planning(
    plan: Callable[..., Reunion], communaute: Communaute, camille: Agent, noe: Agent, lea: Agent
) -> None:
    plan("Secret", invites=Invites(agents=(noe,)), debut=soon(10, 15))
    address = reverse("reunions:planifier", args=[communaute.slug])
    named = f"@{noe.identifiant}\n{lea.email}\n"
    posted = {**GOOD, "qui": "personnes", "personnes": named, "verifier": "1"}
    answer = browser(camille).post(address, posted)
    assert answer.status_code == 200
    assert answer.context["occupes"] == [noe]
    _, said = answer.content.decode().split("Déjà en réunion", 1)
    assert "Secret" not in said.split("</div>", 1)[0]
    assert Reunion.objects.count() == 1
    del posted["verifier"]
    browser(camille).post(address, {**posted, "brouillon": "1"})
    made = Reunion.objects.latest("pk")
    assert made.en_preparation
    assert {row.agent for row in made.participants.all()} == {camille, noe, lea}


def test_hours_are_the_reader_s_then_the_meeting_s(
    plan: Callable[..., Reunion], communaute: Communaute, noe: Agent
) -> None:
    ines = make_agent("Inès", territoire=make_territoire("973", "Guyane", "R03"))
    add_member(communaute, ines)
    reunion = plan(debut=soon(7, 14))
    hour = reunion.debut.astimezone(ZoneInfo("America/Cayenne")).hour
    html = browser(ines).get(reunion.get_absolute_url()).content.decode()
    assert f"de {hour}\u00a0h à {hour + 1}\u00a0h" in html
    assert f"{hour}\u00a0h à Cayenne, 14\u00a0h à Paris" in html
    # Whoever lives by the meeting's clock is told of those who do not.
    html = browser(noe).get(reunion.get_absolute_url()).content.decode()
    assert "de 14\u00a0h à 15\u00a0h" in html
    assert f"14\u00a0h à Paris, {hour}\u00a0h à Cayenne" in html


def test_answering_from_the_page(plan: Callable[..., Reunion], noe: Agent, zoe: Agent) -> None:
    reunion = plan()
    page_of = browser(noe)
    address = reverse("reunions:repondre", args=[reunion.pk])
    page_of.post(address, {"reponse": "accepte", "commentaire": "Avec plaisir", "sur": "0"})
    assert participant(reunion, noe).commentaire == "Avec plaisir"
    for wrong in ({"reponse": "sans"}, {"reponse": "peut-être"}, {}, {"reponse": "refuse", "sur": "-1"}):
        assert page_of.post(address, wrong).status_code == 422
    assert participant(reunion, noe).reponse == "accepte"
    assert browser(zoe).post(address, {"reponse": "accepte"}).status_code == 404


def test_changing_and_cancelling_from_the_pages(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent
) -> None:
    reunion = plan()
    page_of = browser(camille)
    modifier = reverse("reunions:modifier", args=[reunion.pk])
    assert page_of.get(modifier).status_code == 200
    posted = {**GOOD, "sur": "0", "visio": "aucune", "lien_visio": ""}
    assert page_of.post(modifier, posted).status_code == 302
    late = page_of.post(modifier, {**posted, "lieu": "Autre salle"})
    assert late.status_code == 422
    assert "modifiée pendant que vous écriviez" in late.content.decode()
    assert "Autre salle" in late.content.decode()
    assert "Ce qui a changé" in browser(noe).get(reunion.get_absolute_url()).content.decode()
    assert page_of.get(reverse("reunions:annuler", args=[reunion.pk])).status_code == 200
    page_of.post(reverse("reunions:annuler", args=[reunion.pk]), {"motif": "Préfet retenu"})
    html = browser(noe).get(reunion.get_absolute_url()).content.decode()
    assert "Préfet retenu" in html
    assert "Viendrez-vous" not in html
    assert page_of.get(modifier).status_code == 403
    double = reverse("reunions:dupliquer", args=[reunion.pk])
    assert page_of.get(double).status_code == 200
    copy = page_of.post(double, {"date": GOOD["date"], "heure": "10:00", "fuseau": "Indian/Reunion"})
    assert page_of.get(copy.url).status_code == 200


def test_my_meetings_by_week(plan: Callable[..., Reunion], camille: Agent, noe: Agent, zoe: Agent) -> None:
    plan("Loin", debut=soon(40))
    plan("Dans une semaine")
    past = plan("Passée")
    Reunion.objects.filter(pk=past.pk).update(debut=timezone.now() - timedelta(days=9))
    actions.plan_reunion(noe, None, titre="Entre nous", debut=soon(7), invites=Invites(agents=(zoe,)))
    page = browser(noe).get(reverse("reunions:miennes"))
    weeks = [(week.titre, [row.reunion.titre for row in week.reunions]) for week in page.context["semaines"]]
    assert weeks[0] == ("La semaine prochaine", ["Dans une semaine", "Entre nous"])
    assert weeks[1][0].startswith("Semaine du ")
    assert weeks[1][1] == ["Loin"]
    page = browser(noe).get(reverse("reunions:miennes") + "?passees")
    assert [row.reunion.titre for row in page.context["semaines"][0].reunions] == ["Passée"]
    shown = browser(zoe).get(reverse("reunions:miennes")).content.decode()
    assert "Entre nous" in shown
    assert "Dans une semaine" not in shown


def test_names_as_they_are_typed(communaute: Communaute, camille: Agent, noe: Agent, zoe: Agent) -> None:
    address = reverse("reunions:personnes")
    partner = make_agent("Noémie", "Dehors", partenaire=True)

    def ask(**query: str) -> list[str]:
        return [row["nom"] for row in browser(camille).get(address, query).json()["personnes"]]

    assert ask(q="no", communaute=communaute.slug) == ["Noé Garcin"]
    assert ask(q="DEH") == ["Zoé Dehors"]
    assert ask(q="") == []
    assert partner.nom_complet not in ask(q="deh", communaute=communaute.slug)
    assert browser(zoe).get(address, {"q": "no", "communaute": communaute.slug}).status_code == 403


def test_points_and_documents_from_the_pages(
    plan: Callable[..., Reunion], communaute: Communaute, camille: Agent, noe: Agent
) -> None:
    document = share_document(noe, communaute, ContentFile(b"bonjour"), nom="note.txt")
    reunion = plan(points=[ProjetPoint("Un"), ProjetPoint("Deux")])
    one, _ = reunion.points.all()
    page_of = browser(camille)
    page_of.post(reverse("reunions:deplacer-point", args=[one.pk]), {"sens": "bas"})
    page_of.post(
        reverse("reunions:ajouter-point", args=[reunion.pk]),
        {"titre": "Trois", "responsable": noe.identifiant, "minutes": "5", "description": "**Oui**"},
    )
    browser(noe).post(reverse("reunions:ajouter-point", args=[reunion.pk]), {"titre": "Quatre"})
    proposed = reunion.points.get(titre="Quatre")
    assert not proposed.retenu
    page_of.post(reverse("reunions:garder-point", args=[proposed.pk]))
    page_of.post(reverse("reunions:retirer-point", args=[one.pk]))
    page_of.post(reverse("reunions:documents", args=[reunion.pk]), {"document": document.pk})
    third = reunion.points.get(titre="Trois")
    browser(noe).post(
        reverse("reunions:documents", args=[reunion.pk]), {"document": document.pk, "point": third.pk}
    )
    page = browser(noe).get(reunion.get_absolute_url())
    assert [point.titre for point in page.context["points"]] == ["Deux", "Trois", "Quatre"]
    html = page.content.decode()
    assert html.count("note.txt") == 2
    assert "<strong>Oui</strong>" in html
    link = reunion.documents.get(point__isnull=True)
    assert browser(noe).post(reverse("reunions:retirer-document", args=[link.pk])).status_code == 403
    page_of.post(reverse("reunions:retirer-document", args=[link.pk]))
    assert reunion.documents.count() == 1


def test_inviting_from_the_page(
    plan: Callable[..., Reunion], labo: Communaute, camille: Agent, noe: Agent, zoe: Agent
) -> None:
    reunion = plan(communaute=labo, invites=Invites())
    page_of = browser(camille)
    address = reverse("reunions:convives", args=[reunion.pk])
    page_of.post(
        address,
        {"qui": "personnes", "personnes": zoe.identifiant, "exterieurs": "Pr Dupré <prof@univ.fr>"},
    )
    assert reunion.participants.count() == 3
    wrong = page_of.post(address, {"qui": "personnes", "exterieurs": "prof"})
    assert wrong.status_code == 422
    row = participant(reunion, zoe)
    page_of.post(reverse("reunions:role", args=[row.pk]), {"role": "secretaire"})
    assert participant(reunion, zoe).role == "secretaire"
    # Zoé is no member: the meeting, not the lab; and no e-mail address of a guest.
    html = browser(zoe).get(reunion.get_absolute_url()).content.decode()
    assert labo.nom not in html
    assert "prof@univ.fr" not in browser(zoe).get(address).content.decode()
    assert "prof@univ.fr" in page_of.get(address).content.decode()
    page_of.post(reverse("reunions:retirer-convive", args=[row.pk]))
    assert browser(zoe).get(reunion.get_absolute_url()).status_code == 404


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
    first = plan(points=[ProjetPoint("Un", camille)])
    addresses = [
        first.get_absolute_url(),
        reverse("reunions:convives", args=[first.pk]),
        reverse("reunions:liste", args=[communaute.slug]),
        reverse("reunions:miennes"),
    ]
    measure()
    before = measure()
    for number in range(4):
        member = make_agent(f"Agent{number}")
        add_member(communaute, member)
        reunion = plan(points=[ProjetPoint(f"Point {rank}", member) for rank in range(5)])
        addresses[0] = reunion.get_absolute_url()
        addresses[1] = reverse("reunions:convives", args=[reunion.pk])
    # Two more at most: a test beside this one may empty the cache that holds the session.
    assert all(now <= then + 2 for now, then in zip(measure(), before, strict=True))
