"""When somebody who has not answered is reminded: their days, hours and absences count, and the urgency. Reads only."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from annuaire.models import Agent
from annuaire.notifications.horaires import Calendrier, next_allowed
from annuaire.notifications.preferences import preferences_of
from annuaire.presence.models import EtatPresence
from annuaire.sollicitations.models import Sollicitation, Urgence

# Working days of the person between two reminders; of what is wished for today, hours.
JOURS = {Urgence.AUCUNE: 7, Urgence.QUINZE_JOURS: 5, Urgence.TROIS_JOURS: 1}
HEURES = timedelta(hours=3)


def first_reminders(
    sollicitation: Sollicitation, agents: Collection[Agent], now: datetime
) -> dict[int, datetime]:
    """When each is next reminded, by primary key. Two queries."""
    preferences = preferences_of(agents)
    away = absences(agents, now)
    return {
        agent.pk: next_reminder(
            sollicitation, preferences[agent.pk].calendrier, now, back_on(agent, away.get(agent.pk), now)
        )
        for agent in agents
    }


def next_reminder(
    sollicitation: Sollicitation, calendrier: Calendrier, now: datetime, retour: datetime | None
) -> datetime:
    """The moment of the next reminder, decided at `now`. `retour`: when the person is back, if they are away."""
    start = max(now, retour) if retour is not None else now
    urgence = Urgence(sollicitation.urgence)
    if urgence == Urgence.AUJOURD_HUI:
        return next_allowed(calendrier, start + HEURES)
    return next_allowed(calendrier, after_working_days(calendrier, start, JOURS[urgence]))


def after_working_days(calendrier: Calendrier, moment: datetime, days: int) -> datetime:
    """`moment` put off by so many days that the person works."""
    zone = ZoneInfo(calendrier.fuseau)
    while days > 0:
        moment += timedelta(days=1)
        if not calendrier.jours or moment.astimezone(zone).weekday() in calendrier.jours:
            days -= 1
    return moment


def back_on(agent: Agent, absence: datetime | None, now: datetime) -> datetime | None:
    """When somebody who says that they are away, or little available, is back; None for who is here, or says not when."""
    ends = [absence] if absence is not None else []
    last = agent.disponibilite_jusqu_au
    if agent.disponibilite_actuelle == Agent.Disponibilite.LIMITEE and last is not None:
        ends.append(datetime.combine(last + timedelta(days=1), time(0), ZoneInfo("Europe/Paris")))
    ends = [end for end in ends if end > now]
    return max(ends) if ends else None


def resting(agents: Collection[Agent], now: datetime) -> set[int]:
    """Those who say that they are away or not available, and not until when: nothing reminds them meanwhile. By primary
    key. One query."""
    away = EtatPresence.objects.in_force(EtatPresence.Etat.ABSENT, now).filter(
        agent__in=[agent.pk for agent in agents], jusqu_a__isnull=True
    )
    unavailable = {agent.pk for agent in agents if agent.disponibilite_actuelle == Agent.Disponibilite.NON}
    return unavailable | set(away.values_list("pk", flat=True))


def absences(agents: Collection[Agent], now: datetime) -> dict[int, datetime]:
    """Until when each of those who say that they are away is, by primary key. One query."""
    rows = EtatPresence.objects.in_force(EtatPresence.Etat.ABSENT, now).filter(
        agent__in=[agent.pk for agent in agents], jusqu_a__isnull=False
    )
    return {row.pk: row.jusqu_a for row in rows if row.jusqu_a is not None}
