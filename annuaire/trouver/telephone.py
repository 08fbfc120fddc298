"""Somebody found by their number, however it is typed: « 04 66 49 60 00 », « 04.66.49.60.00 », « +33 4 66 49 60 00 »."""

import re

from django.db import connection

# Of a French number, all but what says it is one (0, +33, 0033): also what overseas numbers end with.
NATIONAL = 9
_TYPED = re.compile(r"\s*(?:\+|00)?\(?[\d][\d\s.\-/()]{6,24}\s*")
MOST = 50


def number_in(question: str) -> str:
    """The last nine digits when `question` is a whole telephone number and nothing else; empty otherwise."""
    question = question.replace("\u00a0", " ").replace("\u202f", " ")
    if not _TYPED.fullmatch(question):
        return ""
    digits = re.sub(r"\D", "", question)
    return digits[-NATIONAL:] if NATIONAL < len(digits) <= 14 else ""


def people_with(number: str) -> list[int]:
    """Agents of the State, the number of whom ends so: shown on their page to every other. One query, by its index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM annuaire_agent WHERE right(regexp_replace(telephone, '\\D', '', 'g'), 9) = %s"
            " AND is_active AND NOT partenaire ORDER BY nom, prenom, identifiant LIMIT %s",
            [number, MOST],
        )
        return [pk for (pk,) in cursor.fetchall()]
