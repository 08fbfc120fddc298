"""A salon's register taken away as a table: what the reader may read at that moment."""

import io

import pytest
from odfdo import Document

from annuaire.models import Agent
from realtime import lieux
from realtime.models import Salon
from tests.factories import browser
from tests.realtime.conftest import Monde, make_agent, say
from tests.realtime.test_registres import MOTS, decide
from tests.suites.test_pages import export

pytestmark = pytest.mark.django_db


def address(salon: Salon) -> str:
    return f"{salon.get_absolute_url()}decisions/export/"


def sheet(agent: Agent, salon: Salon) -> list[list[object]]:
    answer = browser(agent).get(address(salon), {"genre": "ods"})
    assert answer["Content-Type"] == "application/vnd.oasis.opendocument.spreadsheet"
    return Document(io.BytesIO(answer.content)).body.get_table(0).get_values()


def test_in_both_kinds_with_where_each_comes_from(monde: Monde, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("communautes.suites.tableaux.BATCH", 1)
    salon = lieux.open_group(monde.camille, [monde.noe], "Astreinte")
    for number in (1, 2):
        say(salon, monde.noe, f"{MOTS} {number}")
        decide(monde.camille, salon, f"=HYPERLINK({number})", number)
    table = export(browser(monde.noe), address(salon))
    lines = table.splitlines()
    assert "Notée par" in lines[0] and len(lines) == 3
    assert "-001;Confirmée;" in lines[1] and "'=HYPERLINK(1)" in lines[1]
    assert monde.camille.nom_complet in lines[1] and "/salons/" in lines[1]
    rows = sheet(monde.noe, salon)
    assert [row[3] for row in rows] == ["Décision", "=HYPERLINK(1)", "=HYPERLINK(2)"]
    page = browser(monde.noe).get(f"{salon.get_absolute_url()}decisions/").content.decode()
    assert f"{address(salon)}?genre=ods" in page


def test_who_came_later_and_who_left(monde: Monde) -> None:
    agent = make_agent("Yann")
    salon = lieux.open_group(monde.camille, [monde.noe], "Astreinte", historique_entier=False)
    say(salon, monde.noe, MOTS)
    decide(monde.noe, salon)
    lieux.add_members(monde.camille, salon, [agent])
    say(salon, monde.noe, "Et le matin")
    decide(monde.noe, salon, "La visite commence à neuf heures", 2)
    late = browser(agent)
    for table in (export(late, address(salon)), str(sheet(agent, salon))):
        assert "neuf heures" in table and MOTS not in table
    assert MOTS in export(browser(monde.camille), address(salon))
    assert browser(monde.zoe).get(address(salon)).status_code == 404
    salon.inscriptions.filter(agent=agent).delete()
    assert late.get(address(salon)).status_code == 404


def test_empty_wrong_or_too_often(monde: Monde, monkeypatch: pytest.MonkeyPatch) -> None:
    salon = lieux.open_direct(monde.camille, monde.noe)
    client = browser(monde.camille)
    assert len(export(client, address(salon)).splitlines()) == 1
    assert client.get(address(salon), {"genre": "exe"}).status_code == 404
    assert client.post(address(salon)).status_code == 405
    say(salon, monde.noe, MOTS)
    decide(monde.camille, salon)
    monkeypatch.setattr("realtime.devenirs.exports.ODS_MAX", 0)
    large = client.get(address(salon), {"genre": "ods"}, follow=True)
    assert "téléchargez-le en CSV" in large.content.decode()
    answers = [client.get(address(salon)) for _ in range(30)]
    assert any(answer.status_code == 302 for answer in answers)
