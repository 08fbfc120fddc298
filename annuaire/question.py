"""What a question says: its words and their stems, and the expertises of the vocabulary that it names."""

import re
import unicodedata
from dataclasses import dataclass

from django.db import connection

from annuaire.models import Expertise

MAX_QUERY = 2_000  # characters
# Beyond, the words that most texts hold are left out: they change nothing, and cost.
MAX_WORDS = 40
# Typing errors are forgiven, and part of a name is enough, in what is short; a paragraph names an expertise in full.
SHORT = 200


@dataclass(frozen=True)
class Mot:
    """A word of the question: its stem, as typed (the stem again for what is no plain word: « 4.4 »), its place in it."""

    racine: str
    dit: str
    rang: int

    @property
    def forme(self) -> str:
        """In lower case without accents, to be compared letter by letter."""
        return without_accents(self.dit)


@dataclass(frozen=True)
class Reconnue:
    """An expertise that the question names, the word of the vocabulary that named it, and the stems of that word:
    none of a word that says nothing (« avec »), None of what is known from elsewhere than the words."""

    expertise: Expertise
    par: str
    racines: tuple[str, ...] | None = None


def without_accents(text: str) -> str:
    """As PostgreSQL's `sans_accent`, for plain words."""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter)
    )


def cleaned(text: str) -> str:
    """What is looked at of a text: on one line, its first `MAX_QUERY` characters."""
    return " ".join(text.replace("\x00", "").split())[:MAX_QUERY]


def understand(text: str) -> tuple[list[Mot], list[Reconnue]]:
    """The words of `text` that mean something, and the expertises it names. Three queries."""
    text = cleaned(text)
    words = words_of(text)
    return words, recognise(text) if words else []


def words_of(question: str) -> list[Mot]:
    """The words of the question that mean something, with the stems that the database gives them, each stem once."""
    typed = list(dict.fromkeys(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", question))))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH typed AS MATERIALIZED (SELECT DISTINCT ON (racine) racine, dit FROM (SELECT dit, rang,"
            "  (tsvector_to_array(fr_vecteur(dit)))[1] AS racine FROM unnest(%s::text[]) WITH ORDINALITY AS t(dit, rang))"
            "  AS stemmed WHERE racine IS NOT NULL ORDER BY racine, rang)"
            " SELECT v.lexeme, typed.dit FROM unnest(fr_vecteur(%s)) AS v LEFT JOIN typed ON typed.racine = v.lexeme"
            " ORDER BY v.positions[1], v.lexeme",
            [typed, question],
        )
        return [Mot(racine, dit or racine, rang) for rang, (racine, dit) in enumerate(cursor.fetchall())]


def recognise(question: str) -> list[Reconnue]:
    """The expertises that the question names by their label, a synonym or an acronym.

    In a short question, typing errors are forgiven and part of a name is enough.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH q AS MATERIALIZED (SELECT nu, ' ' || regexp_replace(nu, '[^[:alnum:]]+', ' ', 'g') || ' ' AS borde,"
            "  length(nu) <= %s AS courte, CASE WHEN length(nu) BETWEEN 5 AND %s AND fr_vecteur(nu) <> '' THEN"
            "  plainto_tsquery('simple', array_to_string(tsvector_to_array(fr_vecteur(nu)), ' ')) END AS requete"
            "  FROM (SELECT sans_accent(%s) AS nu) AS typed)"
            " SELECT DISTINCT ON (expertise_id) expertise_id, mot, tsvector_to_array(vecteur) FROM ("
            "  SELECT t.*, q.requete, CASE WHEN q.borde LIKE t.motif THEN 2"
            "   WHEN q.courte AND length(t.nu) >= 6 THEN word_similarity(t.nu, q.nu) ELSE 0 END AS force"
            "  FROM annuaire_appellation t, q) AS terme"
            " WHERE force >= 0.7 OR (requete IS NOT NULL AND vecteur @@ requete)"
            " ORDER BY expertise_id, force DESC, length(mot), mot",
            [SHORT, SHORT, question],
        )
        found = {pk: (word, tuple(stems)) for pk, word, stems in cursor.fetchall()}
    return [Reconnue(expertise, *found[expertise.pk]) for expertise in Expertise.objects.filter(pk__in=found)]
