"""Who may see which evidence. Apps that own places say which of them a person may read; nobody else knows."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.http import Http404

from annuaire.models import Agent
from annuaire.preuves.models import Masquage, Preuve

# Given a person, a one-column queryset of the places that they may read: `communaute.3`, `communaute.8`…
Lieux = Callable[[Agent], "models.QuerySet[Any, Any]"]
# The same of the places that every agent of the State may read, whoever they are.
LieuxPublics = Callable[[], "models.QuerySet[Any, Any]"]
_registry: list[Lieux] = []
_publics: list[LieuxPublics] = []


def register_places(lieux: Lieux, publics: LieuxPublics) -> None:
    """Called once by an app that owns places, when it is ready. Evidence of a place that no app vouches for is
    seen by nobody but the person it is about."""
    _registry.append(lieux)
    _publics.append(publics)


def withdraw_last_places() -> None:
    """Undo the last `register_places`. For the evaluation of the search, in a database of its own."""
    _registry.pop()
    _publics.pop()


def public_places() -> list[str]:
    """The places that every agent of the State may read. One query per app that owns some."""
    return [place for publics in _publics for place in publics()]


def visible_evidence(agent: Agent) -> "models.QuerySet[Preuve]":
    """What `agent` may see of others: in places that they may read, and not hidden by the person."""
    within = models.Q(pk__in=[])
    for lieux in _registry:
        within |= models.Q(lieu__in=lieux(agent))
    hidden = Masquage.objects.filter(agent=models.OuterRef("agent"), source=models.OuterRef("source"))
    return Preuve.objects.filter(within & ~models.Exists(hidden))


def places_clause(agent: Agent) -> tuple[str, list[Any]]:
    """The same rule as SQL on `p`, a row of `preuves_preuve`, with its parameters: for the search's one query."""
    clauses: list[str] = ["FALSE"]
    values: list[Any] = []
    for lieux in _registry:
        try:
            sql, parameters = lieux(agent).query.sql_with_params()
        except EmptyResultSet:
            continue
        clauses.append(f"p.lieu IN ({sql})")
        values += parameters
    hidden = "EXISTS (SELECT 1 FROM preuves_masquage k WHERE k.agent_id = p.agent_id AND k.source = p.source)"
    return f"(({' OR '.join(clauses)}) AND NOT {hidden})", values


def get_own_source(agent: Agent, pk: int) -> str:
    """The source of a piece of evidence about `agent`, or 404."""
    source = Preuve.objects.filter(pk=pk, agent=agent).values_list("source", flat=True).first()
    if source is None:
        raise Http404("Cette contribution n’existe plus.")
    return source
