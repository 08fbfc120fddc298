"""The pages of the coverage: the map says what the table says, sorted by links, exported whole, closed to partners."""

import csv
import io
import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from odfdo import Document

from annuaire.couverture import actions, lecture, tableaux
from annuaire.couverture.carte import OUTRE_MER, class_of, draw, outlines
from annuaire.couverture.lecture import Etendue
from annuaire.models import Agent, Expertise, Territoire
from plateforme.socle.tableur import ods_response
from tests.factories import browser, declare, make_agent, make_territoire

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def france() -> Territoire:
    return Territoire.objects.create(code="FR", genre="national", nom="France entière", zone="france")


@pytest.fixture
def eau() -> Expertise:
    """Held in Lozère by two, in the Gard by Gaëlle alone, in the Aude by nobody."""
    make_territoire("11", "Aude")
    gard = make_territoire("30", "Gard")
    for niveau in (4, 3):
        declare(make_agent(), "Loi sur l’eau", ["DLE"], niveau=niveau)
    eau = declare(make_agent("Gaëlle", "Estaque", territoire=gard), "Loi sur l’eau")
    declare(make_agent("Ali", "Ben", territoire=gard), "Zones humides")
    declare(make_agent(territoire=gard), "Zones humides", niveau=2)
    Expertise.objects.create(libelle="Permis bateau", slug="permis-bateau", domaine="Mer")
    recount()
    return eau


def recount() -> None:
    while actions.recount_changed():
        pass


@pytest.fixture
def client() -> Client:
    return browser(make_agent("Nadia"))


def page(client: Client, eau: Expertise, **asked: str) -> str:
    return client.get(reverse("couverture:expertise", args=[eau.slug]), asked).content.decode()


def streamed(response: Any) -> str:
    async def received() -> bytes:
        return b"".join([part async for part in response])

    return async_to_sync(received)().decode("utf-8-sig")


def test_map_and_table_come_from_the_same_rows(client: Client, eau: Expertise) -> None:
    html = page(client, eau)
    drawn = {code: int(number) for number, code in re.findall(r'lieu--(\d)"[^>]*data-code="(\w+)"', html)}
    told = dict(re.findall(r"<title>([^:<]+) : (\d+)\xa0référents?</title>", html))
    assert told == {"Lozère": "2", "Gard": "1", "Aude": "0"}
    table = {
        re.search(r">([^<]+)</a></th>", line)[1]: int(re.search(r'nombre"?>(\d+)<', line)[1])  # type: ignore[index]
        for line in re.findall(r"<tr[ >].*?</tr>", html, re.DOTALL)
        if 'scope="row"' in line
    }
    assert {name: str(count) for name, count in table.items()} == told
    assert drawn == {"48": class_of(2, (1, 2, 3, 6)), "30": 1, "11": 0}
    assert "1\xa0département sans référent" in html


def test_every_departement_has_its_place_on_the_map() -> None:
    assert len(outlines()) == 96
    assert {"2A", "2B", "75", "95"} <= outlines().keys()
    rows = [
        Territoire(code=code, nom=code, zone="com" if code > "976" else "metro")
        for code in (*outlines(), *OUTRE_MER)
    ]
    carte = draw(
        rows,
        lambda row: int(row.code == "48"),
        (1, 2, 3, 6),
        sans="sans référent",
        dite=str,
        libelles="abcde",
    )
    assert sum(classe.nombre for classe in carte.classes) == 107
    assert carte.phrase == "101\xa0départements et 5\xa0collectivités d’outre-mer sans référent"


@pytest.mark.parametrize(
    ("tri", "names", "sens"),
    [
        ("", ["Aude", "Gard", "Lozère"], None),
        ("-referents", ["Lozère", "Gard", "Aude"], "descending"),
        ("referents", ["Aude", "Gard", "Lozère"], "ascending"),
        ("-nom", ["Lozère", "Gard", "Aude"], "descending"),
        ("x' OR 1=1", ["Aude", "Gard", "Lozère"], None),
    ],
)
def test_sorted_by_links(
    client: Client, eau: Expertise, tri: str, names: list[str], sens: str | None
) -> None:
    html = page(client, eau, tri_departements=tri)
    assert re.findall(r'scope="row"><a[^>]*>([^<]+)', html) == names
    assert re.findall(r'aria-sort="(\w+)"', html) == ([sens] if sens else [])


def test_a_departement_that_is_looked_at(client: Client, eau: Expertise) -> None:
    html = page(client, eau, territoire="30")
    assert "elle repose sur une seule personne référente" in html
    assert "Gaëlle Estaque" in html
    assert "Référence" in html
    html = page(client, eau, territoire="11")
    assert "Personne ne déclare cette expertise ici" in html
    # What does not exist is the whole country.
    assert "3\xa0personnes déclarent" in page(client, eau, territoire="ZZ")


def test_who_works_for_the_region_is_told_beside_the_map(client: Client, eau: Expertise) -> None:
    assert "à l’échelle d’une région" not in page(client, eau)
    declare(make_agent(territoire=Territoire.objects.get(code="R76")), "Loi sur l’eau")
    recount()
    html = page(client, eau, territoire="R76")
    assert "1\xa0personne référente travaille à l’échelle d’une région" in html
    assert "1\xa0département sans référent" in html


def test_fragile_until_somebody_else_declares(client: Client, eau: Expertise) -> None:
    address = reverse("couverture:ensemble")
    html = client.get(address).content.decode()
    assert "Avec <a" in html
    assert "Ali Ben" in html
    assert "Gaëlle Estaque" not in html
    html = client.get(address, {"territoire": "30"}).content.decode()
    assert "Gaëlle Estaque" in html
    declare(make_agent(), "Zones humides")
    recount()
    html = client.get(address).content.decode()
    assert "Ali Ben" not in html
    assert "Aucune expertise ne repose sur une seule personne" in html


