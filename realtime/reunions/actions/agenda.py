"""The personal key of one's calendar, and how one wants to hear of meetings."""

from django.db import transaction

from annuaire.cles import create_key, note_use, revoke_key
from annuaire.models import Agent
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.reunions.models import CleAgenda, PreferenceReunions

PREFERENCES = ("invitations", "rappel_veille", "rappel_quart")
_NOM = "calendar_key"


def create_calendar_key(agent: Agent) -> str:
    """Give `agent` a key, which nothing shows again; the one they had stops working at once. Raises `TropDeDemandes`."""
    return create_key(agent, CleAgenda, _NOM)


def note_calendar_use(cle: CleAgenda) -> None:
    """Remember that the key serves, without writing at each request."""
    note_use(cle)


def revoke_calendar_key(agent: Agent) -> None:
    """Close one's calendar to other programs. Harmless when there is no key."""
    revoke_key(agent, CleAgenda, _NOM)


@transaction.atomic
def set_preferences(agent: Agent, **choix: bool) -> PreferenceReunions:
    """Say which e-mails and reminders of meetings one wants: some of `PREFERENCES`."""
    check_limit("profil", agent.pk)
    row, _ = PreferenceReunions.objects.update_or_create(
        agent=agent, defaults={name: choix[name] for name in PREFERENCES if name in choix}
    )
    record(agent, "reunions.set_preferences", agent)
    return row
