"""Finding people: the ranking, then what narrows, counts and orders them. The one way in for the page, the export
and saved searches, so that all of them show the same to the same person.

Only what `agent` may see takes part: the ranking sees to evidence (`annuaire.preuves`), and everything that filters
read is on pages that every agent of the State may open, communities excepted, which say themselves who may list them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.utils import timezone
from django.utils.html import format_html

from annuaire.models import Agent, Expertise, Territoire
from annuaire.preuves.recherche import LATELY, MANY
from annuaire.raisons import explain
from annuaire.recherche import Classement, Parmi, Resultat, rank_agents
from annuaire.sollicitations.charge import LIBRE, Place
from annuaire.trouver.collegues import said_by_colleagues
from annuaire.trouver.communautes import Groupe, groups_of, members_of
from annuaire.trouver.criteres import Criteres
from annuaire.trouver.facettes import Tri, sort_out, tests_of
from annuaire.trouver.geographie import Carte, said
from annuaire.trouver.personnes import Personne, Zone, read_people, zone_named
from annuaire.trouver.telephone import number_in, people_with

# People looked at: beyond, the question says too little, and one is told so.
MAX = 2_000
PAGE = 20
# Proposed after those who answer, when there are fewer of them than this.
RELAIS = 5
# Who has done nothing for long cannot be called active.
LATELY_SCORE = -1 / (1 + LATELY)
_LIBRES = {Agent.Disponibilite.OUI: 0, Agent.Disponibilite.LIMITEE: 1, Agent.Disponibilite.NON: 2}


@dataclass(frozen=True)
class Trouvailles:
    """What was found. `retenues`: those who pass the filters, in the order asked for. `trop`: there are more than `MAX`
    of them. `total`: how many there are, None when they cannot all be counted (a level asked for, where too many answer).
    `people`: all who answer, filters aside, as far as `MAX`. `partiel`: more than `MAX` people answer, filters aside: filters look among all, counts among the best.
    `numero`: a telephone number was asked for. `relais`: people who may know who knows."""

    criteres: Criteres
    retenues: list[Personne]
    people: list[Personne]
    tri: Tri
    classement: Classement
    carte: Carte
    zone: Zone | None
    expertises: list[Expertise]
    groupes: list[Groupe]
    trop: bool
    total: int | None
    partiel: bool
    numero: str = ""
    relais: list[int] = field(default_factory=list)

    @property
    def named(self) -> list[Expertise]:
        """The expertises of the vocabulary that the question names, and those chosen."""
        return [item.expertise for item in self.classement.reconnues]


def find(agent: Agent, criteres: Criteres, *, relais: int = 0) -> Trouvailles:
    """Who answers, among those whom `agent`, who may see the directory, may find. About twenty queries, whatever is
    found; one ranking, or two when too many answer and filters are in use.

    People are ranked as of this morning, so that pages of one day follow one another; what is written meanwhile counts.
    """
    morning = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    carte = Carte(Territoire.objects.all())
    expertises = list(Expertise.objects.filter(slug__in=criteres.expertise)) if criteres.expertise else []
    numero = number_in(criteres.q)
    if numero:
        ranked = Classement([(pk, 0.0) for pk in people_with(numero) if pk != agent.pk])
    else:
        ranked = _rank(agent, criteres, expertises, morning, relais=relais)
    trop = len(ranked.trouves) > MAX
    named = [item.expertise.pk for item in ranked.reconnues]
    best = ranked.trouves[:MAX]
    groupes = groups_of(agent, [pk for pk, _ in best])
    people = read_people(best, agent, carte, groupes, named)
    tests = tests_of(criteres, agent, carte, expertises)
    tri = sort_out(people, tests)
    kept = tri.retenues
    partiel, total = trop, ranked.total
    if trop and tests:
        part = len(kept) / len(people) if people else 0.0
        narrow = _rank(
            agent, criteres, expertises, morning, parmi=_among(agent, criteres, carte, expertises, part)
        )
        best = narrow.trouves[:MAX]
        among = _reread(best, people, agent, carte, named)
        kept, trop, total = sort_out(among, tests).retenues, len(narrow.trouves) > MAX, narrow.total
    return Trouvailles(
        criteres=criteres,
        retenues=_ordered(kept, criteres.tri),
        people=people,
        tri=tri,
        classement=ranked,
        carte=carte,
        zone=zone_named(criteres.territoire, agent, carte),
        expertises=expertises,
        groupes=groupes,
        trop=trop,
        total=len(kept) if not trop else None if "niveau" in tests else total,
        partiel=partiel,
        numero=numero,
        relais=[pk for pk, score in ranked.relais if score >= LATELY_SCORE],
    )


def _reread(
    best: Sequence[tuple[int, float]],
    people: Sequence[Personne],
    agent: Agent,
    carte: Carte,
    named: Sequence[int],
) -> list[Personne]:
    """The people of another ranking, in its order; those among `people` are not read again. Two queries."""
    known = {person.pk: person for person in people}
    others = [row for row in best if row[0] not in known]
    known |= {
        person.pk: person
        for person in read_people(others, agent, carte, groups_of(agent, [pk for pk, _ in others]), named)
    }
    return [known[pk]._replace(rang=rang, note=note) for rang, (pk, note) in enumerate(best) if pk in known]


def _rank(
    agent: Agent,
    criteres: Criteres,
    expertises: Sequence[Expertise],
    morning: datetime,
    *,
    relais: int = 0,
    parmi: Parmi | None = None,
) -> Classement:
    return rank_agents(
        agent, criteres.q, limit=MAX + 1, expertises=expertises, relais=relais, quand=morning, parmi=parmi
    )


def _among(
    agent: Agent, criteres: Criteres, carte: Carte, expertises: Sequence[Expertise], part: float
) -> Parmi:
    """The agents of the State who pass the filters, the level aside: where so many answer, they are ranked apart. `part`:
    the share that pass, of the best of those who answer."""
    clauses: list[str] = []
    values: list[Any] = []

    def keep(clause: str, *parameters: Any) -> None:
        # Said so where many pass, the planner finds the words first, then asks of each row; else it would go through
        # the services one by one, and read for each what the word finds.
        clauses.append(f"({clause}) IS TRUE" if part >= MANY else clause)
        values.extend(parameters)

    zone = zone_named(criteres.territoire, agent, carte)
    if zone is not None:
        keep(
            "(a.territoire_id = ANY(%s) OR a.id IN"
            " (SELECT c.profil_id FROM profils_profil_territoires c WHERE c.territoire_id = ANY(%s)))",
            sorted(zone.dedans),
            sorted(zone.servent),
        )
    if criteres.type:
        keep(
            "a.service_id IN (SELECT s.id FROM annuaire_service s JOIN annuaire_typeservice t ON t.id = s.type_id"
            " WHERE t.sigle = ANY(%s))",
            list(criteres.type),
        )
    if criteres.service:
        keep("a.service_id = ANY(%s::bigint[])", [int(one) for one in criteres.service if len(one) <= 18])
    if criteres.langue:
        keep(
            "a.id IN (SELECT l.agent_id FROM profils_profil l WHERE l.langues && %s::varchar[])",
            list(criteres.langue),
        )
    if criteres.disponibilite:
        # What was limited until a day that is past is no longer. Not as one expression: PostgreSQL would think that it
        # keeps next to nobody.
        today = timezone.localdate()
        free = Agent.Disponibilite.OUI in criteres.disponibilite
        keep(
            "(a.disponibilite = ANY(%s) AND (a.disponibilite_jusqu_au < %s) IS NOT TRUE"
            f"{' OR a.disponibilite_jusqu_au < %s' if free else ''})",
            list(criteres.disponibilite),
            *([today, today] if free else [today]),
        )
    if criteres.communaute:
        try:
            sql, parameters = members_of(agent, criteres.communaute).query.sql_with_params()
        except EmptyResultSet:
            keep("FALSE")
        else:
            keep(f"a.id IN ({sql})", *parameters)
    if expertises:
        keep(
            "a.id IN (SELECT e.agent_id FROM annuaire_declarationexpertise e WHERE e.expertise_id = ANY(%s))",
            [one.pk for one in expertises],
        )
    return Parmi(" AND ".join(clauses) or "TRUE", values, part)


def _ordered(people: list[Personne], tri: str) -> list[Personne]:
    """By relevance, or by what is asked for and relevance after."""
    if tri == "proximite":
        return sorted(people, key=lambda one: (one.distance is None, one.distance or 0, one.rang))
    if tri == "disponibilite":
        return sorted(people, key=lambda one: (_LIBRES[Agent.Disponibilite(one.disponibilite)], one.rang))
    return people


@dataclass
class Trouve(Resultat):
    """One person as the page shows them. `lieu`: how far they are, empty when it cannot be said. `place`: whether they can
    be asked now; `choisie`: they are ticked."""

    lieu: str = ""
    place: Place = LIBRE
    choisie: bool = False


def results(agent: Agent, found: Trouvailles, people: Sequence[Personne]) -> list[Trouve]:
    """Some of those found, with the reasons, and how far they are. At most nine queries."""
    rows = Agent.objects.with_place().prefetch_related("declarations__expertise")
    agents = rows.in_bulk([person.pk for person in people])
    shown = [
        Trouve(agents[person.pk], 0.0, lieu=where(agent, person, found))
        for person in people
        if person.pk in agents
    ]
    if found.numero:
        for row in shown:
            row.raisons.append(format_html("Téléphone\u00a0: <strong>{}</strong>", row.agent.telephone))
        return shown
    ranked = found.classement
    others = said_by_colleagues([row.agent for row in shown], found.named)
    explain(agent, shown, ranked.mots, ranked.termes, ranked.reconnues, others)
    return shown


def relays(found: Trouvailles) -> list[Trouve]:
    """Those who may know who knows, when they were asked for: the page says once why. One query."""
    people = Agent.objects.with_place().in_bulk(found.relais)
    return [Trouve(people[pk], 0.0, relais=True) for pk in found.relais if pk in people]


def where(agent: Agent, person: Personne, found: Trouvailles) -> str:
    """« Dans votre département », « Département voisin, à 80 km », « À 320 km », « Intervient dans cette zone »."""
    own, carte = agent.territoire_id, found.carte
    outside = found.zone is not None and person.territoire not in found.zone.dedans
    served = "Intervient aussi là où vous cherchez" if outside else ""
    if own is None or person.territoire is None:
        return served
    if own == person.territoire:
        is_departement = carte.departements(own) == {own}
        here = (
            "Dans votre département"
            if is_departement
            else "Dans votre région"
            if carte.region_of(own)
            else ""
        )
    elif person.distance is None:
        here = ""
    elif person.distance == 0:
        here = "Dans votre ville"
    else:
        near = person.territoire in carte.neighbours(own)
        here = f"{'Département voisin, à' if near else 'À'} {said(person.distance)}"
    return ". ".join(part for part in (here, served) if part)
