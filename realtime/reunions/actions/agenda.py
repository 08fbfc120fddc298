"""The personal key of one's calendar, and how one wants to hear of meetings."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.reunions.models import CleAgenda, PreferenceReunions

NOTED_EVERY = timedelta(hours=1)
PREFERENCES = ("invitations", "rappel_veille", "rappel_quart")


def fingerprint(cle: str) -> str:
    """What is kept of a key. It is long and drawn at random: it needs no slow hash."""
    return hashlib.sha256(cle.encode()).hexdigest()


@transaction.atomic
def create_calendar_key(agent: Agent) -> str:
    """Give `agent` a key, which nothing shows again; the one they had stops working at once.

    Raises `TropDeDemandes`.
    """
    check_limit("profil", agent.pk)
    cle = secrets.token_urlsafe(32)
    row, new = CleAgenda.objects.update_or_create(
        agent=agent,
        defaults={"empreinte": fingerprint(cle), "cree_le": timezone.now(), "utilisee_le": None},
    )
    record(agent, "calendar_key.create" if new else "calendar_key.replace", row)
    return cle


@transaction.atomic
def revoke_calendar_key(agent: Agent) -> None:
    """Close one's calendar to other programs. Harmless when there is no key."""
    row = CleAgenda.objects.filter(agent=agent).first()
    if row is not None:
        record(agent, "calendar_key.revoke", row)
        row.delete()


def note_calendar_use(cle: CleAgenda) -> None:
    """Remember that the key serves, without writing at each request."""
    now = timezone.now()
    if cle.utilisee_le is None or cle.utilisee_le < now - NOTED_EVERY:
        CleAgenda.objects.filter(pk=cle.pk, empreinte=cle.empreinte).update(utilisee_le=now)


@transaction.atomic
def set_preferences(agent: Agent, **choix: bool) -> PreferenceReunions:
    """Say which e-mails and reminders of meetings one wants: some of `PREFERENCES`."""
    check_limit("profil", agent.pk)
    row, _ = PreferenceReunions.objects.update_or_create(
        agent=agent, defaults={name: choix[name] for name in PREFERENCES if name in choix}
    )
    record(agent, "reunions.set_preferences", agent)
    return row
