"""What a person shows at this moment: the row, read at its end date."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from annuaire.models import Agent
from annuaire.presence.models import EtatPresence

Etat = EtatPresence.Etat


@dataclass(frozen=True, slots=True)
class Choix:
    """A state, until when, and the words that go with it. `version`: 0 for who never chose."""

    etat: str = Etat.EN_LIGNE
    jusqu_a: datetime | None = None
    message: str = ""
    version: int = 0
    # Whether the others see what they have read, and they what the others have.
    montre_lectures: bool = True

    @property
    def libelle(self) -> str:
        return Etat(self.etat).label

    @property
    def invisible(self) -> bool:
        return self.etat == Etat.INVISIBLE

    @property
    def occupe(self) -> bool:
        return self.etat == Etat.OCCUPE

    def at(self, now: datetime) -> "Choix":
        """What is left of it at `now`: after its end, nothing."""
        over = self.jusqu_a is not None and self.jusqu_a <= now
        return Choix(version=self.version, montre_lectures=self.montre_lectures) if over else self

    def frame(self, *, inactif: bool = False) -> dict[str, Any] | None:
        """As browsers get it; None for who is en ligne and says nothing. Never asked of who is invisible: they are
        nowhere. `inactif`: they have done nothing for a while."""
        assert not self.invisible
        genre = Etat.ABSENT if inactif and self.etat == Etat.EN_LIGNE else self.etat
        if genre == Etat.EN_LIGNE and not self.message:
            return None
        shown: dict[str, Any] = {"genre": str(genre)}
        if self.message:
            shown["message"] = self.message
        if self.jusqu_a is not None:
            shown["fin"] = self.jusqu_a.isoformat()
        return shown


def choice_of(agent: Agent, now: datetime | None = None) -> Choix:
    """What `agent` shows at `now`. One query; none for who is behind the session, nor after
    `select_related("etat_presence")`."""
    return _read(row_of(agent)).at(now or timezone.now())


def row_of(agent: Agent) -> EtatPresence | None:
    """Their row, if they ever chose anything."""
    row: EtatPresence | None = getattr(agent, "etat_presence", None)
    return row


def choices_of(agents: Collection[int], now: datetime | None = None) -> dict[int, Choix]:
    """What these people show at `now`, by number; those who never chose are not there. One query."""
    now = now or timezone.now()
    return {row.pk: _read(row).at(now) for row in EtatPresence.objects.filter(pk__in=agents)}


def _read(row: EtatPresence | None) -> Choix:
    if row is None:
        return Choix()
    return Choix(row.etat, row.jusqu_a, row.message, row.version, row.montre_lectures)
