"""The people found as a file: for those who have the right, nothing in it that a spreadsheet would run, and journalled."""

import io

import pytest
from django.core.exceptions import PermissionDenied
from odfdo import Document

from annuaire.actions import set_export_right
from annuaire.models import Agent
from plateforme.socle.models import EntreeJournal
from tests.factories import browser, declare, make_agent

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
