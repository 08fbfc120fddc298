"""The house's French full text, for models and for raw queries."""

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Func


class FrenchVector(Func):
    """`fr_vecteur(text)`: the house's French full-text vector (migration socle 0001)."""

    function = "fr_vecteur"
    output_field = SearchVectorField()


def tsquery_of(question: str) -> str:
    """The `tsquery` that asks for all the words of `question`; empty when none means anything. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(fr_vecteur(%s))", [question])
        return " & ".join(quoted_lexeme(stem) for stem in cursor.fetchone()[0])


def quoted_lexeme(lexeme: str) -> str:
    """A lexeme as a `tsquery` literal, whatever it holds."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
