"""What the pages of decisions and tasks list: filtered and searched, in an order that an index gives."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from annuaire.mentions import MAX_TYPED, find_named, starting
from annuaire.models import Agent
from communautes.models import Communaute
from communautes.suites.access import assignable, visible_taches
from communautes.suites.models import (
    SANS_ECHEANCE,
    CompteurDecisions,
    Decision,
    DecisionQuerySet,
    Registre,
    Tache,
    TacheQuerySet,
)
from communautes.suites.origines import origins_of_decisions
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.recherche import tsquery_of

SHOWN = 8
_REFERENCE = re.compile(r"(?:n°\s*)?(\d{4})-(\d{1,6})")


def decisions_of(
    place: Communaute | Registre, *, question: str = "", annee: int | None = None, etat: str = ""
) -> DecisionQuerySet:
    """What a register holds, that of a community or of another place, for a caller who may read it: all the words of
    `question`, or the decision of which it is the number. One query to read the words."""
    query = ""
    reference = _REFERENCE.fullmatch(question.strip())
    if question and reference is None:
        query = tsquery_of(question)
        if not query:
            return Decision.objects.none()
    rows: DecisionQuerySet = Decision.objects.all()
    if query and isinstance(place, Communaute):
        # The index holds words by community: it takes a number of the column's own type only.
        rows = rows.extra(
            where=["suites_decision.communaute_id = %s::bigint", "suites_decision.recherche @@ %s::tsquery"],
            params=[place.pk, query],
        )
    elif isinstance(place, Communaute):
        rows = rows.filter(communaute=place)
    else:
        rows = rows.filter(registre=place)
        if query:
            # Of a few agents: read one after the other.
            rows = rows.extra(where=["suites_decision.recherche @@ %s::tsquery"], params=[query])
    if annee is not None:
        rows = rows.filter(prise_le__range=(date(annee, 1, 1), date(annee, 12, 31)))
    if etat:
        rows = rows.filter(etat=etat)
    if reference is not None:
        rows = rows.filter(annee=int(reference[1]), numero=int(reference[2]))
    return rows


def with_origins(agent: Agent, decisions: Iterable[Decision]) -> None:
    """Give each its `origine`, if `agent` may read the place that it comes from. One query a kind of place."""
    rows = list(decisions)
    found = origins_of_decisions(agent, [row.pk for row in rows])
    for row in rows:
        row.origine = found.get(row.pk)


def years_of(communaute: Communaute) -> list[int]:
    """The years of which the register holds decisions, latest first. One query, on as many rows as years."""
    rows = CompteurDecisions.objects.filter(communaute=communaute).values_list("annee", flat=True)
    return sorted({*rows, timezone.localdate().year}, reverse=True)


def taches_of(communaute: Communaute, *, etat: str = "", responsable: Agent | None = None) -> TacheQuerySet:
    """The tasks of a community, for a caller who may read it; without `etat`, those still to be done."""
    rows: TacheQuerySet = Tache.objects.filter(communaute=communaute)
    rows = rows.filter(etat=etat) if etat else rows.open()
    return rows.filter(responsable=responsable) if responsable is not None else rows


def own_taches(agent: Agent) -> TacheQuerySet:
    """What `agent` has to do, where they may still see it."""
    return visible_taches(agent).open().filter(responsable=agent)


def given_taches(agent: Agent) -> TacheQuerySet:
    """What `agent` wrote down for others, or for nobody yet, still to be done."""
    return visible_taches(agent).open().filter(auteur=agent).exclude(responsable=agent)


def closed_taches(agent: Agent) -> TacheQuerySet:
    """What `agent` did or gave up."""
    return visible_taches(agent).filter(responsable=agent, etat__in=[Tache.Etat.FAITE, Tache.Etat.ABANDONNEE])


def tranche(tache: Tache, today: date) -> str:
    """The part of a list by date where an open task stands; in the order of the list."""
    if tache.echeance_tri == SANS_ECHEANCE or tache.echeance is None:
        return "Sans échéance"
    if tache.echeance < today:
        return "En retard"
    if tache.echeance <= today + timedelta(days=7):
        return "Dans les sept jours"
    return "Plus tard"


def find_member(communaute: Communaute, typed: str) -> Agent:
    """The member whom a form names, by handle or by first name and name. Raises `ActionRefusee`."""
    found = find_named(assignable(communaute), typed)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"@{agent.identifiant}" for agent in found)
        raise ActionRefusee(
            f"Plusieurs membres portent ce nom : écrivez l’identifiant ({names}).", champ="responsable"
        )
    raise ActionRefusee(
        "Aucun membre de la communauté ne porte ce nom : vérifiez-le, ou écrivez son identifiant.",
        champ="responsable",
    )


def suggest_members(communaute: Communaute, typed: str) -> "QuerySet[Agent]":
    """Members whose first name, name or handle starts as `typed`, a few. The caller may read the community."""
    return starting(assignable(communaute), " ".join(typed[:MAX_TYPED].split()).lstrip("@"))[:SHOWN]
