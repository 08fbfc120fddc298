"""A community's free tags, as lists and forms show them."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count

from communautes.models import Communaute
from forum.actions.etiquettes import counts_key
from forum.models import Etiquette, Sujet

# Counting them all reads every tagging of the community: once in a while is enough, and after each change.
KEPT = 600
MOST_PROPOSED = 12


@dataclass(frozen=True)
class Comptee:
    """A tag and how many listed sujets carry it."""

    pk: int
    nom: str
    slug: str
    nombre: int


def counted_tags(communaute: Communaute) -> list[Comptee]:
    """The tags in use in a community, by name. One query, or none while it is remembered (`KEPT` seconds)."""
    found: list[Comptee] | None = cache.get(counts_key(communaute.pk))
    if found is None:
        numbers = dict(
            Sujet.etiquettes.through.objects.filter(
                sujet__communaute=communaute, sujet__masque_le=None, sujet__fusionne_dans=None
            )
            .values_list("etiquette")
            .annotate(Count("pk"))
        )
        found = [
            Comptee(row.pk, row.nom, row.slug, numbers.get(row.pk, 0))
            for row in Etiquette.objects.filter(communaute=communaute, fusionnee_dans=None)
        ]
        cache.set(counts_key(communaute.pk), found, KEPT)
    return found


def proposed_tags(communaute: Communaute) -> list[str]:
    """The names used most, to be chosen from rather than written otherwise."""
    used = sorted(counted_tags(communaute), key=lambda tag: (-tag.nombre, tag.nom))
    return [tag.nom for tag in used if tag.nombre][:MOST_PROPOSED]


def split_tags(text: str) -> list[str]:
    """Names as people type them in one field, separated by commas or lines."""
    return [part.strip() for part in text.replace(";", ",").replace("\n", ",").split(",") if part.strip()]
