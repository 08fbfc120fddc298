"""A question as a need that may be kept: its words that mean something, and nobody’s name."""

import re

from django.db import connection

from annuaire.question import cleaned, without_accents

# A need is told in a few words; a paragraph tells of a case, and of people.
MAX_LENGTH, MAX_WORDS = 120, 8
# Numbers of telephones and of files say who is spoken of.
_NUMBER = re.compile(r"\d[\d .\-/]{3,}\d")
_ADDRESS = re.compile(r"\S*(?:@|://)\S*")
# Of each word: whether it means something, and whether it is somebody’s surname or first name and no word of the
# vocabulary (« Pont » is a surname too).
_READ = """
WITH mot AS MATERIALIZED (SELECT nu, rang FROM unnest(%(mots)s::text[]) WITH ORDINALITY AS t(nu, rang)
    WHERE fr_vecteur(nu) <> ''),
connu AS MATERIALIZED (SELECT DISTINCT unnest(regexp_split_to_array(
    sans_accent(libelle || ' ' || array_to_string(synonymes, ' ')), '[^[:alnum:]]+')) AS nu FROM annuaire_expertise)
SELECT mot.nu, connu.nu IS NULL AND EXISTS (SELECT 1 FROM annuaire_agent a WHERE sans_accent(a.nom) = mot.nu),
    connu.nu IS NULL AND EXISTS (SELECT 1 FROM annuaire_agent a WHERE sans_accent(a.prenom) = mot.nu)
FROM mot LEFT JOIN connu USING (nu) ORDER BY mot.rang
"""


def need_of(question: str) -> str:
    """What may be kept of `question`, in lower case without accents; empty for what is no need. One query.

    Empty for a paragraph, and for what names somebody by their first name: that is a search for a person.
    Surnames, addresses and long numbers are left out.
    """
    text = _ADDRESS.sub(" ", _NUMBER.sub(" ", cleaned(question)))
    if len(text) > MAX_LENGTH:
        return ""
    words = list(dict.fromkeys(re.findall(r"[^\W_]+", without_accents(text))))
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"mots": words})
        rows = cursor.fetchall()
    if any(first_name for _, _, first_name in rows):
        return ""
    kept = [word for word, surname, _ in rows if not surname and not word.isdigit()]
    return " ".join(kept) if len(kept) <= MAX_WORDS else ""
