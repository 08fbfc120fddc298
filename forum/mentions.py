"""Whom one may call while writing in a community, found as their name is typed."""

from typing import TypedDict

from django.utils.text import slugify

from annuaire.identifiants import ANIMATEURS
from annuaire.mentions import starting
from annuaire.models import Agent
from communautes.access import readers_of
from communautes.models import Communaute

SHOWN = 8
MAX_TYPED = 60
# Below, the names of everybody in the State would go by.
SHORTEST_ELSEWHERE = 2


class Proposition(TypedDict):
    """One line of the list. `identifiant` is what is written after "@"."""

    identifiant: str
    nom: str
    lieu: str


def suggest_mentions(agent: Agent, communaute: Communaute, typed: str) -> list[Proposition]:
    """People whose first name, name or handle starts as `typed`, at most `SHOWN`, members first.

    Only those who may read `communaute` and whom `agent` may see; accents and case do not count. At most two
    queries, each on an index of beginnings. `agent` reads the community: the caller has checked it.
    """
    typed = " ".join(typed[:MAX_TYPED].split()).lstrip("@")
    found: list[Proposition] = []
    if ANIMATEURS.startswith(slugify(typed)):
        found.append(
            {
                "identifiant": ANIMATEURS,
                "nom": "animateurs",
                "lieu": "Toutes les personnes qui animent la communauté",
            }
        )
    seen = Agent.objects.visible_to(agent).filter(pk__in=readers_of(communaute).values("pk"))
    seen = seen.exclude(pk=agent.pk)
    members = seen.filter(adhesions__communaute=communaute)
    people = list(starting(members, typed)[: SHOWN - len(found)])
    room = SHOWN - len(found) - len(people)
    elsewhere = communaute.visibilite == Communaute.Visibilite.OUVERTE and not agent.partenaire
    if room > 0 and elsewhere and len(slugify(typed)) >= SHORTEST_ELSEWHERE:
        known = [person.pk for person in people]
        others = Agent.objects.active().filter(partenaire=False).exclude(pk__in=[agent.pk, *known])
        people += list(starting(others, typed)[:room])
    found += [
        {"identifiant": person.identifiant, "nom": person.nom_complet, "lieu": person.rattachement}
        for person in people
    ]
    return found
