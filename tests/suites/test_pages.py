"""The pages of decisions and tasks: found, filtered, paged, exported; nothing for who may not read."""

from datetime import date, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from communautes.suites.actions import cancel_decision, create_task, propose_decision, set_task_state
from communautes.suites.models import Decision, Tache
from plateforme.socle.tableur import cell
from tests.factories import add_member, browser, make_agent, make_communaute

pytestmark = pytest.mark.django_db


def year() -> int:
    return timezone.localdate().year


def text_of(response: Any) -> str:
    return response.content.decode()


def export(client: Client, address: str) -> str:
    response = client.get(address)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")

    async def received() -> bytes:
        return b"".join([part async for part in response])

    return async_to_sync(received)().decode()


def test_a_decision_from_proposal_to_register(communaute: Communaute, ana: Agent, lila: Agent) -> None:
    page = f"/communautes/{communaute.slug}/decisions/"
    mine, hers = browser(lila), browser(ana)
    refused = mine.post(f"{page}nouvelle/", {"texte": "y" * 1200, "prise_le": timezone.localdate()})
    assert refused.status_code == 422
    assert "y" * 1200 in text_of(refused)
    assert "il y en a 1200" in text_of(refused)
    made = mine.post(
        f"{page}nouvelle/", {"texte": "Le seuil de busage est fixé à 60 m.", "prise_le": timezone.localdate()}
    )
    decision = Decision.objects.get()
    assert made["Location"] == f"/decisions/{decision.pk}/"
    assert "Confirmer cette décision" not in text_of(mine.get(made["Location"]))
    assert mine.post(f"/decisions/{decision.pk}/confirmer/").status_code == 403
    assert "Confirmer cette décision" in text_of(hers.get(made["Location"]))
    hers.post(f"/decisions/{decision.pk}/confirmer/")
    assert f"{year()}-001" in text_of(mine.get(page))
    assert mine.get(f"/decisions/{decision.pk}/modifier/").status_code == 403
    fields = {"texte": "Le seuil de busage est fixé à 50 m.", "prise_le": timezone.localdate()}
    stale = hers.post(f"/decisions/{decision.pk}/modifier/", {**fields, "version": 7})
    assert stale.status_code == 422
    assert "vient d’être modifiée" in text_of(stale)
    hers.post(f"/decisions/{decision.pk}/modifier/", {**fields, "version": 1})
    shown = text_of(mine.get(f"/decisions/{decision.pk}/"))
    assert "fixé à 50 m" in shown
    assert "fixé à 60 m" in shown
    assert hers.post(f"/decisions/{decision.pk}/annuler/", {"motif": ""}).status_code == 422
    hers.post(f"/decisions/{decision.pk}/annuler/", {"motif": "Texte caduc."})
    shown = text_of(mine.get(page))
    assert "<del>" in shown
    assert "Texte caduc." in shown
    assert hers.get(f"/decisions/{decision.pk}/annuler/").status_code == 302


def test_the_register_is_searched_and_filtered(communaute: Communaute, ana: Agent, lila: Agent) -> None:
    old = propose_decision(
        ana, communaute, "Les fossés se curent en été.", confirmer=True, prise_le=date(year() - 1, 5, 4)
    )
    gone = propose_decision(ana, communaute, "Les digues sont fermées la nuit.", confirmer=True)
    cancel_decision(ana, gone, motif="Erreur")
    waiting = propose_decision(lila, communaute, "Les fossés restent ouverts.")
    elsewhere = make_communaute(ana)
    propose_decision(ana, elsewhere, "Les fossés d’ailleurs.", confirmer=True)
    page, client = f"/communautes/{communaute.slug}/decisions/", browser(lila)

    def found(**query: Any) -> set[int]:
        return {row.pk for row in client.get(page, query).context["page"].items}

    assert found() == {old.pk, gone.pk, waiting.pk}
    assert found(q="fosse") == {old.pk, waiting.pk}
    assert found(q="fossés curent") == {old.pk}
    assert found(q=old.reference) == found(q=f"n° {old.reference}") == {old.pk}
    assert found(annee=year() - 1) == {old.pk}
    assert found(etat="annulee") == {gone.pk}
    assert found(etat="proposee", q="fosse") == {waiting.pk}
    # Whatever an address holds.
    for query in (
        {"annee": "9999"},
        {"annee": "0000"},
        {"annee": "x"},
        {"etat": "x"},
        {"q": "le la"},
        {"q": "'\\"},
    ):
        assert client.get(page, query).status_code == 200
    assert "Aucune décision ne correspond" in text_of(client.get(page, {"q": "girafe"}))


