"""Minutes as files: read back, they say what was written."""

import io
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
from django.urls import reverse
from odfdo import Document
from pypdf import PdfReader

from annuaire.models import Agent
from realtime.seances import actions
from realtime.seances.composition import Entete, Presence
from realtime.seances.exports.arbre import parse
from realtime.seances.exports.markdown import as_markdown
from realtime.seances.exports.odt import as_odt
from realtime.seances.exports.pdf import as_pdf
from realtime.seances.exports.polices import printable
from realtime.seances.models import Seance
from realtime.seances.redaction import Acte
from realtime.seances.rendu import render_minutes
from tests.factories import browser
from tests.seances.conftest import now_is

MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"

TEXTE = """# 1. Bilan

Trois contrôles **en Lozère** pour 45 € d’œufs, « cœur » — voir [le site](https://www.lozere.gouv.fr/) et `code` :

- deux conformes ;
    1. premier
    2. second
- [x] une tâche faite

> Un arrêté

```
if x:
    y
```

| Réponse | Voix |
| --- | ---: |
| Pour | 7 |

Une note[^1].

[^1]: Le bas de page.
"""


def acte(texte: str = TEXTE, *, people: int = 3, projet: bool = False, **changes: Any) -> Acte:
    presences = tuple(
        Presence(
            f"Prénom{n} Nom{n}",
            "cheffe d’unité",
            "DDT de la Lozère",
            "Lozère",
            ("present", "excuse", "absent")[n % 3],
        )
        for n in range(people)
    )
    entete = Entete(
        titre="Comité « Cœur d’eau »",
        quand="Mardi 24 novembre 2026, de 14 h 00 à 16 h 05",
        jour="24/11/2026",
        lieu="Salle des Actes",
        communaute="Police de l’eau",
        service="DDT de la Lozère",
        ville="Mende",
        presences=presences,
        president="Aminata Sarr",
        secretaire="Nadia Ferhat",
    )
    when = datetime(2026, 11, 25, 9, tzinfo=UTC)
    edition: Any = SimpleNamespace(
        rang=0, motif="", validee_le=when, validee_par=SimpleNamespace(nom_complet="Aminata Sarr"), **changes
    )
    seance: Any = SimpleNamespace(
        pk=3, reunion=SimpleNamespace(sur_place=lambda moment: moment), ouverte_le=when
    )
    minutes: Any = SimpleNamespace(reference="2026-012", edition=0, motif="", modifie_le=when)
    return Acte(
        seance, entete, texte, render_minutes(texte) if texte else "", minutes, None if projet else edition
    )


def read_pdf(content: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(content))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def read_odt(content: bytes) -> tuple[Document, str]:
    document = Document(io.BytesIO(content))
    return document, " ".join(str(document.get_formatted_text()).split())


SAID = (
    "Compte rendu n° 2026-012", "Comité « Cœur d’eau »", "Salle des Actes", "Mende, le 25 novembre 2026",
    "Liberté", "Prénom0 Nom0", "Absence excusée", "45 € d’œufs", "« cœur » —", "deux conformes", "second",
    "Un arrêté", "Réponse", "Pour", "Le bas de page", "Présidence de séance", "Nadia Ferhat",
    "Validé le 25 novembre 2026 par Aminata Sarr.",
)  # fmt: skip


