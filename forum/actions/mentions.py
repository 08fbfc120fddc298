"""Whom a message cites, kept beside it so that each finds what cites them."""

from annuaire.models import Agent
from forum.models import Mention, Message
from plateforme.socle.texte import extract_mentions


def set_mentions(message: Message, *, new: bool = False) -> list[Agent]:
    """Make the rows of `Mention` say what the text of `message` says; return the people newly cited.

    In the transaction that writes the text. Open accounts only, never the author; what each may see of it is
    looked at when it is read. `new`: the message has just been created, and costs no query without a handle.
    """
    handles = extract_mentions(message.texte)
    cited = {
        agent.pk: agent
        for agent in (
            Agent.objects.active().filter(identifiant__in=handles).exclude(pk=message.auteur_id)
            if handles
            else ()
        )
    }
    before: set[int] = set()
    if not new:
        before = set(Mention.objects.filter(message=message).values_list("agent", flat=True))
        Mention.objects.filter(message=message).exclude(agent__in=cited).delete()
    added = [agent for pk, agent in cited.items() if pk not in before]
    Mention.objects.bulk_create(
        [Mention(message=message, agent=agent) for agent in added], ignore_conflicts=True
    )
    return added
