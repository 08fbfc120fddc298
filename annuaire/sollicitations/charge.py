"""How much people have taken on, and whether they can be asked now.

Read again by the actions within their transaction, the people's rows held: two asks at once do not both take the last
place.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format

from annuaire.models import Agent, DeclarationExpertise, Territoire
from annuaire.sollicitations.etats import OUVERTES, Etat
from annuaire.sollicitations.models import Capacite, Destinataire

MOIS = timedelta(days=30)
# Colleagues proposed in the place of who has no room.
AUTRES = 4


@dataclass(frozen=True)
class Place:
    """Whether somebody can be asked directly. `raison`: a French sentence when not, `bref`: the same in a few words, empty
    when their availability says it. `des_le`: from which day on, if it is known."""

    possible: bool = True
    raison: str = ""
    des_le: date | None = None
    bref: str = ""


LIBRE = Place()


def rooms_of(agents: Collection[Agent], now: datetime | None = None) -> dict[int, Place]:
    """Whether each can be asked now, by primary key. Three queries."""
    now = now or timezone.now()
    people = {agent.pk: agent for agent in agents}
    limits = {row.pk: row for row in Capacite.objects.filter(pk__in=people)}
    rows = _weighing(limits.keys()) if limits else Destinataire.objects.none()
    opened: dict[int, int] = {}
    received: dict[int, list[datetime]] = {}
    for agent_id, count in _open(rows).values_list("agent").annotate(n=Count("pk")):
        opened[agent_id] = count
    for agent_id, moment in (
        rows.filter(compte_le__gt=now - MOIS).order_by("compte_le").values_list("agent", "compte_le")
    ):
        if moment is not None:
            received.setdefault(agent_id, []).append(moment)
    return {
        pk: _room(agent, limits.get(pk), opened.get(pk, 0), received.get(pk, []))
        for pk, agent in people.items()
    }


def open_asks(agents: "QuerySet[Agent]") -> int:
    """How many asks weigh now on these people, taken together. One query."""
    rows = Destinataire.objects.filter(agent__in=agents.values("pk"), compte_le__isnull=False)
    return _open(rows).count()


def _weighing(agents: Iterable[int]) -> "QuerySet[Destinataire]":
    return Destinataire.objects.filter(agent__in=list(agents), compte_le__isnull=False)


def _open(rows: "QuerySet[Destinataire]") -> "QuerySet[Destinataire]":
    return rows.filter(etat__in=list(OUVERTES), sollicitation__etat=Etat.ENVOYEE)


def _room(agent: Agent, limits: Capacite | None, opened: int, received: list[datetime]) -> Place:
    name = agent.nom_complet
    if not agent.is_active:
        return Place(False, f"{name} n’a plus de compte ouvert ici.")
    if agent.partenaire:
        return Place(False, f"{name} n’est pas agent de l’État : on ne peut pas solliciter cette personne.")
    if agent.disponibilite_actuelle == Agent.Disponibilite.NON:
        return Place(False, f"{name} n’est pas disponible en ce moment.")
    if limits is None:
        return LIBRE
    if limits.par_mois is not None and len(received) >= limits.par_mois:
        back = timezone.localdate(received[-limits.par_mois] + MOIS)
        return Place(
            False,
            f"{name} a reçu autant de sollicitations qu’elle ou il en accepte en trente jours. De nouveau possible à "
            f"partir du {date_format(back, 'j F')}.",
            back,
            f"Plus de place avant le {date_format(back, 'j F')}",
        )
    if limits.ouvertes is not None and opened >= limits.ouvertes:
        return Place(
            False,
            f"{name} a déjà autant de sollicitations en cours qu’elle ou il en accepte. Ce sera possible dès que l’une "
            "d’elles aura sa réponse.",
            bref="Plus de place en ce moment",
        )
    return LIBRE


def others_like(demandeur: Agent, agent: Agent, without: Collection[int] = ()) -> list[Agent]:
    """Colleagues who declare the expertises of `agent` and can be asked now, the nearest first; `AUTRES` at most.

    A handful of queries.
    """
    declared = list(
        DeclarationExpertise.objects.filter(agent=agent, niveau__gte=2).values_list("expertise", flat=True)
    )
    if not declared:
        return []
    rows = (
        Agent.objects.active()
        .filter(partenaire=False, declarations__expertise__in=declared, declarations__niveau__gte=2)
        .exclude(disponibilite=Agent.Disponibilite.NON)
        .exclude(pk__in=[demandeur.pk, agent.pk, *without])
        .with_place()
        .annotate(commun=Count("declarations"))
        .order_by("-commun", "pk")[: AUTRES * 5]
    )
    found = list(rows)
    room = rooms_of(found)
    here = demandeur.territoire
    free = [person for person in found if room[person.pk].possible]
    free.sort(key=lambda person: _distance(here, person.territoire))
    return free[:AUTRES]


def _distance(here: Territoire | None, there: Territoire | None) -> int:
    """0 in the same territory, 1 in the same région, 2 elsewhere."""
    if here is None or there is None:
        return 2
    if here.pk == there.pk:
        return 0
    return 1 if {here.pk, here.parent_id} & {there.pk, there.parent_id} - {None} else 2


def loads(agents: "QuerySet[Agent]", now: datetime) -> "QuerySet[Agent]":
    """`agents` with `recues` and `ouvertes_maintenant`, what weighs on each: for queries that choose among many."""
    weighing = Destinataire.objects.filter(agent=OuterRef("pk"), compte_le__isnull=False).order_by()

    def count(rows: "QuerySet[Destinataire]") -> Subquery:
        return Subquery(rows.values("agent").annotate(n=Count("pk")).values("n"), output_field=IntegerField())

    return agents.annotate(
        recues=count(weighing.filter(compte_le__gt=now - MOIS)), ouvertes_maintenant=count(_open(weighing))
    )


def with_room() -> Q:
    """For `loads`: neither limit reached."""
    month = (
        Q(capacite__par_mois__isnull=True) | Q(recues__isnull=True) | Q(recues__lt=F("capacite__par_mois"))
    )
    now = (
        Q(capacite__ouvertes__isnull=True)
        | Q(ouvertes_maintenant__isnull=True)
        | Q(ouvertes_maintenant__lt=F("capacite__ouvertes"))
    )
    return month & now