def test_pdf() -> None:
    content = as_pdf(acte())
    reader, text = read_pdf(content)
    for words in (*SAID, "FRANÇAISE", "☑ une tâche faite", "1 / "):
        assert words in text, words
    assert reader.metadata is not None
    assert reader.metadata.title == "Compte rendu n°\u00a02026-012 : Comité « Cœur d’eau »"
    assert reader.metadata.author == "DDT de la Lozère"
    assert reader.metadata.creation_date == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    assert [row["/Title"] for row in flat(reader.outline)] == [
        "Compte rendu n°\u00a02026-012",
        "Présences",
        "1. Bilan",
    ]
    links = [note.get_object()["/A"]["/URI"] for page in reader.pages for note in page.get("/Annots", [])]
    assert "https://www.lozere.gouv.fr/" in links
    # The letters are in the file: what is signed looks the same everywhere.
    drawn = {
        str(font.get_object()["/BaseFont"]): font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert any("DejaVuSansCondensed-Bold" in name for name in drawn)
    assert all("/FontDescriptor" in font for name, font in drawn.items() if name != "/Helvetica")
    assert as_pdf(acte()) == content


def flat(outline: list[Any]) -> list[Any]:
    return [row for each in outline for row in (flat(each) if isinstance(each, list) else [each])]


def test_pdf_of_three_hundred_people() -> None:
    reader, text = read_pdf(as_pdf(acte(people=300)))
    assert len(reader.pages) > 8 and "Prénom299 Nom299" in text
    assert f"{len(reader.pages)} / {len(reader.pages)}" in text
    # The head of the list comes again on each of its pages.
    assert all("Territoire" in page.extract_text() for page in reader.pages[1:5])


def test_a_draft_says_so() -> None:
    for read, write in ((read_pdf, as_pdf), (read_odt, as_odt)):
        _, text = read(write(acte(projet=True)))
        assert "Projet de compte rendu" in text and "n’est pas validé" in text
        assert "Mende, le" not in text


def test_odt() -> None:
    document, text = read_odt(as_odt(acte()))
    for words in (*SAID, "RÉPUBLIQUE FRANÇAISE", "une tâche faite"):
        assert words in text, words
    assert document.meta.get_title() == "Compte rendu n°\u00a02026-012 : Comité « Cœur d’eau »"
    assert document.meta.get_language() == "fr-FR"
    assert [int(title.level) for title in document.body.get_headers()] == [1, 2, 2]
    assert len(document.body.tables) == 3
    styles = document.get_part("styles.xml").serialize().decode()
    assert "text:page-number" in styles and "text:page-count" in styles
    xml = document.body.serialize()
    assert xml.count("<table:table-header-rows>") == 2
    assert "https://www.lozere.gouv.fr/" in xml and 'text:style-name="CR-gras">en Lozère' in xml
    assert "if x:" in xml and '<text:s text:c="4"/>' in xml


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "x" * 59_000,
        "- a\n" * 3_000,
        "|" + "a|" * 8 + "\n|" + "-|" * 8 + "\n|" + ("mot " * 400 + "|") * 8,
        "|" + "a|" * 40 + "\n|" + "-|" * 40 + "\n|" + "b|" * 40,
        "\n".join("    " * rank + "- x" for rank in range(12)),
        "> " * 12 + "x",
        "- x\n\n    |a|b|\n    |-|-|\n    |1|2|\n",
        "1. ```\n   code\n   ```\n2. \n3. > q\n",
        "<script>alert(1)</script> & <b>gras</b> \"q\" &amp; ]]>",
        "###### six\n\n# un\n\n### trois",
        "漢字 🙂 \u0001 \u202e \ufffe Tāvini Huiraʻatira",
    ],
)  # fmt: skip
def test_whatever_is_written_comes_out(texte: str) -> None:
    reader, _ = read_pdf(as_pdf(acte(texte)))
    assert reader.pages
    document, _ = read_odt(as_odt(acte(texte)))
    assert document.body.serialize()


def test_nothing_is_lost_of_a_table_too_wide_for_the_page() -> None:
    texte = (
        "|"
        + "".join(f"tête{n}|" for n in range(12))
        + "\n|"
        + "-|" * 12
        + "\n|"
        + "".join(f"case{n}|" for n in range(12))
    )
    _, text = read_pdf(as_pdf(acte(texte)))
    assert "tête11 : case11" in text


def test_characters_that_no_letter_draws_are_seen_to_be_missing() -> None:
    assert (
        printable("Tāvini Huiraʻatira, 3\u202f000 m², œ, é, →, ☑")
        == "Tāvini Huiraʻatira, 3\u202f000 m², œ, é, →, ☑"
    )
    assert printable("e\u0301") == "é"
    assert printable("漢 ok\u200d") == "□ ok"


def test_markup_is_words() -> None:
    _, text = read_pdf(as_pdf(acte("<b>gras</b> & <script>")))
    assert "<b>gras</b> & <script>" in text
    _, text = read_odt(as_odt(acte("<b>gras</b> & <script>")))
    assert "<b>gras</b> & <script>" in text
    assert parse("</p>perdu<p>a").find("p") is not None


def test_markdown() -> None:
    text = as_markdown(acte())
    assert (
        text.startswith("# Compte rendu n°")
        and "- Prénom0 Nom0, cheffe d’unité, DDT de la Lozère, Lozère" in text
    )
    assert text.rstrip().endswith("Le bas de page.")


