"""Why a person was found: sentences that point to what exists and that the searcher may read."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from annuaire.models import Agent, DeclarationExpertise
from annuaire.preuves import recherche as preuves
from annuaire.question import Mot, Reconnue
from plateforme.socle.recherche import quoted_lexeme

if TYPE_CHECKING:
    from annuaire.recherche import Resultat

OPEN, CLOSE = "\x02", "\x03"
MOST = 4
# Of who is proposed although nothing of theirs answers.
RELAIS = mark_safe(
    "Rien de sa part ne répond à ces mots, mais cette personne a contribué récemment là où vous lisez\u00a0: elle pourra "
    "vous orienter"
)
# Looked for in profiles to be shown in bold: the rarest words of the question.
MAX_BOLD = 12


def explain(
    agent: Agent,
    results: "Sequence[Resultat]",
    words: Sequence[Mot],
    terms: Sequence[preuves.Terme],
    recognised: Sequence[Reconnue],
    others: Mapping[int, Sequence[SafeString]] | None = None,
) -> None:
    """Say of each result why it is there, at most `MOST` sentences each, in at most three queries.

    `words`: the question's, the most telling first; `terms`: the same and the expertises, as evidence weighs them.
    `others`: what else is known of each, by id; it comes after the first reason.
    """
    found = [result for result in results if not result.relais]
    for result in results:
        if result.relais:
            result.raisons.append(RELAIS)
    if not found:
        return
    by_expertise = {item.expertise.pk: item for item in recognised}
    people = [result.agent for result in found]
    typed = {word.racine: word.dit for word in sorted(words, key=lambda word: word.rang)}
    proved = preuves.reasons(agent, people, terms, typed)
    headlines = _headlines([person.pk for person in people], words[:MAX_BOLD]) if words else {}
    for result in found:
        declared = sorted(
            result.agent.declarations.all(), key=lambda row: (-row.niveau, row.expertise.libelle)
        )
        named = [row for row in declared if row.expertise_id in by_expertise]
        result.raisons += [_declared(row, by_expertise[row.expertise_id]) for row in named]
        if result.agent.pk in proved:
            result.raisons.insert(1, proved[result.agent.pk])
        for label, text in headlines.get(result.agent.pk, []):
            if label != "Expertise" or not named:
                result.raisons.append(format_html("{}\u00a0: {}", label, _bold(text)))
        result.raisons[1:1] = (others or {}).get(result.agent.pk, [])
        if not result.raisons:
            result.raisons.append(_near(result.agent, words))
        result.raisons = result.raisons[:MOST]


def _declared(declared: DeclarationExpertise, item: Reconnue) -> SafeString:
    sentence = format_html(
        "Déclare <strong>{}</strong>, niveau {}",
        declared.expertise.libelle,
        declared.get_niveau_display().lower(),
    )
    if declared.depuis:
        sentence = format_html("{}, depuis {}", sentence, declared.depuis)
    if item.par != item.expertise.libelle:
        sentence = format_html("{} (pour «\u00a0{}\u00a0»)", sentence, item.par)
    return sentence


def _headlines(ids: list[int], words: Sequence[Mot]) -> dict[int, list[tuple[str, str]]]:
    """For each person, the fields in which the words stand: (label, text with marks around the words)."""
    query = " | ".join(quoted_lexeme(word.racine) for word in words)
    options = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords=24, MinWords=8, HighlightAll=false"
    whole = f"StartSel={OPEN}, StopSel={CLOSE}, HighlightAll=true"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, champ.libelle, ts_headline('public.fr', champ.texte, %s::tsquery,"
            " CASE WHEN champ.long THEN %s ELSE %s END)"
            " FROM annuaire_agent a LEFT JOIN annuaire_service s ON s.id = a.service_id"
            " LEFT JOIN annuaire_typeservice ts ON ts.id = s.type_id"
            " LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id,"
            " LATERAL (VALUES (1, 'Nom', a.prenom || ' ' || a.nom, false), (2, 'Fonction', a.fonction, false),"
            "  (3, 'Service', concat_ws(' – ', s.nom, ts.nom, s.ville), false), (4, 'Territoire', t.nom, false),"
            "  (5, 'Expertise', (SELECT string_agg(e.libelle, ', ') FROM annuaire_declarationexpertise d"
            "   JOIN annuaire_expertise e ON e.id = d.expertise_id WHERE d.agent_id = a.id), false),"
            "  (6, 'Mission ou dossier', (SELECT string_agg(concat_ws(' : ', m.titre, nullif(m.precision, '')), ' – '"
            "   ORDER BY m.debut DESC, m.titre) FROM profils_mission m WHERE m.agent_id = a.id), true),"
            "  (7, 'Présentation', a.biographie, true)) AS champ(rang, libelle, texte, long)"
            " WHERE a.id = ANY(%s) AND fr_vecteur(champ.texte) @@ %s::tsquery ORDER BY a.id, champ.rang",
            [query, options, whole, ids, query],
        )
        found: dict[int, list[tuple[str, str]]] = {}
        for pk, label, text in cursor.fetchall():
            found.setdefault(pk, []).append((label, text))
        return found


def _near(agent: Agent, words: Sequence[Mot]) -> SafeString:
    """The words of a person's page that resemble the question's: for what was found despite typing errors."""
    own = re.findall(
        r"\w{3,}",
        f"{agent.nom_complet} {agent.rattachement} "
        + " ".join(
            f"{row.expertise.libelle} {' '.join(row.expertise.synonymes)}" for row in agent.declarations.all()
        ),
    )
    near = []
    for word in words:
        grams = _grams(word.forme)
        best = max(own, key=lambda candidate: _likeness(grams, _grams(candidate.lower())), default="")
        if best and best not in near and _likeness(grams, _grams(best.lower())) > 0.25:
            near.append(best)
    return format_html(
        "Mots proches de votre recherche\u00a0: <strong>{}</strong>", ", ".join(near) or agent.nom_complet
    )


def _grams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[index : index + 3] for index in range(len(padded) - 2)}


def _likeness(left: set[str], right: set[str]) -> float:
    return len(left & right) / len(left | right)


def _bold(text: str) -> SafeString:
    escaped = str(escape(text)).replace(OPEN, "<strong>").replace(CLOSE, "</strong>")
    return mark_safe(escaped)  # noqa: S308  (escaped just above; only our own marks become tags)
