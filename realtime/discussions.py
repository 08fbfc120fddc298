"""The salon of a meeting: what follows the meeting in it. For the app that holds meetings, in the transactions that hold
their rows; nobody does any of it by hand."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.journal import record
from realtime.lieux import locked_salon, publish_change, take_out, write_members
from realtime.models import MembreSalon, Salon


@transaction.atomic
def open_discussion(organisateur: Agent, nom: str, agents: Iterable[Agent]) -> Salon:
    """Open the salon of a meeting between a few agents. Who organises it is the first there: they say how long it is
    kept, and pin. Nobody is told: they are told of the meeting."""
    salon = Salon.objects.create(genre=Salon.Genre.GROUPE, nom=nom[:80], de_reunion=True)
    people = [organisateur, *(agent for agent in agents if agent != organisateur)]
    write_members(organisateur, salon, [agent for agent in people if not agent.partenaire])
    record(organisateur, "salon.open", salon, genre=salon.genre, membres=len(people))
    return salon


@transaction.atomic
def follow_people(salon: Salon, agents: Iterable[Agent]) -> None:
    """Have the salon of a meeting between a few agents hold those who take part in it now, no others; harmless when it
    does. Who comes reads all of it; who goes is cut off within two seconds."""
    current = locked_salon(salon)
    wanted = {agent.pk: agent for agent in agents if not agent.partenaire}
    rows = MembreSalon.objects.filter(salon=current).select_related("agent")
    present = {row.agent_id: row.agent for row in rows}
    gone = [agent for pk, agent in present.items() if pk not in wanted]
    come = [agent for pk, agent in wanted.items() if pk not in present]
    for agent in gone:
        take_out(current, agent)
    if come:
        write_members(None, current, come)
        publish_change(current, "membres")
    if gone or come:
        record(
            None,
            "salon.follow_people",
            current,
            venus=[agent.pk for agent in come],
            partis=[agent.pk for agent in gone],
        )


@transaction.atomic
def close_discussion(salon: Salon) -> None:
    """Close the salon of a meeting that is over: it is read, with the meeting, for as long as it is kept. Harmless when
    it is closed."""
    current = locked_salon(salon)
    if current.archive_le is None:
        current.archive_le = timezone.now()
        current.save(update_fields=["archive_le"])
        record(None, "salon.archive", current)
        publish_change(current, "archive")
