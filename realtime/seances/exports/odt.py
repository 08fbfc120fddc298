"""Minutes in ODT: what is gone on with in a word processor, and what assistive technologies read best."""

import io

from odfdo import Document, Element

from realtime.seances.exports.corps_odt import (
    STYLES,
    TABLE_STYLES,
    cell,
    column_styles,
    corps,
    paragraph,
    styled,
    table,
    words,
)
from realtime.seances.exports.mentions import (
    ETAT,
    PRESENCES,
    PROJET,
    attendance_rows,
    details,
    place_and_day,
    signers,
    validation,
)
from realtime.seances.redaction import Acte


def as_odt(acte: Acte) -> bytes:
    """The whole document."""
    odt = Document("text")
    for xml in STYLES:
        odt.insert_style(Element.from_tag(xml), automatic=False)
    for xml in (*TABLE_STYLES, *column_styles()):
        odt.insert_style(Element.from_tag(xml), automatic=True)
    _plain_headings(odt)
    _footer(odt, acte)
    meta = odt.meta
    meta.set_title(f"{acte.nom} : {acte.entete.titre}")
    meta.set_subject(acte.entete.quand)
    meta.set_creator(acte.entete.service or acte.entete.communaute or acte.entete.president)
    meta.set_language("fr-FR")
    meta.set_generator("")
    body = odt.body
    body.clear()
    for xml in _parts(acte):
        body.append(Element.from_tag(xml))
    output = io.BytesIO()
    odt.save(output)
    return output.getvalue()


def _parts(acte: Acte) -> list[str]:
    name, motto = ETAT
    parts = [
        paragraph(styled(words(name), "CR-gras"), "CR-etat"),
        *(paragraph(styled(words(word), "CR-italique"), "CR-devise") for word in motto),
        paragraph(styled(words(acte.entete.service), "CR-gras"), "CR-droite"),
        paragraph(words(place_and_day(acte)), "CR-droite"),
        f'<text:h text:style-name="Heading_20_1" text:outline-level="1">{words(acte.nom)}</text:h>',
    ]
    parts += [
        paragraph(f"{styled(words(f'{label} :'), 'CR-gras')} {words(said)}", "CR-texte")
        for label, said in details(acte)
    ]
    rows = attendance_rows(acte)
    if rows:
        parts.append('<text:h text:style-name="Heading_20_2" text:outline-level="2">Présences</text:h>')
        parts.append(
            table(
                [cell(words(label), head=True) for label in PRESENCES],
                [[cell(words(said)) for said in row] for row in rows],
            )
        )
    parts += corps(acte.html)
    parts.append(paragraph(words(validation(acte)), "CR-validation"))
    people = [
        cell(styled(words(function), "CR-gras"), more=paragraph(words(who), "CR-signature"))
        for function, who in signers(acte)
    ]
    return [*parts, table([], [people])]


def _plain_headings(odt: Document) -> None:
    """Headings have the numbers that their words have, no others; the text is in one family of letters."""
    for level in odt.styles.get_elements("//text:outline-level-style"):
        level.set_attribute("style:num-format", "")
        level.set_attribute("style:num-suffix", None)
        level.set_attribute("loext:num-list-format", None)
    standard = odt.get_style("paragraph", "Standard")
    standard.append(Element.from_tag("<style:text-properties fo:font-family=\"'Liberation Sans', Arial\"/>"))


def _footer(odt: Document, acte: Acte) -> None:
    """« 1 / 3 » on each page, and that a draft is one."""
    said = f"{words(PROJET)} " if acte.projet else ""
    master = odt.get_style("master-page", "Standard")
    master.set_page_footer(
        Element.from_tag(
            paragraph(
                f'{said}{words(acte.nom)} – <text:page-number text:select-page="current">1</text:page-number>'
                " / <text:page-count>1</text:page-count>",
                "CR-pied",
            )
        )
    )
