"""The people found, with what they can be told apart by: one row each, read once for the filters, counts and order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from annuaire.models import Agent
from annuaire.trouver.communautes import Groupe
from annuaire.trouver.criteres import ICI, INTER, REGION, VOISINS
from annuaire.trouver.geographie import Carte

_READ = """
SELECT a.id, a.territoire_id, a.service_id, ts.sigle,
    CASE WHEN a.disponibilite_jusqu_au < %(jour)s THEN 'oui' ELSE a.disponibilite END,
    coalesce(p.langues, '{}'),
    ARRAY(SELECT c.territoire_id FROM profils_profil_territoires c WHERE c.profil_id = a.id),
    ARRAY(SELECT d.expertise_id * 10 + d.niveau FROM annuaire_declarationexpertise d WHERE d.agent_id = a.id)
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS q(id, rang) JOIN annuaire_agent a ON a.id = q.id
LEFT JOIN annuaire_service s ON s.id = a.service_id LEFT JOIN annuaire_typeservice ts ON ts.id = s.type_id
LEFT JOIN profils_profil p ON p.agent_id = a.id
WHERE a.is_active AND NOT a.partenaire ORDER BY q.rang
"""


class Personne(NamedTuple):
    """One person found. `rang`: their place by relevance. `niveau`: the best they declare of what the question names."""

    pk: int
    rang: int
    note: float
    territoire: str | None
    service: str
    type: str
    disponibilite: str
    langues: tuple[str, ...]
    couverts: frozenset[str]
    niveaux: Mapping[int, int]
    niveau: str
    communautes: frozenset[str]
    distance: int | None

    def is_in(self, zone: "Zone") -> bool:
        return self.territoire in zone.dedans or bool(self.couverts & zone.servent)


@dataclass(frozen=True)
class Zone:
    """Where one looks: the territories of people there, and those that somebody may cover to serve it."""

    dedans: frozenset[str]
    servent: frozenset[str]


def read_people(
    ranked: Sequence[tuple[int, float]],
    agent: Agent,
    carte: Carte,
    groupes: Sequence[Groupe],
    named: Sequence[int],
) -> list[Personne]:
    """The agents of the State among `ranked` (id, note), in that order; `named`: the expertises that levels are told of. One query."""
    nowhere: frozenset[str] = frozenset()
    of_person: dict[int, set[str]] = {}
    for groupe in groupes:
        for pk in groupe.membres:
            of_person.setdefault(pk, set()).add(groupe.cle)
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"ids": [pk for pk, _ in ranked], "jour": timezone.localdate()})
        rows = cursor.fetchall()
    notes = dict(ranked)
    distances: dict[str | None, int | None] = {}
    people = []
    for rang, (pk, place, service, kind, free, languages, covered, declared) in enumerate(rows):
        if place not in distances:
            distances[place] = carte.distance(agent.territoire_id, place)
        # One number for each: the expertise, and its level as the last digit.
        levels = {one // 10: one % 10 for one in declared}
        best = max((levels[one] for one in named if one in levels), default=0) if named else 0
        people.append(
            Personne(
                pk, rang, notes[pk], place, str(service or ""), kind or "", free, tuple(languages),
                frozenset(covered) if covered else nowhere, levels, str(best or ""),
                frozenset(of_person[pk]) if pk in of_person else nowhere, distances[place],
            )
        )  # fmt: skip
    return people


def zone_named(name: str, agent: Agent, carte: Carte) -> Zone | None:
    """Where the name of a territory, or « voisins » and the like, has one look; None for everywhere, and for what is no
    territory."""
    own = agent.territoire_id or ""
    region = carte.region_of(own)
    if name == ICI:
        inside = carte.departements(own) if carte.departements(own) == {own} else frozenset()
    elif name == VOISINS:
        inside = carte.neighbours(own) if carte.departements(own) == {own} else frozenset()
    elif name == REGION:
        inside = carte.departements(region) | {region} if region else frozenset()
    elif name == INTER:
        regions = carte.regions_around(own) if region else frozenset()
        inside = regions.union(*(carte.departements(one) for one in regions))
    elif carte.departements(name):
        inside = carte.departements(name) | {name}
    else:
        return None
    if not inside:
        return None
    around = {carte.region_of(one) for one in inside} - {""}
    return Zone(inside, inside | around | {"FR"})
