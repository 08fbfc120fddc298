"""From what one types to the agents of the State that it names."""

import re

from django.db.models import QuerySet

from annuaire.mentions import MAX_TYPED, find_named, starting
from annuaire.models import Agent

SHOWN = 8
# Names in one field.
NOMMES_MAX = 20
_SEPARATORS = re.compile(r"[\n,;]+")


def askable(agent: Agent) -> "QuerySet[Agent]":
    """Whom `agent` may name: the other agents of the State."""
    return Agent.objects.active().filter(partenaire=False).exclude(pk=agent.pk)


def named(agent: Agent) -> str:
    """A person as a field holds them: a name that people read, a handle that is nobody else's."""
    return f"{agent.nom_complet} (@{agent.identifiant})"


def find_one(agent: Agent, typed: str) -> Agent:
    """The person whom `typed` names. Raises `ValueError` with a French sentence when nobody, or several, are."""
    found = find_named(askable(agent), typed)
    if not found:
        raise ValueError(f"Personne n’est connu sous le nom «\u00a0{typed.strip()[:MAX_TYPED]}\u00a0».")
    if len(found) > 1:
        handles = ", ".join(f"@{person.identifiant} ({person.rattachement})" for person in found)
        raise ValueError(f"Plusieurs personnes portent ce nom : précisez avec leur identifiant. {handles}")
    return found[0]


def find_several(agent: Agent, typed: str) -> list[Agent]:
    """As `find_one`, for names separated by commas or lines; a few queries for each."""
    parts = [part.strip() for part in _SEPARATORS.split(typed) if part.strip()]
    if len(parts) > NOMMES_MAX:
        raise ValueError("C’est beaucoup de noms à la fois : lancez plutôt un appel sur une expertise.")
    return list(dict.fromkeys(find_one(agent, part) for part in parts))


def suggest(agent: Agent, typed: str) -> list[Agent]:
    """People whose name begins as `typed`; `SHOWN` at most, none for nothing typed. One query."""
    last = _SEPARATORS.split(typed[-MAX_TYPED:])[-1].strip()
    return list(starting(askable(agent), last)[:SHOWN]) if last else []
