"""Filters and their counts: of each, how many of the people found have each value, all the other filters applied."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from annuaire.models import Agent, DeclarationExpertise, Expertise, Service, Territoire, TypeService
from annuaire.profils.langues import LANGUES
from annuaire.trouver.communautes import Groupe
from annuaire.trouver.criteres import FILTRES, ICI, INTER, PROCHES, REGION, VOISINS, Criteres
from annuaire.trouver.geographie import Carte
from annuaire.trouver.personnes import Personne, Zone, zone_named

# Values shown of one filter: the most frequent, and those chosen.
SHOWN = 8
NIVEAUX = {str(niveau): niveau.label for niveau in reversed(DeclarationExpertise.Niveau)}
TITRES = {
    "type": "Type de service",
    "service": "Service",
    "niveau": "Niveau déclaré",
    "disponibilite": "Disponibilité",
    "langue": "Langue parlée",
    "communaute": "Communauté",
}
# Those whose values have an order of their own.
ORDONNEES = {"niveau", "disponibilite"}


@dataclass(frozen=True)
class Option:
    valeur: str
    libelle: str
    nombre: int
    choisie: bool


@dataclass(frozen=True)
class Facette:
    """One filter of the form, with its values."""

    nom: str
    titre: str
    options: Sequence[Option]

    @property
    def choisies(self) -> int:
        return sum(option.choisie for option in self.options)


@dataclass(frozen=True)
class GroupeTerritoires:
    """Territories to choose among, in a group of the list."""

    nom: str
    options: Sequence[Option]


Test = Callable[[Personne], bool]


@dataclass(frozen=True)
class Tri:
    """People sorted out by the filters: those who pass them all, and for each filter those who pass all the others."""

    retenues: list[Personne]
    sans: Mapping[str, list[Personne]]


def sort_out(people: Sequence[Personne], tests: Mapping[str, Test]) -> Tri:
    """In their order. `tests`: of each filter in use, who passes it."""
    kept: list[Personne] = []
    without: dict[str, list[Personne]] = {name: [] for name in FILTRES}
    for person in people:
        failed = [name for name, test in tests.items() if not test(person)]
        if not failed:
            kept.append(person)
        elif len(failed) == 1:
            without[failed[0]].append(person)
    return Tri(kept, {name: kept + others for name, others in without.items()})


def tests_of(
    criteres: Criteres, agent: Agent, carte: Carte, expertises: Sequence[Expertise]
) -> dict[str, Test]:
    """Of each filter that `criteres` use and that means something, who passes it."""
    tests: dict[str, Test] = {}
    zone = zone_named(criteres.territoire, agent, carte)
    if zone is not None:
        tests["territoire"] = lambda person: person.is_in(zone)
    if criteres.type:
        tests["type"] = lambda person: person.type in criteres.type
    if criteres.service:
        tests["service"] = lambda person: person.service in criteres.service
    if criteres.niveau:
        tests["niveau"] = lambda person: person.niveau in criteres.niveau
    if criteres.disponibilite:
        tests["disponibilite"] = lambda person: person.disponibilite in criteres.disponibilite
    if criteres.langue:
        tests["langue"] = lambda person: not set(criteres.langue).isdisjoint(person.langues)
    if criteres.communaute:
        tests["communaute"] = lambda person: not person.communautes.isdisjoint(criteres.communaute)
    if expertises:
        wanted = {expertise.pk for expertise in expertises}
        tests["expertise"] = lambda person: not wanted.isdisjoint(person.niveaux)
    return tests


def facets_of(tri: Tri, criteres: Criteres, groupes: Sequence[Groupe], *, with_levels: bool) -> list[Facette]:
    """The filters other than the territory, those without any value left out. Two queries."""
    counts = {
        "type": Counter(person.type for person in tri.sans["type"] if person.type),
        "service": Counter(person.service for person in tri.sans["service"] if person.service),
        "disponibilite": Counter(person.disponibilite for person in tri.sans["disponibilite"]),
        "langue": Counter(one for person in tri.sans["langue"] for one in person.langues),
        "communaute": Counter(one for person in tri.sans["communaute"] for one in person.communautes),
    }
    if with_levels:
        counts["niveau"] = Counter(person.niveau for person in tri.sans["niveau"] if person.niveau)
    names: dict[str, dict[str, str]] = {
        "niveau": dict(NIVEAUX),
        "disponibilite": dict(Agent.Disponibilite.choices),
        "langue": dict(LANGUES),
        "communaute": {groupe.cle: groupe.nom for groupe in groupes},
        "type": {
            row.sigle: f"{row.sigle} – {row.nom}"
            for row in TypeService.objects.filter(sigle__in=_wanted(counts["type"], criteres.type))
        },
        "service": {
            str(row.pk): row.nom
            for row in Service.objects.filter(
                pk__in=[int(one) for one in _wanted(counts["service"], criteres.service) if len(one) <= 18]
            )
        },
    }
    found = []
    for name, title in TITRES.items():
        if name not in counts:
            continue
        options = _options(counts[name], getattr(criteres, name), names[name], ranked=name in ORDONNEES)
        if options and (len(options) > 1 or any(option.choisie for option in options)):
            found.append(Facette(name, title, options))
    return found


def _wanted(counts: Counter[str], chosen: Sequence[str]) -> list[str]:
    return [*(value for value, _ in counts.most_common(SHOWN * 2)), *chosen]


def _options(
    counts: Counter[str], chosen: Sequence[str], names: Mapping[str, str], *, ranked: bool
) -> list[Option]:
    """The most frequent first, and those chosen even if nobody has them; `ranked`: all of them, in their own order."""
    values = [value for value in names if counts[value] or value in chosen]
    if not ranked:
        values.sort(key=lambda value: (-counts[value], names[value]))
        values = [value for rank, value in enumerate(values) if rank < SHOWN or value in chosen]
    return [Option(value, names[value], counts[value], value in chosen) for value in values]


_NARROWER = {VOISINS: ICI, INTER: REGION}


def _zone_size(name: str, agent: Agent, carte: Carte) -> int:
    zone = zone_named(name, agent, carte)
    return len(zone.dedans) if zone else 0


def territories_of(tri: Tri, criteres: Criteres, agent: Agent, carte: Carte) -> list[GroupeTerritoires]:
    """Where one may look, each with how many people are found there: near first, then each région. No query."""
    people = tri.sans["territoire"]
    chosen = criteres.territoire
    living = Counter(person.territoire for person in people)
    covering = [person for person in people if person.couverts]

    def number_in(zone: Zone) -> int:
        inside = sum(living[code] for code in zone.dedans)
        return inside + sum(p.territoire not in zone.dedans and p.is_in(zone) for p in covering)

    def options(*places: tuple[str, str]) -> list[Option]:
        """Those that are somewhere, where somebody is found or where one looks."""
        zones = ((value, label, zone_named(value, agent, carte)) for value, label in places)
        counted = [(value, label, number_in(zone)) for value, label, zone in zones if zone]
        return [
            Option(value, label, number, value == chosen)
            for value, label, number in counted
            if number or value == chosen or value in PROCHES
        ]

    near = [Option("", "Toute la France", len(people), zone_named(chosen, agent, carte) is None)]
    around = options(*PROCHES.items())
    # Where nothing touches, « and its neighbours » is the same place said twice.
    near += [
        one
        for one in around
        if one.choisie
        or _zone_size(one.valeur, agent, carte) != _zone_size(_NARROWER.get(one.valeur, ""), agent, carte)
    ]
    groups = [GroupeTerritoires("Autour de moi", near)]
    for row in sorted(carte.territoires.values(), key=lambda row: row.nom):
        if row.genre == Territoire.Genre.REGION:
            inside = sorted((carte.territoires[code].nom, code) for code in carte.departements(row.code))
            inside_options = options(
                (row.code, f"{row.nom} (région)"), *((code, name) for name, code in inside)
            )
            if inside_options:
                groups.append(GroupeTerritoires(row.nom, inside_options))
    return groups
