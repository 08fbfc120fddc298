"""What the question could also be: the expertises it names or comes near, what its acronyms stand for, words mistyped.

Nothing comes from what some may not read: words are proposed from the vocabulary and from profiles only, which every
agent of the State may open.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from annuaire.models import Agent, Expertise
from annuaire.preuves.recherche import carried
from annuaire.profils.vocabulaire import search_vocabulary
from annuaire.question import Reconnue, without_accents
from annuaire.recherche import CLOSE_ENOUGH
from annuaire.trouver.moteur import Trouvailles
from plateforme.socle.recherche import quoted_lexeme

# Longer questions are understood by what they name; part of a name or a likeness says nothing there.
SHORT = 80
CHIPS = 6
# The best among those found, whose expertises are proposed.
BEST = 40
NEAREST = 4
# Words looked at for typing errors, people looked at for the right ones.
MOST_WORDS, MOST_ALIKE = 6, 60
# Below, a word is another word: « busaje » and « busage » share 0.4.
ALIKE = 0.35
_NO_INITIAL = {
    "a",
    "au",
    "aux",
    "d",
    "de",
    "des",
    "du",
    "en",
    "et",
    "l",
    "la",
    "le",
    "les",
    "ou",
    "par",
    "pour",
    "sur",
}
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Puce:
    """An expertise that refines the search: how many of those found declare it, and the address that does so."""

    expertise: Expertise
    nombre: int
    choisie: bool
    adresse: str


@dataclass(frozen=True)
class Sigle:
    """What the vocabulary made of a word of the question: « DLE » = « dossier loi sur l’eau », that is « Loi sur l’eau »."""

    dit: str
    entier: str
    expertise: Expertise


def chips(found: Trouvailles) -> list[Puce]:
    """Those chosen, those named, those that come near and somebody found declares, those of the best. Three queries."""
    people = found.tri.sans["expertise"]
    counts = Counter(pk for person in people for pk in person.niveaux)
    chosen = {expertise.pk for expertise in found.expertises}
    wanted = [*found.expertises, *found.named]
    question = found.criteres.q
    if len(question) <= SHORT and not found.numero:
        wanted += [one for one in search_vocabulary(question) if counts[one.pk]]
    best = Counter(pk for person in people[:BEST] for pk in person.niveaux)
    known = Expertise.objects.in_bulk([pk for pk, _ in best.most_common(CHIPS * 2)])
    wanted += [known[pk] for pk, number in best.most_common(CHIPS * 2) if number > 1 and pk in known]
    unique = {one.pk: one for one in wanted if counts[one.pk] or one.pk in chosen}
    if len(unique) < 2 and not chosen:
        return []
    return [
        Puce(
            one,
            counts[one.pk],
            one.pk in chosen,
            found.criteres.toggled("expertise", one.slug).address(),
        )
        for one in list(unique.values())[: max(CHIPS, len(chosen))]
    ]


def acronyms(recognised: Sequence[Reconnue], question: str) -> list[Sigle]:
    """The acronyms and synonyms of `question` that name an expertise otherwise than by its label. No query."""
    typed = {without_accents(word): word for word in _WORD.findall(question)}
    said = []
    for item in recognised:
        word = without_accents(item.par)
        if item.par == item.expertise.libelle or word not in typed:
            continue
        whole = next(
            (name for name in (item.expertise.libelle, *item.expertise.synonymes) if _initials(name) == word),
            "",
        )
        said.append(Sigle(typed[word], whole, item.expertise))
    return said


def _initials(name: str) -> str:
    words = _WORD.findall(without_accents(name))
    return "".join(word[0] for word in words if word not in _NO_INITIAL) if len(words) > 1 else ""


def did_you_mean(agent: Agent, found: Trouvailles) -> str:
    """The question with the words that nobody carries put right, or empty. At most two queries.

    A word is mistyped when no profile, nothing that `agent` may read and no expertise holds it.
    """
    words = found.classement.mots
    named = {stem for item in found.classement.reconnues for stem in item.racines or ()}
    doubtful = [
        word
        for word in words
        if len(word.forme) >= 4
        and not any(letter.isdigit() for letter in word.forme)
        and word.racine not in named
    ]
    if not doubtful or len(words) > MOST_WORDS:
        return ""
    known = carried(agent, [quoted_lexeme(word.racine) for word in doubtful])
    unknown = [word.forme for word, somewhere in zip(doubtful, known, strict=True) if not somewhere]
    right = _closest(unknown) if unknown else {}
    if not right:
        return ""
    return _WORD.sub(
        lambda match: _as_typed(match[0], right.get(without_accents(match[0]))), found.criteres.q
    )


def _as_typed(typed: str, right: str | None) -> str:
    """The right word with the capitals of what was typed; acronyms keep theirs."""
    if right is None:
        return typed
    if right.isupper():
        return right
    return right.capitalize() if typed[0].isupper() else right.lower()


_CLOSEST = """
SELECT DISTINCT ON (tape.mot) tape.mot, c.mot FROM unnest(%(mots)s::text[]) AS tape(mot)
CROSS JOIN LATERAL (
    SELECT regexp_split_to_table(e.libelle || ' ' || array_to_string(e.synonymes, ' '), '[^[:alnum:]]+') AS mot
      FROM annuaire_expertise e
    UNION ALL
    SELECT regexp_split_to_table(concat_ws(' ', a.prenom, a.nom, a.fonction, s.nom, s.ville, t.nom), '[^[:alnum:]]+')
      FROM (SELECT * FROM annuaire_agent b WHERE b.is_active AND NOT b.partenaire AND tape.mot <%% b.mots
            ORDER BY word_similarity(tape.mot, b.mots) DESC, b.identifiant LIMIT %(limite)s) AS a
      LEFT JOIN annuaire_service s ON s.id = a.service_id LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id
) AS c
CROSS JOIN LATERAL (SELECT sans_accent(c.mot) AS nu) AS n
WHERE length(n.nu) >= 4 AND n.nu <> tape.mot AND similarity(n.nu, tape.mot) >= %(seuil)s
ORDER BY tape.mot, similarity(n.nu, tape.mot) DESC, abs(length(n.nu) - length(tape.mot)), n.nu
"""


def _closest(words: Sequence[str]) -> dict[str, str]:
    """Each word (lower case, no accents) → the closest of the vocabulary or of a profile, as it is written there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(CLOSE_ENOUGH)]
        )
        cursor.execute(_CLOSEST, {"mots": list(words), "limite": MOST_ALIKE, "seuil": ALIKE})
        return dict(cursor.fetchall())


def nearest_expertises(question: str) -> list[dict[str, Any]]:
    """Entries of the vocabulary close to `question`, each with how many agents of the State declare it, the emptiest
    last; those that nobody declares left out. Three queries."""
    wanted = search_vocabulary(question)
    rows = (
        Expertise.objects.filter(pk__in=[one.pk for one in wanted])
        .annotate(
            nombre=Count(
                "declarations",
                filter=Q(declarations__agent__is_active=True, declarations__agent__partenaire=False),
            )
        )
        .filter(nombre__gt=0)
        .order_by("-nombre", "libelle")
    )
    return [{"expertise": one, "nombre": one.nombre} for one in rows[:NEAREST]]
