"""Services: who works there, what they know, where they are; the chart as it is imported."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from annuaire.models import Service, TypeService
from annuaire.organisation.access import find_services, get_service
from annuaire.organisation.importation import COLONNES, FichierRefuse, import_chart, read_chart
from annuaire.organisation.lecture import above, chart_of, known_in
from annuaire.organisation.models import Entite
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import browser, declare, make_agent, make_service, make_territoire

pytestmark = pytest.mark.django_db

CHART = """code;nom;type;territoire;parent;adresse;code_postal;ville;latitude;longitude;telephone;courriel;site;horaires
EAU-PE;Unité police de l’eau;;;EAU;;;;;;04 66 00 00 01;;;
EAU;Service eau;;;DDT-48;;;;;;;;;
DDT-48;;DDT;48;PREF-48;4 avenue de l’Exemple|Bâtiment B;48000;Mende;44,5172;3.4981;04 66 00 00 00;ddt@demo.gouv.fr;https://www.demo.gouv.fr;Du lundi au jeudi|Le vendredi matin
PREF-48;Préfecture de la Lozère;PREF;48;;;48000;Mende;;;;;;
"""


@pytest.fixture(autouse=True)
def kinds() -> None:
    make_territoire()
    for sigle in ("DDT", "PREF"):
        TypeService.objects.get_or_create(
            sigle=sigle, defaults={"nom": f"Service {sigle}", "niveau": "departemental"}
        )


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "organigramme.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("importer_services", str(path), *options, stdout=out, stderr=out)
    return out.getvalue()


def refused(path: Path, *options: str) -> str:
    out = StringIO()
    with pytest.raises(CommandError, match="Rien n’a été importé"):
        call_command("importer_services", str(path), *options, stdout=out, stderr=out)
    return out.getvalue()


# --- The import -----------------------------------------------------------------------------------


def test_the_chart_is_imported_once_whatever_the_order_of_its_lines(write: Callable[[str], Path]) -> None:
    path = write(CHART)
    assert "4 ajouts" in run(path, "--essai")
    assert not Entite.objects.exists()
    assert not Service.objects.filter(type__sigle="PREF").exists()
    assert "4 ajouts" in run(path)
    ddt = Entite.objects.get(code="DDT-48")
    assert (ddt.service.nom, ddt.nom, ddt.position) == (
        "DDT de la Lozère",
        "DDT de la Lozère",
        "44.5172,3.4981",
    )
    assert ddt.lignes_adresse == ["4 avenue de l’Exemple", "Bâtiment B", "48000 Mende"]
    assert [row.code for row in above(Entite.objects.get(code="EAU-PE"))] == ["PREF-48", "DDT-48", "EAU"]
    box, cut = chart_of(Entite.objects.get(code="PREF-48"))
    assert (box.enfants[0].enfants[0].enfants[0].entite.code, cut) == ("EAU-PE", False)
    before = list(Entite.objects.order_by("pk").values())
    assert "0 ajouts, 0 changements, 0 retraits, 4 inchangées" in run(path)
    assert list(Entite.objects.order_by("pk").values()) == before
    assert EntreeJournal.objects.filter(action="organisation.import").count() == 1


def test_what_changes_is_changed_and_what_goes_stays_until_it_is_asked_for(
    write: Callable[[str], Path],
) -> None:
    run(write(CHART))
    # The unit goes under another service; its own is no longer named.
    less = CHART.replace("EAU;Service eau;;;DDT-48;;;;;;;;;\n", "").replace("eau;;;EAU;", "eau;;;DDT-48;")
    said = run(write(less))
    assert "1 changements" in said
    assert "1 entités ne sont plus dans le fichier" in said
    assert Entite.objects.get(code="EAU-PE").parent.code == "DDT-48"
    assert "1 retraits" in run(write(less), "--retirer-absentes")
    assert not Entite.objects.filter(code="EAU").exists()


def test_a_service_goes_from_one_box_to_another(write: Callable[[str], Path]) -> None:
    run(write("code;nom;type;territoire\nA;A;DDT;48\nB;B;PREF;48\n"))
    run(write("code;nom;type;territoire\nA;A;PREF;48\nB;B;DDT;48\n"))
    assert Entite.objects.get(code="A").service.type.sigle == "PREF"
    # A box that stays has it.
    assert "déjà l’entité « A »" in refused(write("code;nom;type;territoire\nC;C;PREF;48\n"))
    assert "2 retraits" in run(write("code;nom;type;territoire\nC;C;PREF;48\n"), "--retirer-absentes")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nom;type\nA;B\n", "ligne 1 : il manque la colonne « code »"),
        ("code;nom;couleur\nA;A;bleu\n", "ligne 1 : colonnes inconnues : couleur"),
        ("code;nom;nom\nA;A;A\n", "ligne 1 : une colonne est écrite deux fois"),
        ("", "ligne 1 : il manque la colonne"),
        ("code;nom\n\n", "ne contient aucune entité"),
        ("code;nom\nA;A;A\n", "ligne 2 : 3 colonnes au lieu de 2"),
        ("code;nom\n;A\n", "ligne 2 : le code manque"),
        ("code;nom\nA;\n", "ligne 2 : le nom manque"),
        ("code;nom\nA;A\nA;B\n", "ligne 3 : le code « A » est déjà celui de la ligne 2"),
        ("code;nom;type\nA;A;DDT\n", "l’un des deux manque"),
        ("code;nom;type;territoire\nA;A;XX;48\n", "le type de service « XX » n’existe pas"),
        ("code;nom;type;territoire\nA;A;DDT;99\n", "le territoire « 99 » n’existe pas"),
        (
            "code;nom;type;territoire\nA;A;DDT;48\nB;B;DDT;48\n",
            "ligne 3 : ce service est déjà celui de la ligne 2",
        ),
        ("code;nom;parent\nA;A;Z\n", "ligne 2 : le parent « Z » n’existe"),
        ("code;nom;parent\nA;A;A\n", "sa propre parente"),
        ("code;nom;parent\nX;X;\nA;A;B\nB;B;C\nC;C;A\n", "ligne 3 : en boucle"),
        ("code;nom;code_postal\nA;A;4800\n", "n’a pas cinq chiffres"),
        ("code;nom;telephone\nA;A;le matin\n", "n’est pas un numéro"),
        ("code;nom;courriel\nA;A;ici\n", "n’est pas une adresse (courriel)"),
        ("code;nom;site\nA;A;javascript:alert(1)\n", "n’est pas une adresse https (site)"),
        ("code;nom;latitude;longitude\nA;A;44;\n", "deux nombres de degrés"),
        ("code;nom;latitude;longitude\nA;A;nan;1\n", "degrés"),
        ("code;nom;latitude;longitude\nA;A;144;1\n", "pas sur la Terre"),
        (f"code;nom\nA;{'a' * 201}\n", "« nom » dépasse 200 caractères"),
        ('code;nom\nA;"A\n', "ce n’est pas du CSV"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_written(
    write: Callable[[str], Path], text: str, said: str
) -> None:
    assert said in refused(write(text))
    assert not Entite.objects.exists()


def test_all_that_is_wrong_is_said_at_once_and_other_encodings_are_refused(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    said = refused(write("code;nom;parent\n;A;\nB;;\n"))
    assert "ligne 2" in said
    assert "ligne 3" in said
    many = "code;nom\n" + "".join(f";{number}\n" for number in range(60))
    assert "… et 10 autres erreurs." in refused(write(many))
    path = tmp_path / "latin.csv"
    path.write_bytes("code;nom\nA;Préfecture\n".encode("latin-1"))
    assert "pas en UTF-8" in refused(path)
    assert "illisible" in refused(tmp_path / "absent.csv")
    # A mark at the head, commas, quotes, lines of Windows: what spreadsheets write.
    path.write_bytes('\ufeffcode,nom\r\nA,"Service, eau"\r\n'.encode())
    assert "1 ajouts" in run(path)
    assert Entite.objects.get().nom == "Service, eau"


def test_a_circle_through_what_was_imported_before_is_seen_and_the_database_refuses_one(
    write: Callable[[str], Path],
) -> None:
    run(write(CHART))
    said = refused(write("code;nom;parent\nPREF-48;Préfecture;EAU-PE\n"))
    assert "ligne 2 : en boucle" in said
    with pytest.raises(IntegrityError), transaction.atomic():
        Entite.objects.filter(code="PREF-48").update(parent=Entite.objects.get(code="EAU-PE"))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_one_chart(write: Callable[[str], Path]) -> None:
    lines = read_chart(write(CHART))
    together([lambda: import_chart(lines), lambda: import_chart(lines)])
    assert Entite.objects.count() == 4


def test_the_file_that_the_guide_describes_has_the_columns_that_are_read() -> None:
    guide = Path("docs/guide-exploitant.md").read_text()
    assert all(f"`{name}`" in guide for name in COLONNES)
    with pytest.raises(FichierRefuse):
        read_chart(Path("/"))


# --- Its pages -------------------------------------------------------------------------------------


def test_the_page_says_who_what_and_where(write: Callable[[str], Path]) -> None:
    run(write(CHART))
    service = Service.objects.get(type__sigle="DDT")
    lea, noe = make_agent("Léa", service=service), make_agent("Noé", service=service)
    declare(lea, "Loi sur l’eau", niveau=4)
    declare(noe, "Loi sur l’eau", niveau=2)
    declare(noe, "Forêt", niveau=1)
    gone = make_agent("Parti", service=service, is_active=False)
    declare(gone, "Forêt", niveau=4)
    (water, wood) = known_in(service)
    assert (water.libelle, water.personnes, water.niveaux) == (
        "Loi sur l’eau",
        2,
        [("Référence", 1), ("Pratique", 1)],
    )
    assert (wood.personnes, wood.niveaux) == (1, [("Notions", 1)])
    page = browser(lea).get(f"/services/{service.pk}/").content.decode()
    for text in (
        "Bâtiment B",
        "48000 Mende",
        "geo:44.5172,3.4981",
        "tel:0466000000",
        "Le vendredi matin",
        "Noé",
    ):
        assert text in page
    assert "Parti" not in page
    assert "Unité police de l’eau" in page
    assert page.index("Préfecture de la Lozère") < page.index("Service eau")
    assert f'href="/services/{service.pk}/"' in browser(noe).get(lea.get_absolute_url()).content.decode()


def test_a_service_that_no_file_names_has_its_page_too() -> None:
    agent = make_agent("Léa")
    page = browser(agent).get(f"/services/{agent.service_id}/").content.decode()
    assert "ne sont pas encore connus" in page
    assert "Organigramme" not in page
    assert browser(agent).get("/services/999999/").status_code == 404


def test_services_are_found_by_territory_kind_and_words(write: Callable[[str], Path]) -> None:
    run(write(CHART))
    gard = make_territoire("30", "Gard")
    make_service(gard)
    elsewhere = make_service(make_territoire("29", "Finistère", "R53"))
    agent = make_agent("Léa")

    def names(**asked: str) -> list[str]:
        return sorted(find_services(agent, **asked).values_list("nom", flat=True))

    assert names(territoire="48") == ["DDT de la Lozère", "Préfecture de la Lozère"]
    assert names(territoire="R76") == ["DDT Gard", "DDT de la Lozère", "Préfecture de la Lozère"]
    assert names(territoire="R53", genre="DDT") == [elsewhere.nom]
    assert names(mots="prefecture LOZERE") == ["Préfecture de la Lozère"]
    assert names(mots="100%") == []
    assert len(names(territoire="FR")) == 4
    page = browser(agent).get("/services/?q=lozere&type=DDT").content.decode()
    assert "DDT de la Lozère" in page
    assert "1\u00a0personne" in page
    assert "Aucun service ne correspond" in browser(agent).get("/services/?q=hippopotame").content.decode()
    assert browser(agent).get("/services/?territoire=%00&type=%00&q=%00").status_code == 200


def test_partners_of_labs_see_nothing_of_it() -> None:
    partner, agent = make_agent("Part", partenaire=True, organisme="Université"), make_agent("Léa")
    for check in (lambda: get_service(partner, agent.service_id or 0), lambda: find_services(partner)):
        with pytest.raises(PermissionDenied):
            check()
    client = browser(partner)
    assert client.get("/services/").status_code == 403
    assert client.get(f"/services/{agent.service_id}/").status_code == 403


def test_pages_cost_the_same_whatever_their_size(
    write: Callable[[str], Path], django_assert_max_num_queries: Callable[..., object]
) -> None:
    units = "".join(f"U{number};Unité {number};;;EAU;;;;;;;;;\n" for number in range(350))
    run(write(CHART + units))
    service = Service.objects.get(type__sigle="DDT")
    people = [make_agent(f"Agent{number}", service=service) for number in range(30)]
    for number, agent in enumerate(people):
        declare(agent, f"Expertise {number}")
    client = browser(people[0])
    client.get("/services/")
    with django_assert_max_num_queries(18):
        page = client.get(f"/services/{service.pk}/").content.decode()
    assert "L’organigramme est plus grand" in page
    assert "Page suivante" in page
    with django_assert_max_num_queries(12):
        client.get("/services/")
