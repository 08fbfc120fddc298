"""From rows to what `decision` reads."""

from collections.abc import Collection
from datetime import time
from typing import Any

from django.conf import settings

from annuaire.models import Agent
from annuaire.notifications.decision import Preferences, Rythme
from annuaire.notifications.genres import Frequence
from annuaire.notifications.horaires import SEMAINE, Calendrier, zone_of
from annuaire.notifications.models import Reglage


def quiet_default() -> tuple[time | None, time | None]:
    """The quiet hours of whoever chose none (`HEURES_CALMES`)."""
    start, _, end = settings.HEURES_CALMES.partition("-")
    return (time.fromisoformat(start), time.fromisoformat(end)) if end else (None, None)


def default_days() -> frozenset[int]:
    """The working days of whoever chose none: those of the administration, unless nothing is ever quiet."""
    return SEMAINE if settings.HEURES_CALMES else frozenset(range(7))


def initial(agent: Agent) -> Reglage:
    """The settings of somebody who has none yet: not saved."""
    start, end = quiet_default()
    return Reglage(agent=agent, jours=sorted(default_days()), calme_debut=start, calme_fin=end)


def preferences_of(agents: Collection[Agent]) -> dict[int, Preferences]:
    """What each has chosen, by primary key. One query."""
    rows = {row.pk: row for row in Reglage.objects.filter(pk__in=[agent.pk for agent in agents])}
    return {agent.pk: from_row(agent, rows.get(agent.pk)) for agent in agents}


def from_row(agent: Agent, row: Reglage | None) -> Preferences:
    """Somebody's choices; `row` None for the defaults."""
    row = row or initial(agent)
    calendrier = Calendrier(
        fuseau=row.fuseau or zone_of(agent.territoire_id),
        jours=frozenset(row.jours),
        calme_debut=row.calme_debut,
        calme_fin=row.calme_fin,
    )
    return Preferences(
        voies=row.voies, courriels=row.courriels, resume=Frequence(row.resume), calendrier=calendrier
    )


def rythme() -> Rythme:
    """How long e-mails wait, as the site is set."""
    values: dict[str, Any] = {"delai": settings.COURRIEL_DELAI, "espacement": settings.COURRIEL_ESPACEMENT}
    return Rythme(**values)


def clock_of(agent: Agent) -> str:
    """The clock that `agent` lives by: the one they chose, else their territory's. One query, none for who is behind
    the session."""
    if agent.horloge is not None:
        return agent.horloge
    chosen = Reglage.objects.filter(agent=agent).values_list("fuseau", flat=True).first()
    return chosen or zone_of(agent.territoire_id)