def test_what_is_taken_away_is_what_was_validated(
    camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance, points: Any, settings: Any
) -> None:
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "export": 8}
    pdf, odt = (reverse(f"seances:compte-rendu-{kind}", args=[seance.pk]) for kind in ("pdf", "odt"))
    reader = browser(lea)
    assert "Projet" in read_pdf(reader.get(pdf).content)[1]
    actions.note_presence(lea, seance)
    actions.end(camille, now_is(seance), etape=1)
    minutes = actions.start_minutes(noe, seance)
    actions.edit_minutes(noe, minutes, "Le texte validé", version=1)
    actions.validate_minutes(camille, minutes, version=2, president="Camille Martin")
    # Whatever the meeting becomes.
    actions.correct_attendance(camille, now_is(seance), "absent", agent=lea)
    answer = reader.get(pdf)
    assert answer["Content-Type"] == "application/pdf" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('attachment; filename="compte-rendu-20')
    _, text = read_pdf(answer.content)
    assert "Le texte validé" in text and "1 présence," in text and "Camille Martin" in text
    assert "Le texte validé" in read_odt(reader.get(odt).content)[1]
    actions.correct_minutes(noe, minutes, "Une erreur")
    actions.edit_minutes(noe, minutes, "Le texte corrigé", version=2)
    # Until it is validated, the correction is for who writes it.
    for who, words in ((lea, "Le texte validé"), (noe, "Le texte corrigé")):
        assert words in read_pdf(browser(who).get(pdf, {"projet": 1}).content)[1]
    assert "Le texte validé" in read_pdf(browser(noe).get(pdf, {"edition": 0}).content)[1]
    assert reader.get(pdf, {"edition": 5}).status_code == 404
    assert browser(zoe).get(pdf).status_code == 404


def test_many_files_a_minute(lea: Agent, seance: Seance, settings: Any) -> None:
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "export": 1}
    client, address = browser(lea), reverse("seances:compte-rendu-odt", args=[seance.pk])
    assert client.get(address).status_code == 200
    assert "réessayez dans" in client.get(address, follow=True).content.decode()


# --- What word processors and assistive technologies need ------------------------------------------


def test_emoji_are_said_in_words() -> None:
    """The font draws none of them: a name is read, a square is not."""
    assert printable("Feu 🔥 vert") == "Feu [feu] vert"
    assert printable("👍🏽 et 🇫🇷") == "[pouce vers le haut peau légèrement mate] et [drapeau france]"
    # What the font draws stays as it is; what is no emoji and cannot be drawn is a square.
    assert printable("☑ fait → ✓") == "☑ fait → ✓"
    assert printable("汉") == "□"
    _, text = read_pdf(as_pdf(acte("Bravo 🎉 à l’équipe.")))
    assert "Bravo [cotillons] à l’équipe." in text
    # A word processor has fonts of its own.
    _, text = read_odt(as_odt(acte("Bravo 🎉 à l’équipe.")))
    assert "🎉" in text


def test_odt_is_one_that_word_processors_open() -> None:
    """OpenDocument 1.2, part 3: the type first and as it is; the manifest names every file; then what is read aloud:
    headings without a level left out, heads of tables, the language."""
    content = as_odt(acte())
    with ZipFile(io.BytesIO(content)) as package:
        first = package.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
        assert package.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        # Byte 38 is where programs look for the type: nothing stands before it.
        assert content[30:77] == b"mimetypeapplication/vnd.oasis.opendocument.text"
        manifest = ElementTree.fromstring(package.read("META-INF/manifest.xml"))
        listed = {entry.get(f"{MANIFEST}full-path") for entry in manifest}
        files = {name for name in package.namelist() if not name.endswith("/")}
        assert files - {"mimetype", "META-INF/manifest.xml"} <= listed
        body = ElementTree.fromstring(package.read("content.xml"))
        styles = ElementTree.fromstring(package.read("styles.xml"))
    levels = [int(heading.get(f"{TEXT}outline-level", "0")) for heading in body.iter(f"{TEXT}h")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    heads = [
        table for table in body.iter(f"{TABLE}table") if table.find(f"{TABLE}table-header-rows") is not None
    ]
    # All but the two boxes that are signed.
    assert len(heads) == len(list(body.iter(f"{TABLE}table"))) - 1 > 0
    languages = {
        (found.get(f"{FO}language"), found.get(f"{FO}country"))
        for style in styles.iter(f"{STYLE}default-style")
        for found in style.iter(f"{STYLE}text-properties")
        if style.get(f"{STYLE}family") == "paragraph"
    }
    assert languages == {("fr", "FR")}
    # No number besides those that the words have; the styles of tables are with the text, where programs take them.
    assert {level.get(f"{STYLE}num-format") for level in styles.iter(f"{TEXT}outline-level-style")} == {""}
    own = {style.get(f"{STYLE}family") for style in body.iter(f"{STYLE}style")}
    assert {"table", "table-column", "table-row", "table-cell"} <= own
    # Every style that the text names is there.
    known = {
        style.get(f"{STYLE}name")
        for tree in (body, styles)
        for style in tree.iter()
        if style.get(f"{STYLE}name")
    }
    named = {
        value for element in body.iter() for key, value in element.items() if key.endswith("}style-name")
    }
    assert named <= known, named - known
