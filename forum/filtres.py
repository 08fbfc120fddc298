"""Narrowing the list of a community's sujets: kind, tag, expertise. Each choice lives in the address."""

from dataclasses import dataclass, field

from django.http import Http404, QueryDict

from annuaire.models import Expertise
from communautes.models import Communaute
from forum.models import Etiquette, Sujet, SujetQuerySet


@dataclass(frozen=True, slots=True)
class Puce:
    """A filter in use, with the address of the list without it."""

    libelle: str
    sans: str


@dataclass(slots=True)
class Filtres:
    """What the address asks for. `puces`: the tags in use, to be shown and taken off."""

    genre: str = ""
    etiquette: Etiquette | None = None
    expertise: Expertise | None = None
    puces: list[Puce] = field(default_factory=list)

    def apply(self, sujets: SujetQuerySet) -> SujetQuerySet:
        if self.genre:
            sujets = sujets.filter(genre=self.genre)
        if self.etiquette is not None:
            sujets = sujets.filter(etiquettes=self.etiquette)
        if self.expertise is not None:
            sujets = sujets.filter(expertises=self.expertise)
        return sujets

    @property
    def actifs(self) -> bool:
        return bool(self.genre or self.puces)


def read_filters(query: QueryDict, communaute: Communaute) -> Filtres:
    """The filters in an address. An unknown kind is none; a tag that does not exist raises `Http404`.

    One query a tag at most. A tag merged into another stands for that one.
    """
    filtres = Filtres()
    genre = query.get("genre", "")
    if genre in Sujet.Genre.values:
        filtres.genre = genre
    if slug := query.get("etiquette", "")[:50]:
        filtres.etiquette = (
            Etiquette.objects.select_related("fusionnee_dans")
            .filter(communaute=communaute, slug=slug)
            .first()
        )
        if filtres.etiquette is None:
            raise Http404("Cette étiquette n’existe pas dans cette communauté.")
        filtres.etiquette = filtres.etiquette.fusionnee_dans or filtres.etiquette
        filtres.puces.append(Puce(filtres.etiquette.nom, _without(query, "etiquette")))
    if slug := query.get("expertise", "")[:120]:
        filtres.expertise = Expertise.objects.filter(slug=slug).first()
        if filtres.expertise is None:
            raise Http404("Cette expertise n’existe pas.")
        filtres.puces.append(Puce(filtres.expertise.libelle, _without(query, "expertise")))
    return filtres


def _without(query: QueryDict, name: str) -> str:
    """The address without one filter, from the first page on."""
    rest = query.copy()
    for key in (name, "apres", "avant"):
        rest.pop(key, None)
    return "?" + rest.urlencode()
