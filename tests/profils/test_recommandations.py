"""Recommendations: of somebody else, once, with what was seen; withdrawn, hidden, reported; never for partners."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from annuaire.models import Agent, Expertise
from annuaire.notifications.models import Notification
from annuaire.profils import actions
from annuaire.profils.models import DemandeRecommandation, Recommandation
from plateforme.socle.erreurs import ActionRefusee
from tests.factories import add_member, browser, declare, make_agent, make_communaute

pytestmark = pytest.mark.django_db
SEEN = "Elle a dénoué le dossier du ruisseau de Fontbonne."


@pytest.fixture
def gaelle() -> Agent:
    return make_agent("Gaëlle")


@pytest.fixture
def nadia() -> Agent:
    return make_agent("Nadia")


@pytest.fixture
def eau(gaelle: Agent) -> Expertise:
    return declare(gaelle, "Loi sur l’eau")


def page_of(reader: Agent, agent: Agent) -> str:
    return browser(reader).get(agent.get_absolute_url()).content.decode()


def test_given_from_the_page(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    where = f"/annuaire/{gaelle.identifiant}/recommander/"
    answer = browser(nadia).post(where, {"expertise": eau.pk, "contexte": SEEN})
    assert answer["Location"] == f"{gaelle.get_absolute_url()}#recommandations"
    assert SEEN in page_of(make_agent(), gaelle)
    told = Notification.objects.get(destinataire=gaelle)
    assert (told.genre, told.extrait) == ("profil", SEEN)
    again = browser(nadia).post(where, {"expertise": eau.pk, "contexte": "Autre texte"})
    assert again.status_code == 422
    assert "Vous avez déjà recommandé" in again.content.decode()
    assert "Autre texte" in again.content.decode()


def test_not_of_oneself_nor_empty_nor_too_long(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    with pytest.raises(ActionRefusee, match="soi-même"):
        actions.recommend(gaelle, gaelle, eau, SEEN)
    for text in ("  ", "x" * 601):
        with pytest.raises(ActionRefusee):
            actions.recommend(nadia, gaelle, eau, text)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recommandation.objects.create(auteur=gaelle, agent=gaelle, expertise=eau, contexte=SEEN)
    assert browser(gaelle).get(f"/annuaire/{gaelle.identifiant}/recommander/").status_code == 404


def test_asked_then_given(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    browser(gaelle).post(
        f"/annuaire/{nadia.identifiant}/demander-recommandation/", {"expertise": eau.pk, "mot": "Fontbonne ?"}
    )
    actions.ask_recommendation(gaelle, nadia, eau)
    told = Notification.objects.get(destinataire=nadia)
    assert told.url == "/annuaire/moi/recommandations/"
    assert "Fontbonne ?" in browser(nadia).get(told.url).content.decode()
    actions.recommend(nadia, gaelle, eau, SEEN)
    assert not DemandeRecommandation.objects.exists()
    with pytest.raises(ActionRefusee, match="déjà recommandé"):
        actions.ask_recommendation(gaelle, nadia, eau)


def test_a_request_left_aside_tells_nobody(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    asked = actions.ask_recommendation(gaelle, nadia, eau)
    assert (
        browser(gaelle).post(f"/annuaire/moi/recommandations/demandes/{asked.pk}/ecarter/").status_code == 404
    )
    browser(nadia).post(f"/annuaire/moi/recommandations/demandes/{asked.pk}/ecarter/")
    assert not DemandeRecommandation.objects.exists()
    assert not Notification.objects.filter(destinataire=gaelle).exists()


def test_withdrawn_by_its_author_only(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    given = actions.recommend(nadia, gaelle, eau, SEEN)
    where = f"/annuaire/recommandations/{given.pk}/retirer/"
    assert browser(gaelle).post(where).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.withdraw(gaelle, given)
    browser(nadia).post(where)
    assert SEEN not in page_of(make_agent(), gaelle)
    assert not Notification.objects.filter(destinataire=gaelle).exists()
    assert browser(nadia).post(where).status_code == 404
    # And may be given anew.
    actions.recommend(nadia, gaelle, eau, SEEN)


def test_hidden_by_the_person_it_is_about(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    given = actions.recommend(nadia, gaelle, eau, SEEN)
    where = f"/annuaire/recommandations/{given.pk}/masquer/"
    assert browser(nadia).post(where, {"masquer": "oui"}).status_code == 404
    browser(gaelle).post(where, {"masquer": "oui"})
    assert SEEN not in page_of(nadia, gaelle)
    assert "masquée pour les autres" in page_of(gaelle, gaelle)
    browser(gaelle).post(where, {"masquer": "non"})
    assert SEEN in page_of(nadia, gaelle)


def test_partners_neither_read_nor_give(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    partner = make_agent("Paul", partenaire=True, organisme="Université")
    lab = make_communaute(gaelle, genre="laboratoire")
    add_member(lab, partner)
    given = actions.recommend(nadia, gaelle, eau, SEEN)
    page = page_of(partner, gaelle)
    assert SEEN not in page
    assert "Recommander" not in page
    for where in (
        f"{gaelle.identifiant}/recommander",
        f"recommandations/{given.pk}/signaler",
        "moi/recommandations",
    ):
        assert browser(partner).get(f"/annuaire/{where}/").status_code == 403
    for one, other in ((partner, gaelle), (gaelle, partner)):
        with pytest.raises(PermissionDenied):
            actions.recommend(one, other, eau, SEEN)
        with pytest.raises(PermissionDenied):
            actions.ask_recommendation(one, other, eau)
    with pytest.raises(PermissionDenied):
        actions.report_recommendation(partner, given, "Faux")
    assert browser(nadia).get(f"/annuaire/{partner.identifiant}/recommander/").status_code == 404


def test_reported_then_taken_away_with_the_reason(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    staff, other = make_agent("Sam", is_staff=True), make_agent()
    given = actions.recommend(nadia, gaelle, eau, SEEN)
    browser(other).post(f"/annuaire/recommandations/{given.pk}/signaler/", {"motif": "Cite une entreprise"})
    page = browser(staff).get("/annuaire/moderation/").content.decode()
    assert "Cite une entreprise" in page
    assert Notification.objects.filter(destinataire=staff, genre="moderation").exists()
    where = f"/annuaire/moderation/recommandations/{given.pk}/"
    assert browser(other).post(where, {"suite": "retirer", "motif": "x"}).status_code == 403
    browser(staff).post(where, {"suite": "retirer", "motif": ""})
    given.refresh_from_db()
    assert given.retiree_le is None
    browser(staff).post(where, {"suite": "retirer", "motif": "Elle nomme une entreprise."})
    assert SEEN not in page_of(gaelle, gaelle)
    assert (
        "Elle nomme une entreprise." in browser(nadia).get("/annuaire/moi/recommandations/").content.decode()
    )
    assert Notification.objects.filter(destinataire=nadia, extrait="Elle nomme une entreprise.").exists()
    # Somebody else of the team comes second; its author gives it back by no other way.
    assert browser(staff).post(where, {"suite": "retirer", "motif": "Encore"}).status_code == 404
    with pytest.raises(ActionRefusee):
        actions.withdraw(nadia, Recommandation.objects.get())
    with pytest.raises(ActionRefusee):
        actions.recommend(nadia, gaelle, eau, SEEN)


def test_reported_and_left_to_stand(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    staff = make_agent("Sam", is_staff=True)
    given = actions.recommend(nadia, gaelle, eau, SEEN)
    actions.report_recommendation(make_agent(), given, "Flatteur")
    actions.moderate_recommendation(staff, given)
    assert SEEN in page_of(nadia, gaelle)
    assert not Notification.objects.filter(destinataire=staff).exists()
    mine = actions.recommend(staff, gaelle, eau, SEEN)
    actions.report_recommendation(make_agent(), mine, "Flatteur")
    with pytest.raises(ActionRefusee, match="vous concerne"):
        actions.moderate_recommendation(staff, mine, "Non")


def test_of_a_closed_account_nothing_stands(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    actions.recommend(nadia, gaelle, eau, SEEN)
    nadia.is_active = False
    nadia.save()
    assert SEEN not in page_of(make_agent(), gaelle)
