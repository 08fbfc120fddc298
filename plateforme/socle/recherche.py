"""The house's French full text, for models."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func


class FrenchVector(Func):
    """`fr_vecteur(text)`: the house's French full-text vector (migration socle 0001)."""

    function = "fr_vecteur"
    output_field = SearchVectorField()
