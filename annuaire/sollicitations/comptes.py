"""What may be said of the help that somebody gave: how often, and for which expertise of the vocabulary; never to whom,
nor a word of what was said."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from annuaire.models import Agent, Expertise
from annuaire.sollicitations.etats import Etat, Reponse
from annuaire.sollicitations.models import Capacite, Destinataire


@dataclass(frozen=True)
class Aides:
    """Sollicitations answered, and those of which who asked said that it helped."""

    repondues: int = 0
    utiles: int = 0


def help_given(reader: Agent, agent: Agent) -> Aides:
    """As the page of `agent` shows it to `reader`; nothing when they chose not to show it, nor to partners; what they chose
    not to count is left out. Two queries at most."""
    if reader.partenaire and reader != agent:
        return Aides()
    counts = Destinataire.objects.filter(agent=agent, etat=Reponse.REPONDUE, compte=True).aggregate(
        repondues=Count("pk"), utiles=Count("pk", filter=Q(utile=Destinataire.Utile.OUI))
    )
    shown = not counts["repondues"] or reader == agent or shows_help(agent)
    return Aides(**counts) if shown else Aides()


def shows_help(agent: Agent) -> bool:
    """Whether `agent` lets colleagues see how often they answered."""
    return not Capacite.objects.filter(agent=agent, montre_aides=False).exists()


@dataclass(frozen=True)
class Utilite:
    """For one expertise, to how many colleagues somebody's help was useful, each counted once."""

    expertise: Expertise
    collegues: int


def useful_to(agents: Collection[int], expertises: Collection[int] | None = None) -> dict[int, list[Utilite]]:
    """Of each of these people (ids), for each of these expertises, or for all, to how many colleagues their help was
    useful, most first: sollicitations about that expertise, closed, of which who asked said so, as far as those who
    helped let it count. What every agent of the State may read. Two queries."""
    rows = Destinataire.objects.filter(
        agent__in=agents, utile=Destinataire.Utile.OUI, compte=True, sollicitation__etat=Etat.CLOSE
    ).exclude(agent__capacite__montre_aides=False)
    if expertises is None:
        rows = rows.filter(sollicitation__expertise__isnull=False)
    else:
        rows = rows.filter(sollicitation__expertise__in=expertises)
    counts = list(
        rows.values_list("agent", "sollicitation__expertise")
        .annotate(n=Count("sollicitation__demandeur", distinct=True))
        .order_by("-n", "sollicitation__expertise")
    )
    named = Expertise.objects.in_bulk({expertise for _, expertise, _ in counts})
    found: dict[int, list[Utilite]] = {}
    for agent, expertise, number in counts:
        found.setdefault(agent, []).append(Utilite(named[expertise], number))
    return found


def help_recognised(reader: Agent, agent: Agent) -> list[Utilite]:
    """`useful_to` for the page of `agent`: nothing to partners of labs. Two queries at most."""
    return [] if reader.partenaire else useful_to([agent.pk]).get(agent.pk, [])
