"""Personal keys, in the addresses that programs read without a session: feeds, calendars.

A model of keys has `agent` (one each), `empreinte`, `cree_le` and `utilisee_le`. Only the digest of a key is kept: what
opens the address is shown once, when it is made.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

NOTED_EVERY = timedelta(hours=1)


def key_of(modele: Any, cle: str) -> Any | None:
    """The row of a key of an active account, with its owner; None when there is none."""
    # Long and drawn at random, it needs no slow hash; found by its digest, the time the index takes says nothing of it.
    return (
        modele.objects.filter(empreinte=_digest(cle), agent__is_active=True).select_related("agent").first()
    )


@transaction.atomic
def create_key(agent: Agent, modele: Any, nom: str) -> str:
    """Give `agent` a key, which nothing shows again; the one they had stops working at once.

    `nom` is what the journal calls it. Raises `TropDeDemandes`.
    """
    check_limit("profil", agent.pk)
    cle = secrets.token_urlsafe(32)
    row, new = modele.objects.update_or_create(
        agent=agent, defaults={"empreinte": _digest(cle), "cree_le": timezone.now(), "utilisee_le": None}
    )
    record(agent, f"{nom}.create" if new else f"{nom}.replace", row)
    return cle


@transaction.atomic
def revoke_key(agent: Agent, modele: Any, nom: str) -> None:
    """Close what the key opened. Harmless when there is none."""
    row = modele.objects.filter(agent=agent).first()
    if row is not None:
        record(agent, f"{nom}.revoke", row)
        row.delete()


def note_use(row: Any) -> None:
    """Remember that a key serves, without writing at each request."""
    now = timezone.now()
    if row.utilisee_le is None or row.utilisee_le < now - NOTED_EVERY:
        type(row).objects.filter(pk=row.pk, empreinte=row.empreinte).update(utilisee_le=now)


def _digest(cle: str) -> str:
    return hashlib.sha256(cle.encode()).hexdigest()