def test_the_register_is_paged(
    communaute: Communaute, ana: Agent, django_assert_max_num_queries: Any
) -> None:
    for number in range(45):
        propose_decision(ana, communaute, f"Décision de principe {number}.", quand=timezone.now())
    page, client, seen, query = f"/communautes/{communaute.slug}/decisions/", browser(ana), [], {}
    for _ in range(3):
        with django_assert_max_num_queries(14):
            found = client.get(page, query).context["page"]
        seen += [row.pk for row in found.items]
        query = {"apres": found.suivante}
    assert found.suivante is None
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 45
    back = client.get(page, {"avant": found.precedente}).context["page"]
    assert [row.pk for row in back.items] == seen[20:40]


def test_tasks_overdue_first(
    communaute: Communaute, ana: Agent, lila: Agent, django_assert_max_num_queries: Any
) -> None:
    today = timezone.localdate()
    made = {
        name: create_task(ana, f"Tâche {name}", communaute=communaute, responsable=person, echeance=when, quand=timezone.now())
        for name, person, when in (
            ("sans date", None, None), ("loin", lila, today + timedelta(days=40)),
            ("tard", lila, today - timedelta(days=3)), ("bientôt", ana, today + timedelta(days=2)),
        )
    }  # fmt: skip
    page, client = f"/communautes/{communaute.slug}/taches/", browser(lila)
    with django_assert_max_num_queries(14):
        shown = client.get(page)
    rows = [row.libelle for row in shown.context["page"].items]
    assert rows == ["Tâche tard", "Tâche bientôt", "Tâche loin", "Tâche sans date"]
    assert [row.tranche for row in shown.context["page"].items] == [
        "En retard", "Dans les sept jours", "Plus tard", "Sans échéance",
    ]  # fmt: skip
    hers = client.get(page, {"responsable": lila.identifiant}).context["page"].items
    assert [row.libelle for row in hers] == ["Tâche tard", "Tâche loin"]
    # One's own alone may be finished here, and what nobody has may be taken.
    text = text_of(shown)
    assert text.count('value="faite"') == 2
    assert text.count("prendre/") == 1
    back = client.post(f"/taches/{made['tard'].pk}/etat/", {"etat": "faite", "retour": page})
    assert back["Location"] == page
    client.post(f"/taches/{made['sans date'].pk}/prendre/", {"retour": "https://ailleurs.example/"})
    assert Tache.objects.get(pk=made["sans date"].pk).responsable == lila
    assert client.post(f"/taches/{made['bientôt'].pk}/etat/", {"etat": "faite"}).status_code == 403
    done = client.get(page, {"etat": "faites"}).context["page"].items
    assert [row.libelle for row in done] == ["Tâche tard"]
    own = client.get("/mes-taches/").context["page"].items
    assert [row.libelle for row in own] == ["Tâche loin", "Tâche sans date"]
    given = browser(ana).get("/mes-taches/", {"vue": "confiees"}).context["page"].items
    assert [row.libelle for row in given] == ["Tâche loin", "Tâche sans date"]
    assert [row.libelle for row in client.get("/mes-taches/", {"vue": "faites"}).context["page"].items] == [
        "Tâche tard"
    ]
    assert "Tâche loin" in text_of(client.get("/"))


def test_many_tasks_are_paged_with_the_dateless_last(communaute: Communaute, ana: Agent) -> None:
    today = timezone.localdate()
    for number in range(30):
        create_task(
            ana,
            f"Tâche {number}",
            communaute=communaute,
            echeance=today + timedelta(days=number % 4) if number % 3 else None,
            quand=timezone.now(),
        )
    page, client, seen, query = f"/communautes/{communaute.slug}/taches/", browser(ana), [], {}
    for _ in range(2):
        found = client.get(page, query).context["page"]
        seen += [(row.echeance_tri, row.pk) for row in found.items]
        query = {"apres": found.suivante}
    assert len(seen) == 30
    assert seen == sorted(seen)


