"""The people ticked on the search page, to be asked together."""

from collections.abc import Sequence

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from annuaire.models import Agent
from annuaire.sollicitations.charge import rooms_of
from annuaire.sollicitations.personnes import askable
from annuaire.trouver.criteres import Criteres
from annuaire.trouver.moteur import Trouve
from plateforme.socle.erreurs import ActionRefusee

# Of a sollicitation: what is longer is the need itself.
OBJET_MAX = 160


def most_asked() -> int:
    """How many people one sollicitation may be sent to."""
    most: int = settings.SOLLICITATIONS["personnes"]
    return most


def chosen(agent: Agent, choix: Sequence[str]) -> list[Agent]:
    """The people ticked, as far as `agent` may ask them at all, in the order in which they were. One query; none when
    nobody is."""
    if not choix:
        return []
    people = {
        person.identifiant: person for person in askable(agent).with_place().filter(identifiant__in=choix)
    }
    return [people[handle] for handle in choix if handle in people]


def tell_rooms(agent: Agent, criteres: Criteres, shown: Sequence[Trouve]) -> list[Trouve]:
    """Say of those `shown` whether they can be asked now and are ticked; give back those ticked whom the page does not
    show. At most four queries, whatever is shown."""
    ticked = chosen(agent, criteres.choix)
    rows = {row.agent.pk: row for row in shown}
    elsewhere = [Trouve(person, 0.0) for person in ticked if person.pk not in rows]
    rooms = rooms_of([row.agent for row in (*shown, *elsewhere)])
    handles = {person.pk for person in ticked}
    for row in (*shown, *elsewhere):
        row.place, row.choisie = rooms[row.agent.pk], row.agent.pk in handles
    return elsewhere


def address_to_ask(agent: Agent, criteres: Criteres) -> str:
    """Where one writes to the people ticked, with the question already there. Raises `ActionRefusee`: nobody ticked, or
    more than one sollicitation may be sent to."""
    people = chosen(agent, criteres.choix)
    if not people:
        raise ActionRefusee("Cochez d’abord les personnes à solliciter, sous leur nom.")
    if len(people) > most_asked():
        raise ActionRefusee(
            f"Vous avez choisi {len(people)} personnes ; une sollicitation s’adresse à {most_asked()} au plus. Décochez-en, "
            "ou lancez un appel sur une expertise."
        )
    query = QueryDict(mutable=True)
    query.setlist("a", [person.identifiant for person in people])
    if criteres.q:
        query["objet" if len(criteres.q) <= OBJET_MAX else "besoin"] = criteres.q
    return f"{reverse('sollicitations:nouvelle')}?{query.urlencode()}"