def test_on_the_first_day_nothing_is_said_to_be_safe(client: Client, eau: Expertise) -> None:
    region = reverse("couverture:region", args=["R76"])
    Agent.objects.filter(declarations__isnull=False).update(is_active=False)
    recount()
    for where in (reverse("couverture:ensemble"), region):
        told = client.get(where).content.decode()
        assert "aucune n’a encore de référent" in told
        assert "Personne n’y déclare encore" in told
        assert "Aucune expertise ne repose" not in told
    assert "3\xa0n’y sont déclarées par personne" in client.get(region).content.decode()
    declare(make_agent(), "Loi sur l’eau", niveau=4)
    recount()
    told = client.get(region).content.decode()
    assert "1 repose sur une seule personne</strong> dans la région, 2\xa0n’y sont déclarées" in told


def test_who_is_no_longer_alone_is_not_named_before_it_is_counted(client: Client, eau: Expertise) -> None:
    declare(make_agent(), "Zones humides")
    assert "Ali Ben" not in client.get(reverse("couverture:ensemble")).content.decode()


def test_choose_by_word_acronym_and_domain(client: Client, eau: Expertise) -> None:
    def names(**asked: str) -> list[str]:
        html = client.get(reverse("couverture:ensemble"), asked).content.decode()
        return re.findall(r'scope="row"><a[^>]*>([^<]+)', html.partition('id="expertises"')[2])

    # Resting on one person, on nobody, then shared.
    assert names() == ["Zones humides", "Permis bateau", "Loi sur l’eau"]
    assert names(q="dle") == ["Loi sur l’eau"]
    assert names(domaine="Mer") == ["Permis bateau"]
    assert names(tri_expertises="libelle") == ["Loi sur l’eau", "Permis bateau", "Zones humides"]
    assert names(tri_expertises="-sans")[0] == "Permis bateau"
    assert names(q="xyzzy") == []


def test_counts_of_all_expertises_by_departement(eau: Expertise) -> None:
    rows = {
        row.code: (row.tenues, row.fragiles, row.declarees)
        for row in lecture.all_by_departement(Etendue(None))
    }
    assert rows == {"48": (1, 0, 1), "30": (2, 2, 2), "11": (0, 0, 0)}
    rows = {row.code: row.tenues for row in lecture.all_by_departement(Etendue(None), "Mer")}
    assert rows == {"48": 0, "30": 0, "11": 0}
    assert lecture.summary(Etendue(None)) == {"total": 3, "fragiles": 1, "sans": 1, "tenues": 1}


def test_exports_hold_the_table_whole(client: Client, eau: Expertise) -> None:
    address = reverse("couverture:export-expertise", args=[eau.slug, "ods"])
    response = client.get(address, {"tri_departements": "-referents"})
    table = Document(io.BytesIO(response.content)).body.get_table(0)
    header, *rows = table.get_values()
    assert header[:5] == ["Département", "Code", "Région", "Référents", "Référents disponibles"]
    assert [row[:4] for row in rows] == [
        ["Lozère", "48", "Occitanie", 2],
        ["Gard", "30", "Occitanie", 1],
        ["Aude", "11", "Occitanie", 0],
    ]
    response = client.get(address.replace(".ods", ".csv"))
    text = streamed(response)
    assert [row[3] for row in csv.reader(io.StringIO(text), delimiter=";")] == ["Référents", "0", "1", "2"]
    assert client.get(address.replace(".ods", ".exe")).status_code == 404
    for name in ("couverture:export-departements", "couverture:export-expertises"):
        response = client.get(reverse(name, args=["ods"]))
        assert len(Document(io.BytesIO(response.content)).body.get_table(0).get_values()) == 4
    for _ in range(6):
        response = client.get(address)
    assert response.status_code == 302


def test_a_spreadsheet_computes_nothing_of_a_text() -> None:
    response: Any = ods_response("x.ods", [("Feuille", ["Texte"], [["=1+1"], [None], [3]])])
    table = Document(io.BytesIO(response.content)).body.get_table(0)
    assert [row[0] for row in table.get_values()[1:]] == ["=1+1", "", 3]
    assert table.get_cell("A2").formula is None


def test_partners_see_nothing(eau: Expertise) -> None:
    partner: Agent = make_agent(partenaire=True)
    client = browser(partner)
    for address in (
        reverse("couverture:ensemble"),
        reverse("couverture:expertise", args=[eau.slug]),
        reverse("couverture:export-departements", args=["ods"]),
        reverse("couverture:export-expertises", args=["csv"]),
        reverse("couverture:export-expertise", args=[eau.slug, "csv"]),
    ):
        assert client.get(address).status_code == 403


def test_pages_cost_the_same_whatever_there_is(
    client: Client, eau: Expertise, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        client.get(reverse("couverture:ensemble"), {"q": "eau", "territoire": "R76"})
    with django_assert_max_num_queries(18):
        page(client, eau, territoire="30")


def test_rows_without_a_value_come_last() -> None:
    columns = (tableaux.Colonne("n", "N", lambda row: row),)
    assert tableaux.sort_rows(columns, [2, None, 1], "-n")[0] == [2, 1, None]
    assert tableaux.sort_rows(columns, [2, None, 1], "n")[0] == [1, 2, None]
    assert [tableaux.said_delay(value) for value in (None, 20, 3000, 90_000, 500_000)] == [
        "",
        "1\xa0min",
        "50\xa0min",
        "25\xa0h",
        "6\xa0jours",
    ]
