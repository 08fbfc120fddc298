"""The personal key of one's feeds: made, replaced, revoked."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from forum.models import CleFlux
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

NOTED_EVERY = timedelta(hours=1)


def fingerprint(cle: str) -> str:
    """What is kept of a key. It is long and drawn at random: it needs no slow hash."""
    return hashlib.sha256(cle.encode()).hexdigest()


@transaction.atomic
def create_feed_key(agent: Agent) -> str:
    """Give `agent` a key, which nothing shows again; the one they had stops working at once.

    Raises `TropDeDemandes`.
    """
    check_limit("profil", agent.pk)
    cle = secrets.token_urlsafe(32)
    row, new = CleFlux.objects.update_or_create(
        agent=agent,
        defaults={"empreinte": fingerprint(cle), "cree_le": timezone.now(), "utilisee_le": None},
    )
    record(agent, "feed_key.create" if new else "feed_key.replace", row)
    return cle


@transaction.atomic
def revoke_feed_key(agent: Agent) -> None:
    """Close one's feeds. Harmless when there is no key."""
    row = CleFlux.objects.filter(agent=agent).first()
    if row is not None:
        record(agent, "feed_key.revoke", row)
        row.delete()


def note_feed_use(cle: CleFlux) -> None:
    """Remember that the key serves, without writing at each request."""
    now = timezone.now()
    if cle.utilisee_le is None or cle.utilisee_le < now - NOTED_EVERY:
        CleFlux.objects.filter(pk=cle.pk, empreinte=cle.empreinte).update(utilisee_le=now)
