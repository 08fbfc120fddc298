"""The people found as a file: for those who have the right, nothing in it that a spreadsheet would run, and journalled."""

import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from odfdo import Document

from annuaire.actions import set_export_right
from annuaire.models import Agent
from annuaire.trouver.criteres import parse
from annuaire.trouver.export import ENTETE, rows_of
from annuaire.trouver.moteur import find
from forum.actions import publish_message
from plateforme.socle.models import EntreeJournal
from tests.factories import add_member, browser, declare, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db

PAGE = "/annuaire/export/personnes/"


@pytest.fixture
def me() -> Agent:
    declare(make_agent("=cmd()", "+Dupont", telephone="+33 4 66 00 00 00"), "Loi sur l’eau", ["busage"])
    agent = make_agent("Moi")
    set_export_right(make_agent("Exploitante", is_staff=True), agent, True)
    return agent


def test_only_with_the_right(me: Agent) -> None:
    data = {"criteres": "q=busage", "genre": "csv"}
    other = make_agent("Autre")
    assert browser(other).post(PAGE, data).status_code == 403
    assert "Exporter en ODS" not in browser(other).get("/annuaire/?q=busage").content.decode()
    assert "Exporter en ODS" in browser(me).get("/annuaire/?q=busage").content.decode()
    partner = make_agent("Pia", partenaire=True)
    set_export_right(make_agent("E", is_staff=True), partner, True)
    assert browser(partner).post(PAGE, data).status_code == 403
    with pytest.raises(PermissionDenied):
        set_export_right(other, other, True)
    set_export_right(make_agent("F", is_staff=True), me, False)
    assert browser(me).post(PAGE, data).status_code == 403


def test_csv_without_formula(me: Agent) -> None:
    answer = browser(me).post(PAGE, {"criteres": "q=busage", "genre": "csv"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Rang;Prénom;Nom;")
    assert lines[1].split(";")[1:3] == ["'=cmd()", "'+Dupont"]
    assert "Loi sur l’eau (expertise)" in lines[1]
    entry = EntreeJournal.objects.get(action="annuaire.export")
    assert (entry.acteur_id, entry.details) == (me.pk, {"nombre": 1})


def test_ods(me: Agent) -> None:
    answer = browser(me).post(PAGE, {"criteres": "q=busage", "genre": "ods"})
    table = Document(io.BytesIO(answer.content)).body.get_table(0)
    assert table.get_value((1, 1)) == "=cmd()"
    assert table.get_cell((1, 1)).type == "string"
    assert browser(me).post(PAGE, {"criteres": "q=busage", "genre": "exe"}).status_code == 404


def test_not_too_often(me: Agent, settings) -> None:
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"export": 1}
    client = browser(me)
    client.post(PAGE, {"criteres": "q=busage&territoire=48", "genre": "ods"})
    again = client.post(PAGE, {"criteres": "q=busage&territoire=48", "genre": "ods"})
    assert again.url == "/annuaire/?q=busage&territoire=48"


def test_the_right_is_given_from_the_administration(me: Agent) -> None:
    other = make_agent("Autre")
    operator = make_agent("Opérateur", is_staff=True, is_superuser=True)
    client = browser(operator)
    page = f"/administration/annuaire/agent/{other.pk}/change/"
    assert "peut exporter l’annuaire" in client.get(page).content.decode().lower()
    client.post(page, {"is_active": "on", "exporte": "on"})
    assert Agent.objects.get(pk=other.pk).has_perm("annuaire.exporter_annuaire")
    client.post(page, {"is_active": "on"})
    assert not Agent.objects.get(pk=other.pk).has_perm("annuaire.exporter_annuaire")
    assert EntreeJournal.objects.filter(action="agent.open").count() == 0


def test_the_reasons_are_those_that_one_may_read(me: Agent) -> None:
    author, ana = make_agent("Bea"), make_agent("Ana")
    closed = make_communaute(ana, visibilite="privee")
    add_member(closed, author)
    sujet = make_sujet(closed, ana, titre="Busage du Lot")
    publish_message(author, sujet, "Le busage se déclare au-delà de <dix> mètres & plus.")
    declare(author, "Loi sur l’eau", ["busage"], niveau=3)

    def reasons() -> str:
        found = find(me, parse("q=busage"))
        rows = {row[1]: row[ENTETE.index("Raisons")] for row in rows_of(me, found)}
        return rows["Bea"]

    told = reasons()
    assert told.startswith("Déclare Loi sur l’eau, niveau expertise")
    assert "réponse" not in told
    add_member(closed, me)
    assert "1 réponse" in reasons().replace("\u00a0", " ")
    assert "<" not in reasons()


def test_in_batches_as_on_the_page(
    me: Agent, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        declare(make_agent(f"P{number}"), "Loi sur l’eau", niveau=2)
    found = find(me, parse("q=loi sur l’eau"))
    whole = rows_of(me, found)
    assert [row[0] for row in whole] == list(range(1, len(found.retenues) + 1))
    with django_assert_max_num_queries(9):
        rows_of(me, found)
    monkeypatch.setattr("annuaire.trouver.export.BATCH", 2)
    assert rows_of(me, found) == whole