def test_a_task_is_written_and_changed_by_a_form(communaute: Communaute, ana: Agent, lila: Agent) -> None:
    add_member(communaute, make_agent("Lila", nom="Durand"))
    twin = add_member(communaute, make_agent("Lila", nom="Durand")).agent
    client, page = browser(ana), f"/communautes/{communaute.slug}/taches/nouvelle/"
    unknown = client.post(page, {"libelle": "Relire l’arrêté", "responsable": "Personne Inconnue"})
    assert unknown.status_code == 422
    assert "Aucun membre de la communauté" in text_of(unknown)
    both = client.post(page, {"libelle": "Relire l’arrêté", "responsable": "lila DURAND"})
    assert f"@{twin.identifiant}" in text_of(both)
    client.post(page, {"libelle": "Relire l’arrêté", "responsable": f"Lila Durand (@{twin.identifiant})"})
    tache = Tache.objects.get()
    assert tache.responsable == twin
    change = {"libelle": "Relire l’arrêté vite", "responsable": lila.nom_complet.upper(), "version": 1}
    client.post(f"/taches/{tache.pk}/", change)
    tache.refresh_from_db()
    assert (tache.libelle, tache.responsable) == ("Relire l’arrêté vite", lila)
    stale = client.post(f"/taches/{tache.pk}/", {**change, "libelle": "Autre chose"})
    assert stale.status_code == 422
    assert "Autre chose" in text_of(stale)
    assert client.get(f"/communautes/{communaute.slug}/taches/personnes/", {"q": "girafe"}).json() == {
        "personnes": []
    }
    offered = client.get(f"/communautes/{communaute.slug}/taches/personnes/", {"q": "dura"}).json()
    assert f"Lila Durand (@{twin.identifiant})" in [row["valeur"] for row in offered["personnes"]]
    other = browser(add_member(communaute, make_agent("Omar")).agent)
    assert "Enregistrer" not in text_of(other.get(f"/taches/{tache.pk}/"))
    assert other.post(f"/taches/{tache.pk}/", change).status_code == 403


def test_a_task_of_no_community_has_its_page(lila: Agent) -> None:
    omar = make_agent("Omar")
    tache = create_task(lila, "Rappeler la préfecture", responsable=omar)
    page = f"/taches/{tache.pk}/"
    assert "Rappeler la préfecture" in text_of(browser(omar).get(page))
    assert browser(make_agent("Hors")).get(page).status_code == 404
    browser(omar).post(page, {"libelle": "Rappeler la sous-préfecture", "version": 1})
    tache.refresh_from_db()
    assert (tache.libelle, tache.responsable) == ("Rappeler la sous-préfecture", omar)
    assert "Rappeler la sous-préfecture" in text_of(browser(omar).get("/mes-taches/"))


@pytest.mark.parametrize("visibilite", ["privee", "sur_demande"])
def test_nothing_for_who_may_not_read(visibilite: str) -> None:
    ana = make_agent("Ana")
    communaute = make_communaute(ana, visibilite)
    decision = propose_decision(ana, communaute, "Le seuil est de 60 m.", confirmer=True)
    tache = create_task(ana, "Relire l’arrêté", communaute=communaute, responsable=ana)
    refusal = 404 if visibilite == "privee" else 403
    client = browser(make_agent("Hors"))
    slug = communaute.slug
    for address in (
        f"/communautes/{slug}/decisions/", f"/communautes/{slug}/decisions/export/", f"/communautes/{slug}/taches/",
        f"/communautes/{slug}/taches/export/", f"/communautes/{slug}/taches/personnes/", f"/decisions/{decision.pk}/",
        f"/taches/{tache.pk}/",
    ):  # fmt: skip
        assert client.get(address).status_code == refusal, address
    for address in (f"/decisions/{decision.pk}/confirmer/", f"/taches/{tache.pk}/prendre/"):
        assert client.post(address).status_code == refusal
    assert client.post(f"/taches/{tache.pk}/etat/", {"etat": "faite"}).status_code == refusal
    tache.refresh_from_db()
    assert tache.etat == "a_faire"


def test_tables_hold_everything_and_no_formula(
    communaute: Communaute, ana: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("communautes.suites.views.exports.BATCH", 2)
    monkeypatch.setattr("communautes.suites.tableaux.BATCH", 2)
    for number in range(5):
        propose_decision(ana, communaute, f"Décision {number} ; « suite »", confirmer=True)
    evil = create_task(
        ana, '=HYPERLINK("https://mal.example";"Gagné")', communaute=communaute, responsable=ana
    )
    set_task_state(ana, evil, "faite")
    client = browser(ana)
    table = export(client, f"/communautes/{communaute.slug}/decisions/export/")
    lines = table.splitlines()
    assert lines[0].startswith("\ufeffNuméro;État;Prise le")
    assert len(lines) == 6
    assert lines[5].startswith(f"{year()}-005;Confirmée;{timezone.localdate()};")
    tasks = export(client, f"/communautes/{communaute.slug}/taches/export/")
    assert "'=HYPERLINK" in tasks
    for _ in range(6):
        last = client.get(f"/communautes/{communaute.slug}/taches/export/")
    assert last.status_code == 302


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", " =1", "\u00a0=1", "\r=1", "＝1", "|cmd", "%0A=1"]
)
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_a_cell_is_otherwise_what_it_is() -> None:
    assert [cell(value) for value in (None, 12, "Lu = vu", date(2026, 5, 12))] == [
        "",
        "12",
        "Lu = vu",
        "2026-05-12",
    ]
