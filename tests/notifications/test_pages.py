"""The list, the settings, the levels."""

from typing import Any

import pytest

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, settings_of
from annuaire.notifications.forms import ReglagesForm
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification, Reglage
from forum import actions
from forum.models import Abonnement
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia() -> Agent:
    return make_agent("Nadia")


def fields(agent: Agent, **changes: Any) -> dict[str, Any]:
    form = ReglagesForm(reglage=settings_of(agent))
    data = {name: form[name].initial for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    return data | changes


def test_a_conversation_is_one_line_that_names_its_people(nadia: Agent) -> None:
    communaute = make_communaute(make_agent())
    sujet = make_sujet(communaute, add_member(communaute, nadia).agent)
    people = [add_member(communaute, make_agent(name)).agent for name in ("Ana", "Bob", "Cléo")]
    for agent in people:
        actions.tell_of_message(actions.publish_message(agent, sujet, "Voilà"))
    Notification.objects.exclude(destinataire=nadia).delete()
    client = browser(nadia)
    page = client.get("/notifications/").content.decode()
    assert f"{people[-1].nom_complet} et 2 autres ont répondu à « {sujet.titre} »" in page.replace(
        "\xa0", " "
    )
    assert page.count('class="rang rang--non-lu"') == 1
    last = Notification.objects.latest("pk").pk
    client.post("/notifications/marquer/", {"lues": last})
    assert not Notification.objects.unread().exists()
    client.post("/notifications/marquer/", {"non_lues": last})
    assert Notification.objects.unread().count() == 3
    assert not Notification.objects.filter(courriel_prevu_le__isnull=False).exists()


def test_marking_all_read_can_be_undone(nadia: Agent) -> None:
    client = browser(nadia)
    for number in range(3):
        notify([nadia], Annonce(genre=Genre.RAPPEL, cle=f"rappel.{number}", titre="R", url="/"))
    old = Notification.objects.first()
    assert old is not None
    client.get(f"/notifications/{old.pk}/")
    client.post("/notifications/tout-lire/")
    page = client.get("/notifications/")
    moment = page.context["annuler"]
    client.post("/notifications/annuler/", {"moment": moment})
    assert Notification.objects.unread().count() == 2
    for odd in ("", "hier", "2026-01-01T00:00:00"):
        assert client.post("/notifications/annuler/", {"moment": odd}).status_code == 302


def test_filters(nadia: Agent) -> None:
    notify([nadia], Annonce(genre=Genre.RAPPEL, cle="rappel.1", titre="Un rappel", url="/"))
    notify([nadia], Annonce(genre=Genre.SALON, cle="essai.1", titre="On vous cite", url="/"))
    client = browser(nadia)
    mentions = client.get("/notifications/?filtre=mentions").content.decode()
    assert "On vous cite" in mentions and "Un rappel" not in mentions
    client.post("/notifications/tout-lire/")
    assert "Rien ici" in client.get("/notifications/?filtre=non-lues").content.decode()


def test_settings_are_kept_and_only_what_was_changed(nadia: Agent) -> None:
    client = browser(nadia)
    answer = client.post(
        "/notifications/reglages/",
        fields(nadia, voie_mention="site", resume="quotidien", jours=["1", "2"], calme_debut="19:00",
               calme_fin="08:00", fuseau="Indian/Mayotte", courriels="on"),
    )  # fmt: skip
    assert answer.status_code == 302
    row = Reglage.objects.get()
    assert row.voies == {"mention": "site"}
    assert (row.resume, row.jours, row.fuseau, row.courriels) == ("quotidien", [1, 2], "Indian/Mayotte", True)
    assert "19:00" in client.get("/notifications/reglages/").content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"jours": []}, "au moins un jour"),
        ({"jours": ["7"]}, "choix valide"),
        ({"calme_debut": "19:00", "calme_fin": ""}, "Donnez les deux heures"),
        ({"fuseau": "Mars/Olympus"}, "choix valide"),
        ({"voie_mention": "pigeon"}, "choix valide"),
    ],
)
def test_settings_that_make_no_sense_are_refused(nadia: Agent, change: dict[str, Any], said: str) -> None:
    answer = browser(nadia).post("/notifications/reglages/", fields(nadia, **change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Reglage.objects.exists()


def test_levels_are_chosen_where_one_reads_and_listed_in_the_settings(nadia: Agent) -> None:
    communaute = make_communaute(make_agent())
    add_member(communaute, nadia)
    sujet = make_sujet(communaute, communaute.adhesions.get(role="animateur").agent)
    client = browser(nadia)
    where = sujet.get_absolute_url()
    answer = client.post(f"{where}niveau/", {"niveau": "sourdine", "retour": "https://evil.fr/"})
    assert answer["Location"] == where
    assert client.post(f"{where}niveau/", {"niveau": "fort"}).status_code == 302
    assert Abonnement.objects.get(agent=nadia).niveau == "sourdine"
    client.post(f"{communaute.get_absolute_url()}niveau/", {"niveau": "suivre"})
    page = client.get("/notifications/reglages/").content.decode()
    assert sujet.titre in page and communaute.nom in page
    assert "Notifications : sourdine" in client.get(where).content.decode().replace("\xa0", " ")
    outside = browser(make_agent())
    assert outside.post(f"{communaute.get_absolute_url()}niveau/", {"niveau": "suivre"}).status_code in (
        302,
        403,
    )
